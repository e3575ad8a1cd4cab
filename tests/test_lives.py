"""Every life cycle of the house is lived in tests/lives: each state and each move with real rows."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps

from tests.lives import Life, live
from tests.test_house import lifecycles

LIVES: dict[str, Life] = {}
for path in sorted((Path(__file__).parent / "lives").glob("[a-z]*.py")):
    LIVES |= import_module(f"tests.lives.{path.stem}").LIVES

TABLES = dict(lifecycles())
ELSEWHERE = {
    "funds.Period": "a trigger moves it, after a PeriodChange: tests/grants/test_funds_year_end.py",
    "funds.PeriodChange": "says what a month becomes, and is never changed",
}
"""Models with a state and without a table."""


def test_every_table_and_every_move_is_lived():
    assert set(LIVES) == set(TABLES)
    assert {name: set(life.moves) for name, life in LIVES.items()} == {
        name: set(table.moves) for name, table in TABLES.items()
    }
    assert all(LIVES[name].table is table for name, table in TABLES.items())


def test_every_model_with_a_state_has_a_table():
    tables = {frozenset(table.states) for table in TABLES.values()}
    found = {
        model._meta.label
        for model in apps.get_models()
        for one in model._meta.fields
        if one.name in ("status", "standing") and one.choices and model._meta.app_config.name in packages()
        if frozenset(str(code) for code, _word in one.choices) not in tables
    }
    assert found == set(ELSEWHERE)


def packages() -> set[str]:
    return {one.name for one in apps.get_app_configs() if one.name.split(".")[0] in ("portal", "orgs", "grants")}


@pytest.mark.django_db
@pytest.mark.parametrize("name", LIVES)
def test_rows_go_where_the_table_says_and_nowhere_else(name):
    """In each state each move either goes through or changes nothing; whose turn it is, sees it with its date."""
    seen, faults = live(LIVES[name])

    assert not faults, "\n".join(faults)
    assert seen == set(TABLES[name].states)
