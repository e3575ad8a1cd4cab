"""A budget year as finance staff would tell it, ending in the office's own 资金台账."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from grants.funds import commands as ledger
from grants.funds import queries
from grants.funds.queries.register import fund_register
from portal import clock
from portal.lifecycle import NotYet
from portal.money import yuan
from tests.grants.makers_funds import make_finance, make_source

pytestmark = pytest.mark.django_db
YUAN = 100


def test_the_year_2026_from_the_first_indicator_to_the_last_line():
    by, approved_by = make_finance()
    two = {"by": by, "approved_by": approved_by}
    budget, lottery = make_source(), make_source("LOTTERY", purposes=("VENTURE",))
    step = iter(range(1, 100))

    def on(month: int, day: int, year: int = 2026) -> dict:
        return {**two, "effective_date": date(year, month, day)}

    def go(event: str, award: str, src: str, dst: str, amount: int, when: dict) -> None:
        moves = ledger.along("award", award, src, dst, amount * YUAN)
        ledger.post(event, key=f"{event}{next(step)}", transfers=moves, **when)

    def envelope(source, year: int = 2026):
        return ledger.account("envelope", "round", "R2026", source, year)

    def propose(award: str, source, amount: int, when: dict) -> None:
        moves = [
            ledger.move(envelope(source), ledger.account("reserved", "award", award, source, 2026), amount * YUAN)
        ]
        ledger.post("propose", key=f"propose{award}{source.code}", transfers=moves, **when)

    with clock.at(datetime(2026, 12, 31, 4, tzinfo=clock.ZONE)):
        # 一月:财政下达两笔指标,福彩公益金下达一笔。
        ledger.appropriate_budget(budget, 2026, 100_000 * YUAN, "镇财社〔2026〕1号", **on(1, 8))
        ledger.appropriate_budget(budget, 2026, 20_000 * YUAN, "镇财社〔2026〕9号", **on(1, 20))
        ledger.appropriate_budget(lottery, 2026, 50_000 * YUAN, "镇民福〔2026〕2号", **on(1, 20))
        # 二月:安排给公益创投批次。
        ledger.allocate(budget, 2026, envelope(budget), 90_000 * YUAN, purpose="VENTURE", **on(2, 1))
        ledger.allocate(lottery, 2026, envelope(lottery), 50_000 * YUAN, purpose="VENTURE", **on(2, 1))
        # 四月:两个项目拟立项,公示后立项;第一个项目由两种资金共同资助。
        propose("V1", budget, 20_000, on(4, 3))
        propose("V1", lottery, 18_500, on(4, 3))
        propose("V2", budget, 30_000, on(4, 3))
        go("confirm", "V1", "reserved", "committed", 38_500, on(4, 20))
        go("confirm", "V2", "reserved", "committed", 30_000, on(4, 20))
        # 五月:第一个项目首期 19,200 元,四个环节逐一办理。
        go("approve_tranche", "V1", "committed", "payable", 19_200, on(5, 6))
        go("appropriate", "V1", "payable", "appropriated", 19_200, on(5, 8))
        go("pay", "V1", "appropriated", "held", 19_200, on(5, 11))
        # 九月:认定支出 15,000 元,审计不予认定 700 元,结余和追回款退回。
        go("accept_expenditure", "V1", "held", "spent", 15_000, on(9, 1))
        go("disallow", "V1", "spent", "recoverable", 700, on(9, 15))
        go("refund", "V1", "recoverable", "returned", 700, on(10, 9))
        # 十月:付第三方评估费,不超过批次的 5%。
        ledger.fee(envelope(budget), 4_000 * YUAN, "评估合同1号", ceiling=7_000 * YUAN, key="fee1", **on(10, 20))
        # 十二月:退回的钱还没有处理,年终结转办不了。
        with pytest.raises(NotYet, match="V1 还有“已退回”的资金没有办结"):
            committed = ledger.account("committed", "award", "V1", budget, 2026)
            ledger.carry_over(committed, 1, "镇民〔2026〕88号", **on(12, 30))
        # 当年退回的恢复指标,再办结转:一项目剩余的两期和二项目全部。
        for source in (budget, lottery):
            returned = ledger.account("returned", "award", "V1", source, 2026)
            returned.refresh_from_db()
            ledger.restore(returned, envelope(source), returned.balance, bank_reference="20261225001", **on(12, 25))
        for award, source in (("V1", budget), ("V1", lottery), ("V2", budget)):
            committed = ledger.account("committed", "award", award, source, 2026)
            ledger.carry_over(committed, committed.balance, "镇民〔2026〕88号", **on(12, 30))
        # 没有安排出去的指标缴回财政,然后结账。
        ledger.hand_back(
            ledger.account("available", "source", "FISCAL", budget, 2026), 30_000 * YUAN, "缴1号", **on(12, 30)
        )
        ledger.close_period("2026-12", by=by, approved_by=approved_by, reason="2026年度结账")

        rows = fund_register(2026)

    columns = ("source", "owner", "received", "given", "committed", "appropriated", "paid", "returned", "fees",
               "handed_back", "carried_over", "closing")  # fmt: skip
    table = [tuple(yuan(v) if isinstance(v := getattr(row, name), int) else v for name in columns) for row in rows]
    zero = "0.00"
    assert table == [
        ("一般公共预算", "FISCAL", "120,000.00", "90,000.00", zero, zero, zero, zero, zero, "30,000.00", zero, zero),
        (
            "一般公共预算",
            "R2026",
            "90,000.00",
            "49,636.36",
            zero,
            zero,
            zero,
            zero,
            "4,000.00",
            zero,
            zero,
            "36,363.64",
        ),
        (
            "一般公共预算",
            "V1",
            "20,000.00",
            zero,
            zero,
            "9,974.03",
            "9,974.03",
            "363.64",
            zero,
            zero,
            "10,025.97",
            zero,
        ),
        ("一般公共预算", "V2", "30,000.00", zero, zero, zero, zero, zero, zero, zero, "30,000.00", zero),
        ("福彩公益金", "LOTTERY", "50,000.00", "50,000.00", zero, zero, zero, zero, zero, zero, zero, zero),
        ("福彩公益金", "R2026", "50,000.00", "18,163.64", zero, zero, zero, zero, zero, zero, zero, "31,836.36"),
        ("福彩公益金", "V1", "18,500.00", zero, zero, "9,225.97", "9,225.97", "336.36", zero, zero, "9,274.03", zero),
    ]
    assert {row.documents for row in rows if row.source == "一般公共预算"} == {"镇财社〔2026〕1号；镇财社〔2026〕9号"}
    for row in rows:
        left = row.opening + row.received - row.given - row.paid - row.fees - row.handed_back - row.carried_over
        assert row.closing == left
    # 下一年度的台账从结转数开始。
    following = {(row.source, row.owner): yuan(row.opening) for row in fund_register(2027, as_of=date(2027, 1, 1))}
    assert following == {
        ("一般公共预算", "V1"): "10,025.97",
        ("一般公共预算", "V2"): "30,000.00",
        ("福彩公益金", "V1"): "9,274.03",
    }
    # 结账以后,十二月的账再也记不进去。
    with pytest.raises(ledger.PeriodClosed):
        ledger.appropriate_budget(budget, 2026, 1, "镇财社〔2026〕99号", **on(12, 31))
    assert [str(each) for each in queries.problems()] == []
