"""The work home of staff (C1): the money of the rounds, how applications come in, panels that score."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDate
from django.urls import reverse

from grants.applications.models import Application
from grants.calls.models import Round
from grants.calls.states import S
from grants.desk.rules import Column, columns
from grants.funds.models import Account
from grants.review.models import Assignment, Panel
from grants.review.states import PanelState, Sheet
from portal import clock
from portal.access import Role

MONEY_ROLES = (
    Role.BUREAU_OFFICER, Role.BUREAU_HEAD, Role.BUREAU_LEADER, Role.BUREAU_FINANCE, Role.FINANCE, Role.AUDITOR,
    Role.SUPERVISOR,
)  # fmt: skip
CALL_ROLES = (Role.BUREAU_OFFICER, Role.BUREAU_HEAD, Role.BUREAU_LEADER, Role.STREET, Role.PANEL_SECRETARY)
DAYS = 14


@dataclass(frozen=True)
class Envelope:
    """A round's money in fen. used: reserved or granted from it; left: free."""

    title: str
    url: str
    total: int
    left: int

    @property
    def used(self) -> int:
        return self.total - self.left


@dataclass(frozen=True)
class Arrivals:
    """Applications of one open round by the day they were submitted, the last fortnight."""

    title: str
    url: str
    closes_at: datetime
    total: int
    columns: tuple[Column, ...]

    @property
    def most(self) -> int:
        return max(one.value for one in self.columns)


@dataclass(frozen=True)
class Running:
    """A panel that scores now. done of assigned sheets; nobody's points."""

    title: str
    url: str
    due_on: date | None
    done: int
    assigned: int


@dataclass(frozen=True)
class Home:
    envelopes: tuple[Envelope, ...]
    arrivals: Arrivals | None
    panels: tuple[Running, ...]


def home(user: Any) -> Home:
    """Return what stands beside the work list. At most six queries."""
    rounds = list(Round.objects.visible_to(user).exclude(status__in=[S.CANCELLED, S.ARCHIVED]))
    return Home(
        tuple(envelopes(rounds)) if user.has_role(*MONEY_ROLES) else (),
        arrivals(rounds, user) if user.has_role(*CALL_ROLES) else None,
        tuple(running(user)),
    )


def envelopes(rounds: list[Round]) -> list[Envelope]:
    """Return the newest rounds with money, at most four. Two queries."""
    sums = Round.objects.filter(pk__in=[one.pk for one in rounds]).annotate(fen=Sum("envelopes__amount"))
    total = dict(sums.values_list("pk", "fen"))
    rows = Account.objects.filter(kind="envelope", owner_kind="round", owner_code__in=[one.code for one in rounds])
    left = dict(rows.order_by().values_list("owner_code").annotate(fen=Sum("balance")))
    return [
        Envelope(one.title, reverse("staff_rounds:inspect", args=[one.pk]), total[one.pk], left.get(one.code, 0))
        for one in rounds
        if total.get(one.pk)
    ][:4]


def arrivals(rounds: list[Round], user: Any) -> Arrivals | None:
    """Return the days of the open round that closes next. One query."""
    now = clock.now()
    taking = sorted((one for one in rounds if one.takes_applications(now)), key=lambda one: one.closes_at or now)
    if not taking:
        return None
    found = taking[0]
    rows = Application.objects.visible_to(user).filter(round=found, submitted_at__isnull=False)
    by_day = TruncDate("submitted_at", tzinfo=clock.ZONE)
    counts = dict(rows.order_by().annotate(on=by_day).values_list("on").annotate(n=Count("pk")))
    today = clock.today()
    days = [today - timedelta(days=DAYS - 1 - at) for at in range(DAYS)]
    url = f"{reverse('staff_applications:index')}?round={found.pk}"
    closes_at = found.closes_at or now
    return Arrivals(
        found.title, url, closes_at, sum(counts.values()), columns([(on, counts.get(on, 0)) for on in days])
    )


def running(user: Any) -> list[Running]:
    """Return the panels that score now. Two queries."""
    panels = list(Panel.objects.visible_to(user).filter(status=PanelState.OPEN).select_related("round"))
    done = Q(sheet__status__in=[Sheet.COMPLETE, Sheet.SUBMITTED])
    rows = Assignment.objects.active().without_conflict().filter(member__panel__in=panels).order_by()
    counts = {
        row["member__panel"]: row
        for row in rows.values("member__panel").annotate(n=Count("pk"), done=Count("pk", filter=done))
    }
    return [
        Running(
            f"{one.round} · {one}",
            reverse("staff_panels:console", args=[one.pk]),
            one.due_on,
            counts.get(one.pk, {"done": 0})["done"],
            counts.get(one.pk, {"n": 0})["n"],
        )
        for one in panels
    ]
