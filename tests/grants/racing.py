"""Real processes, all let go at one moment, each with its own connection."""

from __future__ import annotations

import multiprocessing
import os
import traceback
from collections import Counter
from collections.abc import Callable

from django.db import connection, connections

from portal.lifecycle import Refused

PROCESSES = 8
FULL = bool(os.environ.get("CI")) or os.environ.get("HYPOTHESIS_PROFILE") == "ci"
TIMES = 200 if FULL else 25
FORK = multiprocessing.get_context("fork")
Turn = Callable[[int, int], object]
"""What one process does: its number, its turn."""


def be_patient() -> None:
    """SQLite's writers poll for the lock, not in turn: on a busy machine one of eight may wait past the 20 s of a site."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 240000")


def child(number: int, turn: Turn, barrier, results, times: int) -> None:
    outcome: Counter = Counter()
    try:
        be_patient()
        barrier.wait(60)
        for at in range(times):
            try:
                turn(number, at)
                outcome["done"] += 1
            except Refused as refusal:
                outcome[type(refusal).__name__] += 1
    except BaseException:
        outcome[traceback.format_exc()] += 1
    results.put(outcome)
    results.close()
    results.join_thread()
    connections.close_all()
    os._exit(0)


def race(turn: Turn, times: int = TIMES, processes: int = PROCESSES) -> Counter:
    """Run `turn(process, time)` in so many processes at once; return the outcomes, summed."""
    connections.close_all()
    barrier, results = FORK.Barrier(processes), FORK.Queue()
    workers = [FORK.Process(target=child, args=(each, turn, barrier, results, times)) for each in range(processes)]
    for one in workers:
        one.start()
    total = sum((results.get(timeout=300) for _ in workers), Counter())
    for one in workers:
        one.join(30)
    return total
