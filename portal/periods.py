"""Chinese working days, with the days worked in exchange (调休). No Django, no table.

`overrides` (date -> works that day) is passed in and wins over the calendar: the bureau's own
decisions, and the notice of the State Council for a year that the calendar only forecasts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

ZONE = ZoneInfo("Asia/Shanghai")
NONE: Mapping[date, bool] = {}
DAY = timedelta(days=1)


@lru_cache(maxsize=64)
def _calendar(year: int, language: str = "zh_CN") -> holidays.HolidayBase:
    return holidays.China(years=year, language=language)


def is_working_day(day: date, overrides: Mapping[date, bool] = NONE) -> bool:
    if day in overrides:
        return overrides[day]
    return _calendar(day.year).is_working_day(day)


def holiday_name(day: date, *, english: bool = False) -> str:
    """Return the name of a public holiday in Chinese or English, "" on any other day."""
    return _calendar(day.year, "en_US" if english else "zh_CN").get(day, "")


def _working_days(after: date, overrides: Mapping[date, bool]) -> Iterator[date]:
    day = after
    while True:
        day += DAY
        if is_working_day(day, overrides):
            yield day


def working_day_from(day: date, overrides: Mapping[date, bool] = NONE) -> date:
    """Return `day`, or the next working day where nobody works on it."""
    return day if is_working_day(day, overrides) else next(_working_days(day, overrides))


def add_working_days(start: date, days: int, overrides: Mapping[date, bool] = NONE) -> date:
    """Return the `days`-th working day after `start` (reply and correction clocks: the next day is day 1).

    days = 0 returns `start`. Raises ValueError for a negative number.
    """
    if days < 0:
        raise ValueError(days)
    following = _working_days(start, overrides)
    return [next(following) for _ in range(days)][-1] if days else start


def working_days_between(start: date, end: date, overrides: Mapping[date, bool] = NONE) -> int:
    """Count working days after `start` up to and including `end`; negative when `end` is earlier."""
    if end < start:
        return -working_days_between(end, start, overrides)
    return sum(is_working_day(start + DAY * n, overrides) for n in range(1, (end - start).days + 1))


def publicity_last_day(first: date, days: int, overrides: Mapping[date, bool] = NONE) -> date:
    """Return the last day of a publicity period of `days` whole working days; the first day counts.

    Raises ValueError when `days` < 1 or `first` is no working day. Source: decision 0.8.
    """
    if days < 1 or not is_working_day(first, overrides):
        raise ValueError("a publicity period starts on a working day and has at least one")
    return add_working_days(first, days - 1, overrides)


def end_of_day(day: date) -> datetime:
    """Return 24:00 of `day` in Shanghai: the first moment that is too late."""
    return datetime.combine(day + DAY, time(), ZONE)
