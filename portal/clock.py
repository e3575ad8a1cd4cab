"""The one clock. Nothing else of ours asks for the time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.db import connection

ZONE = ZoneInfo("Asia/Shanghai")
_fixed: ContextVar[datetime | None] = ContextVar("portal_clock", default=None)


def now() -> datetime:
    """Return the aware present. Inside a request: the moment it arrived, before any lock."""
    return _fixed.get() or datetime.now(UTC)


def today() -> date:
    """Return the date in Shanghai."""
    return now().astimezone(ZONE).date()


def read() -> datetime:
    """Return the database's own time on PostgreSQL, the host's on SQLite."""
    if connection.vendor != "postgresql":
        return datetime.now(UTC)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


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
