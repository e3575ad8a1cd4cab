"""Accounting months: opened when first used, closed and reopened by two persons with a reason."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from grants.funds import rules
from grants.funds.models import Period, PeriodChange
from grants.funds.states import PeriodStatus
from portal.lifecycle import MoveNotAllowed


def months(year: int) -> list[Period]:
    return [
        Period(
            code=f"{year}-{month:02}",
            starts_on=date(year, month, 1),
            ends_on=date(year, month, calendar.monthrange(year, month)[1]),
        )
        for month in range(1, 13)
    ]


def period_of(on: date) -> Period:
    """Return the month of `on`. A year's months are made together: closing would otherwise race them."""
    found = Period.objects.filter(starts_on__lte=on, ends_on__gte=on).first()
    if not found:
        Period.objects.bulk_create(months(on.year), ignore_conflicts=True)
        found = Period.objects.get(code=f"{on.year}-{on.month:02}")
    return found


def lock_months() -> None:
    """Hold off new months while the order of the closed ones is decided. SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE funds_period IN SHARE ROW EXCLUSIVE MODE")


def change(periods: Iterable[Period], status: str, by: Any, approved_by: Any, reason: str) -> list[PeriodChange]:
    if not reason.strip():
        raise rules.WrongEntry(_("请填写理由。"))
    try:
        with transaction.atomic():
            return [
                PeriodChange.objects.create(
                    period=one, status=status, made_by=by, approved_by=approved_by, reason=reason.strip()
                )
                for one in periods
            ]
    except IntegrityError as error:
        if "period_change_has_four_eyes" in str(error):
            raise rules.FourEyes(_("结账和反结账需要两个人办理。请由另一位同事批准。")) from error
        raise


@transaction.atomic
def close_period(code: str, *, by: Any, approved_by: Any, reason: str) -> list[PeriodChange]:
    """Close the month `code` ("2026-03") and every open one before it. Nothing can be dated there again.

    Raises FourEyes, WrongEntry, MoveNotAllowed when it is closed already.
    """
    lock_months()
    last = named(code)
    wanted = Period.objects.select_for_update().filter(status=PeriodStatus.OPEN, starts_on__lte=last.starts_on)
    rows = list(wanted.order_by("starts_on"))
    if last not in rows:
        raise MoveNotAllowed(_("这个会计期间已经结账。"))
    return change(rows, PeriodStatus.CLOSED, by, approved_by, reason)


@transaction.atomic
def reopen_period(code: str, *, by: Any, approved_by: Any, reason: str) -> list[PeriodChange]:
    """Reopen the month `code` and every closed one after it, the last first.

    Raises FourEyes, WrongEntry, MoveNotAllowed when it is open already.
    """
    lock_months()
    first = named(code)
    wanted = Period.objects.select_for_update().filter(status=PeriodStatus.CLOSED, starts_on__gte=first.starts_on)
    rows = list(wanted.order_by("-starts_on"))
    if first not in rows:
        raise MoveNotAllowed(_("这个会计期间没有结账，不需要反结账。"))
    return change(rows, PeriodStatus.OPEN, by, approved_by, reason)


def named(code: str) -> Period:
    """Return the month `code`. Raises WrongEntry when it is no month."""
    try:
        return period_of(date.fromisoformat(f"{code}-01"))
    except ValueError:
        raise rules.WrongEntry(_("“%(code)s”不是会计期间。请按“2026-03”的写法填写。") % {"code": code}) from None
