"""Work lists: what each person must do next. Every package below says its part; the desk concatenates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from importlib import import_module
from typing import Any

from portal.components.rules import Due

PACKAGES = (
    "portal.notices",
    "orgs.registry",
    "grants.funds",
    "grants.needs",
    "grants.calls",
    "grants.applications",
    "grants.review",
    "grants.publicity",
    "grants.awards",
    "grants.agreements",
    "grants.payments",
    "grants.spending",
    "grants.monitoring",
    "grants.audits",
)


def parts() -> list[Callable[[Any], list[Due]]]:
    return [import_module(f"{name}.queries").due for name in PACKAGES]


def work_list(user: Any) -> list[Due]:
    """Return everything `user` must do next, the most pressing first; rows without a clock come last.

    Queries: those of the packages, none of which grow with the number of rows.
    """
    rows = [row for due in parts() for row in due(user)]
    return sorted(rows, key=lambda row: (row.due_on is None, row.due_on or date.max, row.title))
