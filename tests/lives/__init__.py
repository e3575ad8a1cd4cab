"""Every life cycle, lived: real rows walked through their table by the real commands, and every other move tried.

A module of this folder per package says how a row begins and how each move is called: `Life`. From the start rows
`live` goes along every arrow, and in each state that it reaches it tries every move of the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from importlib import import_module
from typing import Any

from django.db import models, transaction
from wagtail.permissions import policy_registry

from grants.funds.models import Posting, Transfer
from portal import clock
from portal.access import Role
from portal.accounts.models import RoleGrant, User
from portal.components.rules import Due, name_of
from portal.lifecycle import Lifecycle, Refused
from portal.notices.models import Notice
from portal.trail.models import Event
from portal.workdays.queries import due_on
from tests.makers import make_region, make_user

Row = models.Model
Rows = Row | list[Row]


class Act:
    """A call of a command, ready to be made. at: its moment; may: the policy's action, "" the move's own name,
    None where the right to it hangs on another object.
    """

    def __init__(
        self, command: Callable[..., Any], *args: Any, at: datetime | None = None, may: str | None = "", **kwargs: Any
    ):
        self.command, self.args, self.kwargs, self.at, self.may = command, args, kwargs, at, may

    @property
    def by(self) -> User | None:
        return self.kwargs.get("by")

    def __call__(self) -> None:
        with moment(self.at):
            self.command(*self.args, **self.kwargs)


@dataclass(frozen=True)
class Life:
    """How a table is lived.

    begin: makes the start rows. moves: name -> from a row to the call, which it prepares so that nothing but the
    state can stand against it. passes_by: move -> why a call in a wrong state may go through and leave the row
    alone. twins: moves that one command makes, whichever is legal. waits: from a row to the rows whose
    work-list line stands for it. dues: packages whose work lists name it. field: of the state. untold: moves that
    the trail does not tell. sees: from a row to those who may meet it. is_local: the rows lie in a district.
    since: from a row to the day from which its working days count, where that is not today.
    """

    table: Lifecycle
    begin: Callable[[], Rows]
    moves: Mapping[str, Callable[[Any], Act]]
    dues: tuple[str, ...]
    at: datetime | None = None
    passes_by: Mapping[str, str] = field(default_factory=dict)
    twins: tuple[frozenset[str], ...] = ()
    waits: Callable[[Any], Iterable[Row]] = lambda row: [row]
    field: str = "status"
    untold: frozenset[str] = frozenset()
    sees: Callable[[Any], Iterable[User]] = lambda row: User.objects.all()
    is_local: bool = True
    since: Callable[[Any], date | None] = lambda row: None

    def state(self, row: Row) -> str:
        return str(getattr(row, self.field))


def live(life: Life) -> tuple[set[str], list[str]]:
    """Return the states that rows reached, and everything that was wrong."""
    walk = Walk(life)
    with moment(life.at):
        begun = life.begin()
        walk.strangers = make_strangers()
        for row in begun if isinstance(begun, list) else [begun]:
            walk.visit(row, life.at)
    return walk.seen, walk.faults


class Undo(Exception):
    """Takes a branch back."""


@contextmanager
def branch() -> Iterator[None]:
    """What happens inside is taken back."""
    with suppress(Undo), transaction.atomic():
        yield
        raise Undo


def moment(at: datetime | None) -> Any:
    return clock.at(at) if at else nullcontext()


def fresh(row: Any) -> Any:
    return type(row)._base_manager.get(pk=row.pk)


def make_strangers() -> list[User]:
    """Return who may never do anything here: one with every role in another district, one without any."""
    return [
        make_user("other-district", *Role.values, region="330212"),
        make_user("passer-by"),
    ]


def snapshot(row: Row) -> tuple:
    """Return everything that a refused call must not have changed."""
    counted = (Posting, Transfer, Event, Notice)
    return (
        type(row)._base_manager.filter(pk=row.pk).values().get(),
        *(model.objects.count() for model in counted),
    )


class Walk:
    """One walk over a table. faults: sentences."""

    def __init__(self, life: Life):
        self.life, self.table = life, life.table
        self.seen: set[str] = set()
        self.faults: list[str] = []
        self.strangers: list[User] = []

    def visit(self, row: Row, at: datetime | None) -> None:
        state = self.life.state(row)
        if state in self.seen:
            return
        self.seen.add(state)
        with moment(at):
            self.look(fresh(row), state)
        for name in self.life.moves:
            with branch():
                self.attempt(fresh(row), state, name, at)

    def outside(self) -> list[User]:
        return self.strangers if self.life.is_local else self.strangers[1:]

    def fault(self, *words: object) -> None:
        self.faults.append(" ".join(map(str, words)))

    def attempt(self, row: Row, state: str, name: str, at: datetime | None) -> None:
        """Call a move in a state: it goes where the table says, or nothing happens."""
        is_legal = self.table.allows(name, state)
        if not is_legal and self.has_twin(name, state):
            return
        before = begun = snapshot(row)
        try:
            with moment(at), transaction.atomic():
                act = self.life.moves[name](row)
                row = fresh(row)
                before = snapshot(row)
                self.ask(row, act, name, state, is_legal)
                act()
        except Refused as refusal:
            if is_legal:
                self.fault(state, name, "is refused:", refusal.for_user())
            elif snapshot(row) != begun:
                self.fault(state, name, "is refused and leaves something behind")
            return
        if not is_legal:
            if fresh(row) and self.life.state(fresh(row)) != state:
                self.fault(state, name, "goes through and moves the row")
            elif name not in self.life.passes_by:
                self.fault(state, name, "goes through")
            return
        self.follow(row, act, name, state, before, at)

    def follow(self, row: Row, act: Act, name: str, state: str, before: tuple, at: datetime | None) -> None:
        """What must be true after a move that went through; then go on from there."""
        moved, target = fresh(row), self.table.moves[name].to
        if self.life.state(moved) != target:
            self.fault(state, name, "leads to", self.life.state(moved))
        elif name not in self.life.untold and not Event.objects.count() > before[3]:
            self.fault(state, name, "is not in the trail")
        with branch():
            self.repeat(moved, act, name, state)
        at = act.at or at
        with moment(at):
            self.date(moved, name)
        self.visit(moved, at)

    def has_twin(self, name: str, state: str) -> bool:
        twins = {one for pair in self.life.twins if name in pair for one in pair}
        return any(self.table.allows(one, state) for one in twins)

    def repeat(self, row: Row, act: Act, name: str, state: str) -> None:
        """The same call again, with the rows as they were before: somebody else was quicker."""
        now, before = self.life.state(row), snapshot(row)
        if self.table.allows(name, now) or self.has_twin(name, now):
            return
        try:
            with transaction.atomic():
                act()
        except Refused:
            pass
        else:
            if name not in self.life.passes_by:
                self.fault(state, name, "goes through a second time")
        if self.life.state(fresh(row)) != now or (name not in self.life.passes_by and snapshot(row) != before):
            self.fault(state, name, "changes something a second time")

    def ask(self, row: Row, act: Act, name: str, state: str, is_legal: bool) -> None:
        """The policy says yes to the right person exactly when the command will, and never to others."""
        if act.by is None or act.may is None:
            return
        policy, action = policy_registry.get_by_type(type(row)), act.may or name
        with moment(act.at):
            right = fresh(act.by)
            if policy.user_has_permission_for_instance(right, action, fresh(row)) != is_legal:
                self.fault(state, name, f"policy.{action} should be {is_legal} for {right}")
            visible = type(row)._default_manager.visible_to
            for one in [*self.outside(), everybody_but(policy.roles_for(action))]:
                if policy.user_has_permission_for_instance(one, action, fresh(row)) and (
                    one.pk is None or visible(one).filter(pk=row.pk).exists()
                ):
                    self.fault(state, name, f"policy.{action} lets in {one}")

    def date(self, row: Row, name: str) -> None:
        """A state with an owner has the table's date, any other none."""
        if not hasattr(row, "due_on"):
            return
        one = self.table.moves[name]
        if one.owner is None and row.due_on is not None:
            self.fault(self.life.state(row), "after", name, "is nobody's turn, yet due on", row.due_on)
        wanted = due_on(one.days, self.life.since(row))
        if one.days is not None and row.due_on != wanted:
            self.fault(self.life.state(row), "after", name, "is due on", row.due_on, "not", wanted)

    def look(self, row: Row, state: str) -> None:
        """Whose work list names the row: the owner's, with a date; never that of others, nor anybody's at rest."""
        owners = self.table.owners(state)
        names = {name_of(one) for one in self.life.waits(row)}
        seen: dict[str, list[Due]] = {}
        for user in self.life.sees(row):
            if rows := [one for one in self.work(user) if one.about in names]:
                seen[user.username] = rows
        for stranger in self.outside():
            if stranger.username in seen:
                self.fault(state, "stands on the work list of", stranger.username)
        if not owners:
            if seen:
                self.fault(state, "is nobody's turn, yet on the work list of", *seen)
            return
        theirs = [rows for name, rows in seen.items() if owners & roles_of(name)]
        if not theirs:
            self.fault(state, "is on no work list of", *owners, "but of", *seen)
        undated = all(one.undated for one in self.table.into(state) if one.owner)
        if not undated and any(one.due_on is None for rows in seen.values() for one in rows):
            self.fault(state, "is on a work list without a date")

    def work(self, user: User) -> list[Due]:
        return [row for name in self.life.dues for row in import_module(f"{name}.queries").due(user)]


MEMBERS = {
    "ADMIN": {Role.ORG_ADMIN, Role.PROJECT_LEAD},
    "WRITER": {Role.PROJECT_LEAD},
    "ACCOUNTANT": {Role.PROJECT_ACCOUNTANT},
}


def roles_of(username: str) -> set[str]:
    user = User.objects.get(username=username)
    held = {str(one.role) for one in user.role_grants.all()}
    return held.union(*(map(str, MEMBERS.get(one.role, ())) for one in user.memberships.all()))


def everybody_but(roles: Iterable[str]) -> User:
    """Return somebody who holds every role of this district but `roles`. Not stored."""
    user = User(username="everybody-else", is_active=True)
    region = make_region("330211")
    user.__dict__["grants_now"] = [RoleGrant(user=user, role=one, region=region) for one in set(Role) - set(roles)]
    return user
