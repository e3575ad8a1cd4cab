"""The one clock. Nothing else of ours asks for the time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection

ZONE = ZoneInfo("Asia/Shanghai")
_fixed: ContextVar[datetime | None] = ContextVar("portal_clock", default=None)


_ahead: Callable[[], timedelta] = timedelta


def run_ahead(by: Callable[[], timedelta]) -> None:
    """Let the clock run ahead of the world's: the demo's visitors turn it on. A real site never calls this."""
    global _ahead
    _ahead = by


def now() -> datetime:
    """Return the aware present. Inside a request: the moment it arrived, before any lock."""
    return _fixed.get() or datetime.now(UTC) + _ahead()


def today() -> date:
    """Return the date in Shanghai."""
    return now().astimezone(ZONE).date()


def read() -> datetime:
    """Return the database's own time on PostgreSQL, the host's on SQLite."""
    if connection.vendor != "postgresql":
        return datetime.now(UTC) + _ahead()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0] + _ahead()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Fix the clock: for a request's arrival, for tests and for loading the demo."""
    if moment.tzinfo is None:
        raise ValueError("an aware datetime is needed")
    token = _fixed.set(moment)
    try:
        yield
    finally:
        _fixed.reset(token)


def arrival() -> datetime:
    """Return the moment a writing request arrived: a fixed clock wins, else the database's time."""
    return _fixed.get() or read()
