"""Is the site able to work? Asked by the load balancer, the operator and the demo's start."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection
from django_tasks import task_backends
from django_tasks_db.models import DBTaskResult

from portal import clock
from portal.jobs.models import Heartbeat, Schedule

SILENCE = timedelta(minutes=3)


class NotReady(Exception):
    """A part that answers, but not as it should."""


def database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def cached() -> None:
    value = uuid.uuid4().hex
    cache.set("readyz", value, 30)
    if cache.get("readyz") is None:
        raise NotReady("cache forgets")


def storage() -> None:
    """Write, and take away again: a full disk shows only so."""
    name = storages["private"].save(f"ready/{uuid.uuid4().hex}", ContentFile(b"ready"))
    storages["private"].delete(name)


def worker() -> None:
    """A heartbeat is a job: it proves scheduler, queue and worker at once."""
    if not task_backends["jobs"].supports_defer:
        return
    last = Heartbeat.objects.filter(name="worker").first()
    if last is None or clock.now() - last.at > SILENCE:
        raise NotReady("no sign of life")


PARTS: dict[str, Callable[[], None]] = {"database": database, "cache": cached, "storage": storage, "worker": worker}


def readiness() -> dict[str, str]:
    """Return part -> "ok", or the kind of its failure."""
    found = {}
    for name, probe in PARTS.items():
        try:
            probe()
            found[name] = "ok"
        except Exception as error:  # a probe reports whatever is wrong; it must not be wrong itself
            found[name] = type(error).__name__
    return found


@dataclass(frozen=True)
class State:
    """What the operator sees (X6)."""

    parts: dict[str, str]
    waiting: int
    running: int
    failed: list[Any]
    schedules: list[Schedule]


def state() -> State:
    """Six queries and the probes."""
    rows = DBTaskResult.objects.filter(backend_name="jobs")
    return State(
        parts=readiness(),
        waiting=rows.filter(status="READY").count(),
        running=rows.filter(status="RUNNING").count(),
        failed=list(rows.filter(status="FAILED").order_by("-finished_at")[:20]),
        schedules=list(Schedule.objects.all()),
    )
