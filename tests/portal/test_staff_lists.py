"""Every list of the admin: Chinese heads, at most eight columns, dates and money as written in papers."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from wagtail.admin import urls  # noqa: F401  registers the viewsets
from wagtail.admin.ui.tables import BaseColumn
from wagtail.admin.viewsets import viewsets

from portal import clock
from portal.access.forms import Move
from portal.access.staff import (
    DateColumn,
    DueColumn,
    MoneyColumn,
    NameColumn,
    ScopedViewSet,
    StateColumn,
    YesColumn,
)
from portal.access.staff.columns import column_of, linked
from portal.access.staff.fields import label_of, shown

HAN = re.compile(r"[\u3400-\u9fff]")
OURS = {one.name: one for one in viewsets.viewsets if isinstance(one, ScopedViewSet)}


def words(viewset: ScopedViewSet, names) -> list[str]:
    return [
        str(one.label) if isinstance(one, BaseColumn) else label_of(viewset.model, one, viewset.labels)
        for one in names
        if isinstance(one, BaseColumn | str)
    ]


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_list_names_its_columns_fields_and_exports_in_chinese(name):
    viewset = OURS[name]
    heads = words(viewset, viewset.list_display)
    fields = [label_of(viewset.model, one, viewset.labels) for one in viewset.inspect_view_fields]
    exported = words(viewset, viewset.list_export if isinstance(viewset.list_export, list | tuple) else [])

    assert len(heads) <= 8
    assert exported, "a list without export"
    assert [word for word in [*heads, *fields, *exported] if not HAN.search(word)] == []


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_state_sheet_says_what_will_change(name):
    mute = [one.__name__ for one in OURS[name].moves if one.consequences is Move.consequences and not one.effect]

    assert mute == []


TIMELESS = {"staff_fund_accounts", "staff_fund_sources"}
"""What they list has no day of its own."""


@pytest.mark.parametrize("name", sorted(OURS.keys() - TIMELESS))
def test_a_row_keeps_a_date_when_its_clock_has_stopped(name):
    columns = OURS[name].list_display

    kept = [
        one
        for one in columns
        if isinstance(one, DateColumn)
        or (isinstance(one, str) and column_of(OURS[name].model, one) is DateColumn and one != "due_on")
    ]
    assert kept


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        (DateColumn("at"), date(2026, 6, 21), "2026-06-21"),
        (DateColumn("at"), datetime(2026, 6, 21, 7, 6, tzinfo=UTC), "2026-06-21 15:06"),
        (DateColumn("at"), datetime(2026, 6, 20, 16, 0, tzinfo=UTC), "2026-06-20 24:00"),
        (DateColumn("at"), None, ""),
        (MoneyColumn("at"), 9_640_000, "96,400.00"),
        (MoneyColumn("at"), None, ""),
        (YesColumn("at"), True, "是"),
        (YesColumn("at"), False, "—"),
    ],
)
def test_a_cell_reads_as_in_the_papers(column, value, words):
    assert str(column.get_value(SimpleNamespace(at=value))) == words


SATURDAY = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("due_on", "overrides", "cell"),
    [
        (date(2026, 11, 24), {}, ("warning", "还剩 2 个工作日")),
        (date(2026, 11, 24), {date(2026, 11, 22): True}, ("", "还剩 3 个工作日")),
        (date(2026, 11, 21), {}, ("warning", "今天到期")),
        (date(2026, 11, 20), {}, ("danger", "已逾期")),
        (date(2026, 11, 19), {}, ("danger", "逾期 1 个工作日")),
        (date(2026, 9, 30), {}, ("danger", "逾期 33 个工作日")),
    ],
)
def test_a_list_counts_the_working_days_of_the_bureau(due_on, overrides, cell):
    request = SimpleNamespace(overrides=overrides)
    with clock.at(SATURDAY):
        shown = DueColumn("due_on").get_cell_context_data(
            SimpleNamespace(due_on=due_on), {"row": None, "table": None, "request": request}
        )

    assert (shown["value"], shown["tone"], str(shown["words"])) == (due_on, *cell)


def test_where_no_clock_runs_a_list_says_nothing():
    shown = DueColumn("due_on").get_cell_context_data(
        SimpleNamespace(due_on=None), {"row": None, "table": None, "request": None}
    )

    assert (shown["value"], "words" in shown) == (None, False)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "——"), ("", "——"), ([], "——"), (True, "是"), (False, "否"), (["甲", "乙"], "甲、乙"),
        (datetime(2026, 6, 21, 7, 6, tzinfo=UTC), "2026-06-21 15:06"), ({"甲": 1}, "甲：1"), (0, 0),
    ],
)  # fmt: skip
def test_a_value_of_one_object_is_never_a_none_or_a_true(value, words):
    assert shown(value) == words


def test_the_first_column_is_the_link_whatever_it_was():
    for column in (MoneyColumn("amount", label="金额"), StateColumn(), NameColumn("title", sub="code")):
        found = linked(column, lambda one: f"/cms/{one.pk}/")
        assert isinstance(found, NameColumn)
        assert found.get_link_url(SimpleNamespace(pk=7), {}) == "/cms/7/"
