"""Plain rules of jobs: when again. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Plan:
    """How a job is run. every or at: its schedule, at in Shanghai time; tries: in all, with the first;
    lease: after this time without an end, the run counts as dead and is taken again.
    """

    name: str
    every: timedelta | None = None
    at: time | None = None
    tries: int = 5
    lease: timedelta = timedelta(minutes=10)

    @property
    def is_scheduled(self) -> bool:
        return self.every is not None or self.at is not None

    def next_after(self, moment: datetime) -> datetime:
        """Return the first due moment after `moment`."""
        if self.every is not None:
            return moment + self.every
        assert self.at is not None
        local = moment.astimezone(ZONE)
        due = datetime.combine(local.date(), self.at, ZONE)
        return due if due > local else datetime.combine(local.date() + timedelta(days=1), self.at, ZONE)


def backoff(attempt: int) -> timedelta:
    """Return the wait after the failed try number `attempt`: 1, 2, 4 … minutes, at most an hour."""
    return timedelta(minutes=min(60, 2 ** (attempt - 1)))
