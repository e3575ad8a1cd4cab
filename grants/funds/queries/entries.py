"""What screens ask about entries: work lists, accounts to choose from, what is still free, the months."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from grants.funds.models import Account, Entry, FundSource, Period, PeriodChange, Posting
from grants.funds.queries.owners import owner_names
from grants.funds.states import EntryStatus, Kind, PeriodStatus
from portal import clock
from portal.access import Role
from portal.components.rules import Due, due_of


def due(user: Any) -> list[Due]:
    """Return the entries that wait for this leader. One query, two where a month is among them."""
    if not user.has_role(Role.BUREAU_LEADER):
        return []
    here = Q(region__isnull=True) | user.scope(Role.BUREAU_LEADER, field="region")
    rows = Entry.objects.filter(here, status=EntryStatus.REQUESTED).exclude(requested_by=user)
    found = list(rows.select_related("source"))
    if any(one.is_of_a_month for one in found) and not oversees(user):
        found = [one for one in found if not one.is_of_a_month]
    return [
        due_of(
            one, _("审批%(entry)s") % {"entry": one}, reverse("staff_entries:inspect", args=[one.pk]), "funds.approve"
        )
        for one in found
    ]


def waiting(user: Any, most: int = 20) -> list[Entry]:
    """Return the entries that somebody must decide. One query."""
    rows = Entry.objects.visible_to(user).filter(status=EntryStatus.REQUESTED)
    return list(rows.select_related("source", "requested_by").order_by("pk")[:most])


def oversees(user: Any) -> bool:
    """Say whether the books of every source are open to this person. One query."""
    return not FundSource.objects.exclude(pk__in=FundSource.objects.visible_to(user).values("pk")).exists()


@dataclass(frozen=True)
class Left:
    """What a source still has to give in one budget year, in fen."""

    source: FundSource
    year: int
    fen: int


def left(sources: Iterable[FundSource]) -> list[Left]:
    """Return what is available (可用指标), per source and year: of this year on, and of an earlier one what is left.

    One query, and that of `sources`.
    """
    rows = Account.objects.filter(kind=Kind.AVAILABLE, source__in=[one.pk for one in sources])
    rows = rows.filter(Q(balance__gt=0) | Q(year__gte=clock.today().year))
    return [
        Left(one.source, one.year, one.balance) for one in rows.select_related("source").order_by("-year", "source")
    ]


def available_of(source: FundSource, year: int) -> int:
    """Return the fen of one source and year. One query."""
    found = Account.objects.filter(kind=Kind.AVAILABLE, source=source, year=year).values_list("balance", flat=True)
    return sum(found)


def accounts_with_money(user: Any, kinds: Iterable[str]) -> list[tuple[Account, str]]:
    """Return (account, name of its owner) of what is not empty. One query, and one for each kind of owner."""
    rows = Account.objects.visible_to(user).filter(kind__in=list(kinds), balance__gt=0).select_related("source")
    found = list(rows.order_by("-year", "source", "owner_code", "kind"))
    names = owner_names((one.owner_kind, one.owner_code) for one in found)
    return [(one, names.get((one.owner_kind, one.owner_code), one.owner_code)) for one in found]


def correctable(user: Any, events: Iterable[str]) -> QuerySet[Posting]:
    """Return the postings of these events that nobody reversed or asked to reverse, with `amount`, the newest first."""
    asked = Entry.objects.filter(
        reverses=OuterRef("pk"), status__in=[EntryStatus.REQUESTED, EntryStatus.POSTED]
    )  # fmt: skip
    rows = Posting.objects.visible_to(user).filter(~Exists(asked), event__in=list(events), reversed_by=None)
    return rows.with_amount().order_by("-pk")


@dataclass(frozen=True)
class Month:
    """One accounting month with the last word about it."""

    period: Period
    is_closed: bool
    change: PeriodChange | None


def months(today: date, most: int = 15) -> list[Month]:
    """Return the months until today, the newest first. Two queries."""
    rows = list(Period.objects.filter(starts_on__lte=today).order_by("-starts_on")[:most])
    changes = PeriodChange.objects.filter(pk__in=[one.last_change for one in rows if one.last_change])
    known = {one.pk: one for one in changes.select_related("made_by", "approved_by")}
    return [Month(one, one.status == PeriodStatus.CLOSED, known.get(one.last_change or 0)) for one in rows]


def months_to_close(today: date) -> list[str]:
    rows = Period.objects.filter(status=PeriodStatus.OPEN, ends_on__lt=today)
    return list(rows.order_by("-starts_on").values_list("code", flat=True))


def months_to_reopen() -> list[str]:
    rows = Period.objects.filter(status=PeriodStatus.CLOSED)
    return list(rows.order_by("-starts_on").values_list("code", flat=True))
