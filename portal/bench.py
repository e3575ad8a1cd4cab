"""The measuring harness: closed loops against the production server, as ratios to the floor.

Absolute times on a shared machine mean nothing; the ratio to a bare view with one SQL query, taken
in the same run on the same server and database, does.
"""

from __future__ import annotations

import http.client
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.accounts.models import User

CLIENTS = (1, 8)


@dataclass(frozen=True)
class Job:
    """path: what to GET, or a function that returns it; username: "" for a visitor; limit: agreed ratio."""

    name: str
    path: str | Callable[[], str]
    username: str = ""
    limit: float | None = None


@dataclass(frozen=True)
class Result:
    """Times in milliseconds; ratio: median over the floor's median of the same run."""

    name: str
    clients: int
    median: float
    p95: float
    queries: int
    ratio: float
    limit: float | None


def run(jobs: list[Job], requests: int) -> Iterator[Result]:
    """Serve portal and floor side by side and measure each job with one and with eight clients."""
    with server("portal.wsgi:application") as portal, server("benchmarks.floor:application") as floor:
        for clients in CLIENTS:
            base = statistics.median(measure(floor, "/", {}, clients, requests))
            for job in jobs:
                path = job.path() if callable(job.path) else job.path
                headers = session_of(job.username)
                times = sorted(measure(portal, path, headers, clients, requests))
                median = statistics.median(times)
                yield Result(
                    job.name, clients, median, times[int(len(times) * 0.95)], queries(path, job.username),
                    median / base, job.limit,
                )  # fmt: skip


def measure(port: int, path: str, headers: dict[str, str], clients: int, requests: int) -> list[float]:
    """Return the milliseconds of `requests` GETs in a closed loop of `clients` keep-alive connections."""

    def client(count: int) -> list[float]:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        times = []
        for turn in range(count + 2):
            started = time.perf_counter()
            link.request("GET", path, headers=headers)
            answer = link.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{path}: HTTP {answer.status}")
            if turn > 1:
                times.append((time.perf_counter() - started) * 1000)
        link.close()
        return times

    with ThreadPoolExecutor(clients) as pool:
        return [one for times in pool.map(client, [max(requests // clients, 1)] * clients) for one in times]


def session_of(username: str) -> dict[str, str]:
    """Return the headers of a signed-in person."""
    if not username:
        return {}
    user = User.objects.get(username=username)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session.session_key}"}


def queries(path: str, username: str) -> int:
    """Count the SQL of one warm GET."""
    client = Client()
    if username:
        client.force_login(User.objects.get(username=username), settings.AUTHENTICATION_BACKENDS[0])
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        client.get(path)
    return len(captured)


@contextmanager
def server(application: str) -> Iterator[int]:
    """Run the production server on a free port and yield the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--blocking-threads", "4", "--no-ws", "--log-level", "error", application,
    ]  # fmt: skip
    child = subprocess.Popen(command, cwd=settings.BASE_DIR, env=os.environ)
    try:
        wait_until_up(port, child)
        yield port
    finally:
        child.terminate()
        child.wait(timeout=20)


def wait_until_up(port: int, child: subprocess.Popen) -> None:
    for _ in range(240):
        if child.poll() is not None:
            raise RuntimeError("the server did not start")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.25)
    raise RuntimeError("the server did not start within a minute")
