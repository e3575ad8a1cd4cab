"""The rules of an application, as tables of cases."""

from datetime import date
from decimal import Decimal

import pytest

from grants.applications import rules

CAPS = [rules.Cap("B4", 3000, None), rules.Cap("B5", None, 5000)]


def line(category="B1", item="物资", fen=100_000, source="GRANT"):
    return rules.Line(category, item, fen, fen, source)


@pytest.mark.parametrize(("personnel", "codes"), [(1_200_000, []), (1_200_400, ["share"])])
def test_personnel_of_thirty_percent_passes_and_30_01_does_not(personnel, codes):
    lines = [line("B4", "社工补贴", personnel), line("B1", "物资", 4_000_000 - personnel)]
    assert [one.code for one in rules.budget_faults(lines, CAPS, 5_000_000, [])] == codes


def test_a_breach_says_category_amount_share_cap_and_remedy():
    lines = [line("B4", "社工补贴", 1_512_000), line("B1", "物资", 3_288_000)]
    (fault,) = rules.budget_faults(lines, CAPS, 5_000_000, [])
    assert fault.text == (
        "人员补贴 15,120.00 元，占申请资助额 48,000.00 元的 31.5%，超过本通知规定的 30%。把 720.00 元改到其他科目即可。"
    )
    assert (fault.rows, fault.category) == ((0,), "B4")


def test_percentages_look_at_the_grant_part_alone():
    lines = [line("B4", "补贴", 1_200_000), line("B1", "物资", 2_800_000), line("B4", "自筹补贴", 9_000_000, "SELF")]
    assert rules.budget_faults(lines, CAPS, 5_000_000, []) == []


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([], "empty"),
        ([line(source="SELF")], "no_grant"),
        ([line(fen=5_000_001)], "ceiling"),
        ([line(item="购置固定资产")], "forbidden"),
        ([line("B5", "志愿者误餐", 5_001)], "unit_price"),
    ],
)
def test_each_rule_of_the_call_is_enforced(lines, code):
    assert [one.code for one in rules.budget_faults(lines, CAPS, 5_000_000, ["固定资产"])] == [code]


@pytest.mark.parametrize(
    ("item", "price", "amount", "text"),
    [
        ("", 0, 0, "第 2 行还没有写全，请补上支出内容和单价。"),
        ("", 100, 100, "第 2 行还没有写全，请补上支出内容。"),
        ("印刷", 0, 0, "第 2 行还没有写全，请补上单价。"),
        ("印刷", 100, 0, "第 2 行按数量算出的小计是 0 元，请填写大于 0 的数量；用不着的行请删除。"),
    ],
)
def test_a_row_without_a_sum_is_told_what_exactly_is_missing(item, price, amount, text):
    lines = [line(), rules.Line("B1", item, price, amount, "GRANT")]
    assert [one.text for one in rules.budget_faults(lines, CAPS, 5_000_000, [])] == [text]


@pytest.mark.parametrize(
    ("price", "quantity", "times", "amount"), [(333, "1.5", 1, 500), (1, "0.5", 1, 1), (12_345, "3", 4, 148_140)]
)
def test_a_line_is_rounded_half_up_to_the_fen(price, quantity, times, amount):
    assert rules.line_amount(price, Decimal(quantity), times) == amount


@pytest.mark.parametrize(
    ("ends_on", "is_long_enough"),
    [(date(2026, 9, 29), False), (date(2026, 9, 30), True), (date(2027, 3, 31), True), (date(2027, 4, 1), False)],
)
def test_five_months_and_29_days_is_too_short_and_a_year_and_a_day_too_long(ends_on, is_long_enough):
    assert rules.lasts_months(date(2026, 4, 1), ends_on, 6, 12) is is_long_enough
