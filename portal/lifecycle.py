"""States and moves, denied by default. Pure Python: knows no Django and no database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.words import say as _


@dataclass(frozen=True)
class Reason:
    """One thing that stands in the way: a stable code, and a sentence for the user."""

    code: str
    text: str

    def __str__(self) -> str:
        return str(self.text)


class Refused(Exception):
    """A command that did not happen. Every refusal of ours is one, and can be shown."""

    def for_user(self) -> str:
        return " ".join(str(arg) for arg in self.args)


class MoveNotAllowed(Refused):
    """The object is in another state than the move asks for."""


class NotYet(Refused):
    """The move exists, but `reasons` (all of them, never only the first) stand against it."""

    def __init__(self, reasons: Iterable[Reason]):
        self.reasons = tuple(reasons)
        super().__init__(*(reason.text for reason in self.reasons))


@dataclass(frozen=True)
class Move:
    """One arrow, and whose turn it is in `to`.

    owner: role code that must act next. By when, one of: days, the working days it has; until, where else
    the date comes from; undated, why no clock runs. No owner: nobody must act.
    """

    sources: frozenset[str]
    to: str
    guards: tuple[str, ...] = ()
    owner: str | None = None
    days: int | None = None
    until: str = ""
    undated: str = ""


def move(
    *sources: str,
    to: str,
    guards: Iterable[str] = (),
    owner: str | None = None,
    days: int | None = None,
    until: str = "",
    undated: str = "",
) -> Move:
    return Move(frozenset(map(str, sources)), str(to), tuple(guards), owner and str(owner), days, until, undated)


def begin(to: str, **turn: Any) -> Move:
    """Return the arrow of a row that is made in state `to`. turn: as of `move`."""
    return move(to=to, **turn)


class Lifecycle:
    """The table of one machine.

    moves: name -> Move. state_guards: state -> guard names asked on every arrow into it. starts: how rows
    begin. rests: state -> why nobody must act in it though moves lead on.
    """

    def __init__(
        self,
        moves: Mapping[str, Move],
        state_guards: Mapping[str, Iterable[str]] | None = None,
        starts: Iterable[Move] = (),
        rests: Mapping[str, str] | None = None,
    ):
        self.moves = dict(moves)
        self.state_guards = {str(state): tuple(names) for state, names in (state_guards or {}).items()}
        self.starts = tuple(starts)
        self.rests = {str(state): why for state, why in (rests or {}).items()}

    @property
    def states(self) -> list[str]:
        """Return every state that a row can be in, in the order of the table."""
        return list(dict.fromkeys(one.to for one in (*self.starts, *self.moves.values())))

    def into(self, status: str) -> list[Move]:
        """Return the arrows into a state, the first one included."""
        return [one for one in (*self.starts, *self.moves.values()) if one.to == str(status)]

    def owners(self, status: str) -> set[str]:
        """Return who must act in a state; nobody where it rests or is over."""
        return {one.owner for one in self.into(status) if one.owner}

    def allows(self, name: str, status: str) -> bool:
        return name in self.moves and str(status) in self.moves[name].sources

    def target(self, name: str, status: str) -> str:
        """Return the state that `name` leads to from `status`. Raises MoveNotAllowed."""
        if not self.allows(name, status):
            raise MoveNotAllowed(_("当前状态不能进行这项操作，请刷新页面后再看。"))
        return self.moves[name].to

    def names_from(self, status: str) -> list[str]:
        return [name for name, one in self.moves.items() if str(status) in one.sources]

    def guards(self, name: str) -> tuple[str, ...]:
        one = self.moves[name]
        return one.guards + self.state_guards.get(one.to, ())

    def open_reasons(self, name: str, guards: Any, subject: Any) -> list[Reason]:
        """Ask each guard of the move; `guards` is the package's guards module."""
        asked: list[Callable[[Any], Iterable[Reason]]] = [getattr(guards, one) for one in self.guards(name)]
        return [reason for guard in asked for reason in guard(subject)]


def require_none(reasons: Iterable[Reason]) -> None:
    """Raise NotYet with every reason, or pass."""
    if found := tuple(reasons):
        raise NotYet(found)


def require_moved(rows: int) -> None:
    """Compare-and-swap: exactly one row must have changed, or somebody else was quicker."""
    if rows != 1:
        raise MoveNotAllowed(_("其他人刚刚处理过这一条，请刷新页面后再看。"))
