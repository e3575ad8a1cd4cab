"""The day of the demo: a visitor turns it on, so that a publicity or an audit need not be sat through."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from portal import clock
from portal.lifecycle import Refused

FARTHEST = timedelta(days=3 * 365)


def kept() -> Path:
    """The file that says how many days the demo is ahead: server and worker read the same one."""
    return settings.DATA_DIR / "demo-days-ahead"


@lru_cache(maxsize=1)
def written(path: Path, changed_ns: int) -> timedelta:
    return timedelta(days=int(path.read_text()))


def ahead() -> timedelta:
    path = kept()
    try:
        return written(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return timedelta()


def turn_to(day: date) -> None:
    """Make `day` the demo's today. Never back: what has happened stays in order. Raises Refused."""
    step = day - clock.today()
    if step <= timedelta():
        raise Refused(_("演示日期只能往后推，请选择 %(day)s 以后的日期。") % {"day": clock.today()})
    if ahead() + step > FARTHEST:
        last = datetime.now(clock.ZONE).date() + FARTHEST
        raise Refused(_("演示日期最多推到 %(day)s，请选择更早的日期。") % {"day": last})
    new = kept().with_suffix(".new")
    new.write_text(str((ahead() + step).days))
    new.replace(kept())
