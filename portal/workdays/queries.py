"""Clocks in working days, with the bureau's overrides."""

from __future__ import annotations

from datetime import date
from typing import overload

from portal import clock, periods
from portal.workdays.models import Override


def overrides() -> dict[date, bool]:
    """Return all overrides. One query."""
    return dict(Override.objects.values_list("day", "works"))


@overload
def due_on(days: int, start: date | None = None) -> date: ...


@overload
def due_on(days: int | None, start: date | None = None) -> date | None: ...


def due_on(days: int | None, start: date | None = None) -> date | None:
    """Return the day `days` working days after `start` (default: today); None where no clock runs."""
    if days is None:
        return None
    return periods.add_working_days(start or clock.today(), days, overrides())


def days_left(due: date) -> int:
    """Return the working days until `due`, today not counted; negative when it has passed."""
    return periods.working_days_between(clock.today(), due, overrides())
