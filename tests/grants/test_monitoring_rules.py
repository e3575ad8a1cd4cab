"""The rules of reports and evaluations, as tables of cases."""

from collections import namedtuple
from datetime import date
from decimal import Decimal

import pytest

from grants.monitoring import rules

Scored = namedtuple("Scored", "points max_points")


def test_the_tables_add_up_to_one_hundred():
    assert [sum(one.max_points for one in rules.TABLES[kind]) for kind in ("MIDTERM", "FINAL")] == [100, 100]


def test_a_sheet_s_last_row_leaves_out_what_is_not_scored_yet():
    blank = Scored(None, Decimal(10))

    assert rules.sums([blank, blank]) == rules.Sums(None, Decimal(20))
    some = [Scored(Decimal("7.5"), Decimal(8)), blank, Scored(Decimal(0), Decimal(5))]
    assert rules.sums(some) == rules.Sums(Decimal("7.5"), Decimal(23))


@pytest.mark.parametrize(
    ("score", "grade"),
    [("100", "EXCELLENT"), ("85", "EXCELLENT"), ("84.99", "GOOD"), ("75", "GOOD"), ("74.99", "PASS"), ("60", "PASS"),
     ("59.99", "FAIL"), ("0", "FAIL")],
)  # fmt: skip
def test_grades(score, grade):
    assert rules.grade(Decimal(score)) == grade


@pytest.mark.parametrize(
    ("given", "bonus", "deduction", "critical", "total"),
    [
        (["30", "40"], "5", "0", False, "75.00"),
        (["30", "40"], "0", "10", False, "60.00"),
        (["90"], "5", "0", True, "59.00"),
        (["40"], "0", "0", True, "40.00"),
        (["2"], "0", "10", False, "0.00"),
    ],
)
def test_total(given, bonus, deduction, critical, total):
    assert rules.total(map(Decimal, given), Decimal(bonus), Decimal(deduction), has_critical=critical) == Decimal(
        total
    )


@pytest.mark.parametrize(
    ("ends", "due"), [(date(2026, 12, 20), date(2027, 1, 20)), (date(2027, 1, 31), date(2027, 2, 28))]
)
def test_the_final_report_is_due_a_month_after_the_end(ends, due):
    assert rules.final_due(ends) == due


def test_points_outside_their_item_are_named():
    item = rules.MIDTERM[0]
    for given in (None, Decimal("-1"), Decimal("15.5")):
        assert len(rules.points_reasons(item, given)) == 1
    assert rules.points_reasons(item, Decimal(15)) == []
