"""The demo: built once by its commands, then counted."""

from __future__ import annotations

import io
from collections import Counter
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import Count, Sum

from grants.applications.models import Application
from grants.awards.models import Award
from grants.funds.queries import balances_of
from grants.publicity.models import Objection
from orgs.registry.models import Kind, Organization
from portal import demo
from portal.demo import base
from portal.demo.plan import CONTRACTED_TOTAL, OUTCOMES
from portal.lifecycle import Lifecycle
from tests import staff_pages
from tests.test_house import lifecycles


@pytest.mark.django_db
def test_the_demo_holds_what_it_promises(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    base.region.cache_clear(), base.person.cache_clear()
    said: list[str] = []

    demo.load(said.append)

    history = Award.objects.filter(is_historic=True)
    totals = {
        p: (n, fen // 100)
        for p, n, fen in history.order_by().values_list("programme").annotate(n=Count("pk"), s=Sum("amount"))
    }
    assert totals == {"VENTURE": (112, 4_317_800), "MICRO": (503, 7_182_400), "FACILITY": (31, 9_128_500)}
    assert not history.filter(split_is_invented=False).exists()
    assert Organization.objects.exclude(kind=Kind.FILED_GROUP).count() == 20
    assert Organization.objects.filter(kind=Kind.FILED_GROUP).count() == 120
    assert not Organization.objects.exclude(name__contains="演示").exists()
    assert states() == {
        "R2026": {"SCREEN_FAILED": 8, "SCREEN_PASSED": 63, "WITHDRAWN": 2},
        "R2026B": {"DRAFT": 4, "RETURNED": 3},
        "R2026C": {"SCREEN_PASSED": 1},
    }
    round = Award.objects.filter(round__code="R2026")
    assert Counter(round.values_list("status", flat=True)) == {
        "APPROVED": OUTCOMES["CONTRACTED"],
        "RESERVE": OUTCOMES["RESERVE"],
        "NOT_PROPOSED": 63 - OUTCOMES["CONTRACTED"] - OUTCOMES["RESERVE"],
    }
    assert round.filter(status="APPROVED").aggregate(fen=Sum("amount"))["fen"] == CONTRACTED_TOTAL
    assert balances_of("round", "R2026") == {"envelope": 74_700_00}
    assert Objection.objects.count() == 1
    assert dated_without_an_owner() == {}
    call_command("verify_ledger", stdout=io.StringIO())
    call_command("verify_trail", stdout=io.StringIO())

    demo.load(lambda line: pytest.fail(f"built again: {line}"))
    assert staff_pages.faults() == []


def dated_without_an_owner() -> dict[str, int]:
    """Return "model state" -> rows that nobody must act on and that yet carry a date, which lists would call overdue."""
    found: dict[str, int] = {}
    for model, table in state_models():
        over = [state for state in table.states if not table.owners(state)]
        for state in model._base_manager.filter(status__in=over, due_on__isnull=False).values_list(
            "status", flat=True
        ):
            found[f"{model._meta.label} {state}"] = found.get(f"{model._meta.label} {state}", 0) + 1
    return found


def state_models() -> list[tuple[Any, Lifecycle]]:
    """Return every model with a date and a state, with its table."""
    tables = {frozenset(table.states): table for _name, table in lifecycles()}
    fields = {model: {one.name: one for one in model._meta.fields} for model in apps.get_models()}
    return [
        (model, tables[states])
        for model, named in fields.items()
        if "due_on" in named and "status" in named
        if (states := frozenset(str(code) for code, _word in named["status"].choices or ())) in tables
    ]


def states() -> dict[str, dict[str, int]]:
    rows = Application.objects.order_by().values_list("round__code", "status").annotate(n=Count("pk"))
    found: dict[str, dict[str, int]] = {}
    for code, status, count in rows:
        found.setdefault(code, {})[status] = count
    return found
