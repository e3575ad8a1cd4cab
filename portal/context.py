"""What is going on: the id of the request and the role in which its person acts. Read by trail and logs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass
class Errand:
    """One request, or one run of a job. role: code of the role that a policy let in last."""

    request_id: str
    role: str = ""


_errand: ContextVar[Errand | None] = ContextVar("portal_errand", default=None)


@contextmanager
def errand(request_id: str) -> Iterator[Errand]:
    """Name what happens inside the block."""
    token = _errand.set(Errand(request_id))
    try:
        yield _errand.get()  # type: ignore[misc]
    finally:
        _errand.reset(token)


def request_id() -> str:
    current = _errand.get()
    return current.request_id if current else ""


def role() -> str:
    current = _errand.get()
    return current.role if current else ""


def act_as(code: str) -> None:
    """Note the role in which the person passed a policy; outside an errand nothing is noted."""
    if current := _errand.get():
        current.role = str(code)
