"""Jobs: named functions that run in the worker, again when they fail, and by the clock.

A job gets ids, never objects, and asks for permission again where a person started it. It may run
twice (a worker can die after the work and before the note of it): each must be safe to repeat.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from typing import Any

from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db.models import Q
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from portal import clock, context
from portal.jobs.models import Heartbeat, Lease, Schedule
from portal.jobs.rules import Plan, backoff

logger = logging.getLogger("portal.jobs")
Work = Callable[..., Any]
_jobs: dict[str, tuple[Plan, Work]] = {}
_titles: dict[str, Any] = {}


class UnknownJob(LookupError):
    """A name that no package has registered."""


def job(
    name: str,
    title: Any = "",
    *,
    every: timedelta | None = None,
    at: time | None = None,
    tries: int = 5,
    lease: timedelta = timedelta(minutes=10),
) -> Callable[[Work], Work]:
    """Register the decorated function as job `name` ("package.word") with a title for people; see rules.Plan.

    It stands in the package's tasks.py, which AppConfig.ready imports.
    """

    def register(work: Work) -> Work:
        _titles[name] = title or name
        _jobs[name] = (Plan(name, every, at, tries, lease), work)
        return work

    return register


def title_of(name: str) -> str:
    """Return what a job is called on the screen; its code where no package knows it any more."""
    return str(_titles.get(name, name))


def known(name: str) -> tuple[Plan, Work]:
    try:
        return _jobs[name]
    except KeyError:
        raise UnknownJob(name)


def enqueue(name: str, **ids: Any) -> None:
    """Have `name` run by the worker once this transaction is committed. ids: JSON values."""
    known(name)
    run.enqueue(name=name, ids=ids, attempt=1)


@task(backend="jobs")
def run(name: str, ids: dict[str, Any], attempt: int) -> None:
    """Do one try; on failure queue the next one, so that the failed row keeps its traceback."""
    plan, work = known(name)
    error = ""
    try:
        with context.errand(name[:36]):
            work(**ids)
    except Exception as problem:
        # Whatever went wrong in a job must not stop the worker; it is told, kept and tried again.
        error = f"{type(problem).__name__}: {problem}"[:300]
        logger.exception("job %s failed, try %s of %s", name, attempt, plan.tries)
        if attempt < plan.tries and run.get_backend().supports_defer:
            later = run.using(run_after=clock.now() + backoff(attempt))
            later.enqueue(name=name, ids=ids, attempt=attempt + 1)
        raise
    finally:
        if plan.is_scheduled:
            Schedule.objects.filter(name=name).update(last_run_at=clock.now(), last_error=error)


def run_due() -> list[str]:
    """Enqueue each scheduled job whose time has come; return their names.

    Compare-and-swap on the schedule row: any number of schedulers may call this at once.
    """
    moment = clock.now()
    beat("scheduler")
    started = []
    for name, (plan, _work) in sorted(_jobs.items()):
        if plan.is_scheduled and claim(plan, moment):
            started.append(name)
    return started


@transaction.atomic
def claim(plan: Plan, moment: datetime) -> bool:
    """Move the schedule on and enqueue, both or neither. The first sight of a job makes it due at once."""
    row, _new = Schedule.objects.get_or_create(name=plan.name, defaults={"next_run_at": moment})
    due = Schedule.objects.filter(pk=row.pk, next_run_at=row.next_run_at, next_run_at__lte=moment)
    if not due.update(next_run_at=plan.next_after(moment)):
        return False
    if not waiting(plan.name):
        run.enqueue(name=plan.name, ids={}, attempt=1)
    return True


def waiting(name: str) -> bool:
    """Say whether a first try of `name` still waits: with the worker away they must not pile up."""
    rows = DBTaskResult.objects.filter(status="READY", task_path=run.module_path)
    return rows.filter(args_kwargs__kwargs__name=name, args_kwargs__kwargs__ids={}).exists()


def reap() -> int:
    """Give the runs of killed workers back to the queue, or up after the last try; return how many."""
    moment, count = clock.now(), 0
    for row in DBTaskResult.objects.filter(status="RUNNING", task_path=run.module_path):
        name = row.args_kwargs["kwargs"].get("name", "")
        if name not in _jobs or row.started_at is None:
            continue
        plan = _jobs[name][0]
        if row.started_at + plan.lease > moment:
            continue
        again = len(row.worker_ids) < plan.tries
        same = DBTaskResult.objects.filter(pk=row.pk, status="RUNNING", started_at=row.started_at)
        if again:
            count += same.update(status="READY", started_at=None)
        else:
            count += same.update(status="FAILED", finished_at=moment, exception_class_path="portal.jobs.WorkerLost")
        logger.warning("job %s lost its worker; %s", name, "queued again" if again else "given up")
    return count


def beat(name: str) -> None:
    Heartbeat.objects.update_or_create(name=name, defaults={"at": clock.now()})


@contextmanager
def lease(name: str, length: timedelta) -> Iterator[bool]:
    """Hold `name` for the block; False means that somebody else holds it now.

    The holder gives it back at the end; a killed one loses it after `length`.
    """
    holder, moment = uuid.uuid4().hex, clock.now()
    if not (is_mine := take(name, holder, moment, moment + length)):
        yield False
        return
    try:
        yield is_mine
    finally:
        Lease.objects.filter(name=name, holder=holder).update(until=moment)


def take(name: str, holder: str, moment: datetime, until: datetime) -> bool:
    free = Lease.objects.filter(Q(until__lte=moment), name=name)
    if free.update(holder=holder, until=until):
        return True
    try:
        with transaction.atomic():
            Lease.objects.create(name=name, holder=holder, until=until)
    except IntegrityError:
        return False
    return True


def prune() -> None:
    """Delete the notes of finished runs after two weeks."""
    call_command(
        "prune_db_task_results", "--backend=jobs", "--min-age-days=14", "--failed-min-age-days=90", verbosity=0
    )
