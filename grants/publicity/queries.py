"""Answers about published lists and objections."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from grants.publicity import rules
from grants.publicity.models import HANDLERS, Objection, Publicity, PublicityRow
from grants.publicity.states import AGAINST_ALL, OPEN, Objecting, S
from portal import clock, periods
from portal.access import Role
from portal.components.rules import Due, due_of
from portal.workdays.queries import overrides


def is_over(publicity: Publicity) -> bool:
    """Say whether the period is over by the clock, whatever the job has done about the status."""
    if publicity.status == S.DRAFT or publicity.ends_at is None:
        return False
    return publicity.status == S.ENDED or clock.now() >= publicity.ends_at


def is_running(publicity: Publicity) -> bool:
    return publicity.status == S.RUNNING and publicity.starts_on <= clock.today() and not is_over(publicity)


def family(publicity: Publicity) -> list[Publicity]:
    """Return this list with its earlier and later published versions, the oldest first. A query per version."""
    found = [publicity]
    while earlier := found[0].replaces:
        found.insert(0, earlier)
    while newer := Publicity.objects.filter(replaces=found[-1]).exclude(status=S.DRAFT).first():
        found.append(newer)
    return found


def current(publicity: Publicity) -> Publicity:
    """Return the version that counts now."""
    return family(publicity)[-1]


def claims(publicity: Publicity) -> list[rules.Claim]:
    """Return the objections to any version of the list."""
    rows = Objection.objects.filter(publicity__in=family(publicity)).values_list(
        "row__subject_code", "kind", "status", "is_upheld", "is_tipoff"
    )
    return [
        rules.Claim(
            row=code,
            is_procedural=kind == Objection.Kind.PROCEDURE,
            is_accepted=status in AGAINST_ALL or upheld is not None,
            is_open=status in OPEN,
            upheld=upheld,
            is_tipoff=tipoff,
        )
        for code, kind, status, upheld, tipoff in rows
    ]


def blocked_codes(publicity: Publicity) -> set[str]:
    """Return the subject codes of rows that an objection blocks."""
    codes = publicity.rows.values_list("subject_code", flat=True)
    return rules.blocked(codes, claims(publicity))


def upheld_codes(publicity: Publicity) -> set[str]:
    """Return the codes against which an objection was upheld: they cannot be approved any more."""
    return {one.row for one in claims(publicity) if one.upheld and one.row and not one.is_tipoff}


def frozen(publicity: Publicity, rows: list[PublicityRow]) -> str:
    """Return the hash of what a reader sees."""
    facts = (
        "title", "document_number", "basis", "experts", "contact_unit", "contact_phone", "supervision_unit",
        "supervision_phone", "address", "email", "days", "starts_on", "ends_at", "version", "envelope",
    )  # fmt: skip
    values = {name: getattr(publicity, name) for name in facts}
    values["ends_at"] = publicity.ends_at and publicity.ends_at.astimezone(clock.ZONE).isoformat()
    columns = ("kind", "position", "subject_code", "title", "organization", "uscc", "region", "amount")
    values["rows"] = [[getattr(row, name) for name in columns] for row in rows]
    return rules.digest(values)


def is_unaltered(publicity: Publicity) -> bool:
    """Recompute the hash from the rows as they are now."""
    return frozen(publicity, list(publicity.rows.all())) == publicity.frozen_sha256


@dataclass(frozen=True)
class Day:
    """One cell of the calendar strip. number: which working day of the period, None on a day off."""

    on: date
    number: int | None
    note: str
    is_today: bool
    is_past: bool
    is_last: bool


def calendar(publicity: Publicity) -> list[Day]:
    """Return every date of the period. One query."""
    if publicity.ends_on is None:
        return []
    known, today, found, number = overrides(), clock.today(), [], 0
    on = publicity.starts_on
    while on <= publicity.ends_on:
        works = periods.is_working_day(on, known)
        number += works
        note = "" if works else (periods.holiday_name(on, english=get_language() == "en") or _("休息"))
        found.append(Day(on, number if works else None, note, on == today, on < today, on == publicity.ends_on))
        on += timedelta(days=1)
    return found


def days_left(ends_on: date, known: Any) -> int:
    """Working days until a list ends, counting today. known: workdays.queries.overrides()."""
    return max(0, periods.working_days_between(clock.today() - timedelta(days=1), ends_on, known))


@dataclass(frozen=True)
class Listing:
    """A list as the public sees it. totals: fen; sources: [(name, fen)]; days_left counts today."""

    publicity: Publicity
    proposed: list[PublicityRow]
    reserve: list[PublicityRow]
    total: int
    sources: list[tuple[str, int]]
    days: list[Day]
    days_left: int
    counts_today: bool
    is_running: bool
    objections: int
    newer: Publicity | None


def listing(publicity: Publicity) -> Listing:
    """Five queries, however long the list."""
    rows = list(publicity.rows.all())
    proposed = [row for row in rows if row.kind == PublicityRow.Kind.PROPOSED]
    days = calendar(publicity)
    return Listing(
        publicity=publicity,
        proposed=proposed,
        reserve=[row for row in rows if row.kind == PublicityRow.Kind.RESERVE],
        total=sum(row.amount for row in proposed),
        sources=rules.shares_total([[tuple(one) for one in row.shares] for row in proposed]),
        days=days,
        days_left=sum(1 for day in days if day.number and not day.is_past),
        counts_today=any(day.number and day.is_today for day in days),
        is_running=is_running(publicity),
        objections=publicity.objections.exclude(status=Objecting.NOT_ACCEPTED).count(),
        newer=Publicity.objects.public().filter(replaces=publicity).first(),
    )


def mask(text: str) -> str:
    """Return the first character and stars: a name or number that only the handler reads in full."""
    return f"{text[:1]}{'*' * max(2, len(text) - 1)}" if text else ""


@dataclass(frozen=True)
class Identity:
    """Who objects, as this person may know it."""

    name: str
    phone: str
    id_last4: str
    is_masked: bool


def identity(objection: Objection, user: Any) -> Identity:
    """Return the objector in full for the handler, masked for everyone else. No query."""
    if not objection.is_named:
        return Identity(_("匿名"), "", "", False)
    if objection.handler_id is not None and objection.handler_id == user.pk:
        return Identity(objection.name, objection.phone, objection.id_last4, False)
    phone = f"{objection.phone[:3]}****{objection.phone[-2:]}" if len(objection.phone) > 5 else "****"
    return Identity(mask(objection.name), phone, "****" if objection.id_last4 else "", True)


def due(user: Any) -> list[Due]:
    """Return what an officer, a head or a handler must do next about lists and objections."""
    found: list[Due] = []
    if not user.has_role(*HANDLERS):
        return found
    if user.has_role(Role.BUREAU_HEAD):
        drafts = Publicity.objects.filter(user.scope(Role.BUREAU_HEAD), status=S.DRAFT).exclude(created_by=user)
        for one in drafts:
            url = reverse("staff_publicity:inspect", args=[one.pk])
            found.append(due_of(one, f"{_('审核并发布公示')} · {one}", url, "publicity.start"))
    waiting = Objection.objects.visible_to(user).waiting().filter(Q(handler=user) | Q(handler__isnull=True))
    words = {
        Objecting.RECEIVED: _("决定是否受理异议"),
        Objecting.ACCEPTED: _("核查异议"),
        Objecting.INVESTIGATING: _("认定异议"),
        Objecting.UPHELD: _("答复异议"),
        Objecting.NOT_UPHELD: _("答复异议"),
    }
    if user.has_role(Role.BUREAU_OFFICER, Role.BUREAU_HEAD):
        # Whoever drew up the list stays out of its objections.
        for each in waiting.exclude(publicity__created_by=user):
            url = reverse("staff_objections:inspect", args=[each.pk])
            title = f"{words[Objecting(each.status)]} · {each.number}"
            found.append(due_of(each, title, url, "publicity.objection"))
    return found


def listed(ended: bool) -> Any:
    """Return the published lists of the public index, newest first; a replaced version is not repeated."""
    rows = Publicity.objects.public().annotate(row_count=Count("rows", filter=Q(rows__kind="PROPOSED")))
    rows = rows.exclude(replaced_by__status__in=[S.RUNNING, S.ENDED])
    running = Q(status=S.RUNNING, ends_at__gt=clock.now())
    return (rows.exclude(running) if ended else rows.filter(running)).order_by("-starts_on", "-pk")
