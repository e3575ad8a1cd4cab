"""The money of a round that changes its mind: refused, taken back, discarded, and said in words."""

from __future__ import annotations

import pytest
from django.urls import reverse

from grants.calls import commands, queries, rules
from grants.calls.models import Allocation, Envelope, Round
from grants.calls.policies import allocation_policy, policy
from grants.funds import queries as ledger
from grants.funds.rules import FourEyes
from portal import clock
from portal.lifecycle import MoveNotAllowed, NotYet, Refused
from tests.grants.makers_calls import (
    CLOSES,
    NOON,
    OPENS,
    finance,
    head,
    leader,
    make_budgeted,
    make_draft,
    make_page,
    make_source,
    officer,
    person,
)
from tests.grants.test_calls_screens import posted, text
from tests.makers import acts, again, make_region

pytestmark = pytest.mark.django_db


def ask(round: Round, fen: int) -> Allocation:
    return commands.request_allocation(round.envelopes.get(), fen, by=finance())


def may(user, action: str, round: Round) -> bool:
    return policy.user_has_permission_for_instance(user, action, again(round))


def test_a_refused_request_does_not_bind_the_plan():
    round = make_draft(fen=30_000_000)
    lottery, other = make_source(), make_source("FISCAL")
    commands.refuse_allocation(ask(round, 30_000_000), by=leader(), reason="另有安排")

    round = commands.revise_round(round, by=officer(), envelopes=[(other, 2026, 20_000_000)])

    assert [(one.source, one.planned) for one in round.envelopes.all()] == [(other, 20_000_000)]
    assert Allocation.objects.get().status == "REFUSED"
    round = commands.revise_round(round, by=officer(), envelopes=[(lottery, 2026, 10_000_000)])
    assert [(one.source, one.planned) for one in round.envelopes.all()] == [(lottery, 10_000_000)]


def test_a_waiting_request_binds_the_plan():
    round = make_draft(fen=30_000_000)
    ask(round, 20_000_000)
    with pytest.raises(Refused, match="正在申请 200,000.00 元"):
        commands.revise_round(round, by=officer(), envelopes=[(make_source(), 2026, 10_000_000)])
    with pytest.raises(Refused, match="等审批"):
        commands.revise_round(round, by=officer(), envelopes=[])


def test_money_comes_back_from_a_draft_and_its_plan_can_fall():
    round, source = make_draft(fen=30_000_000), make_source()
    commands.approve_allocation(ask(round, 20_000_000), by=leader())

    back = commands.request_back(round.envelopes.get(), 15_000_000, by=finance(), note="改由别的来源")
    with pytest.raises(FourEyes):
        commands.approve_allocation(back, by=finance())
    back = commands.approve_allocation(back, by=leader())

    assert (back.status, back.posting.event, back.posting.memo) == ("POSTED", "take_back", "改由别的来源")
    assert Envelope.objects.get().amount == 5_000_000
    assert ledger.balance("envelope", "round", "R2026") == {"LOTTERY": 5_000_000}
    assert ledger.available_of(source, 2026) == 145_000_000
    assert acts(round)[-2:] == ["calls.request_back", "calls.take_back"]
    assert commands.revise_round(round, by=officer(), envelopes=[(source, 2026, 5_000_000)]).status == "DRAFT"
    assert list(ledger.problems()) == []


def test_no_more_comes_back_than_the_envelope_holds_nor_from_a_round_in_use():
    round = make_budgeted(fen=30_000_000)
    assert not may(finance(), "request_back", round)
    with pytest.raises(MoveNotAllowed, match="申报截止后可以收回"):
        commands.request_back(round.envelopes.get(), 1, by=finance(), note="试")
    commands.cancel(round, by=head(), reason="政策调整")
    assert may(finance(), "request_back", round)
    with pytest.raises(Refused, match="可以收回 300,000.00 元"):
        commands.request_back(round.envelopes.get(), 30_000_001, by=finance(), note="取消")
    commands.approve_allocation(
        commands.request_back(round.envelopes.get(), 30_000_000, by=finance(), note="取消"), by=leader()
    )
    assert not may(finance(), "request_back", round)


def test_a_draft_is_discarded_by_its_owner_when_nothing_stands_on_it():
    round = make_draft(fen=30_000_000)
    asked = ask(round, 20_000_000)
    with pytest.raises(NotYet, match="等审批"):
        commands.discard(round, by=officer(), reason="重复")
    commands.approve_allocation(asked, by=leader())
    with pytest.raises(NotYet, match="已下达 200,000.00 元"):
        commands.discard(round, by=officer(), reason="重复")
    back = commands.request_back(round.envelopes.get(), 20_000_000, by=finance(), note="作废")
    commands.approve_allocation(back, by=leader())

    other = person("officer2", "BUREAU_OFFICER")
    assert (may(officer(), "discard", round), may(other, "discard", round)) == (True, False)
    with pytest.raises(MoveNotAllowed, match="起草人"):
        commands.discard(round, by=other, reason="重复")
    assert commands.discard(round, by=officer(), reason="重复").status == "CANCELLED"


def test_buttons_of_money_are_there_when_the_command_would_accept():
    round = make_draft(fen=200_000_000)
    assert may(finance(), "request_allocation", round)
    asked = ask(round, 200_000_000)
    assert not may(finance(), "request_allocation", round)
    assert not allocation_policy.user_has_permission_for_instance(leader(), "approve_allocation", asked)
    assert allocation_policy.user_has_permission_for_instance(leader(), "refuse_allocation", asked)


def test_the_notice_is_drafted_once_and_sent_back_while_it_waits():
    with clock.at(NOON):
        round = make_budgeted()
        assert (may(officer(), "write", round), may(head(), "reject", round)) == (True, False)
        page = make_page(round)
        assert not may(officer(), "write", round)
        commands.submit_page(page, by=officer())
        assert may(head(), "reject", round)


def test_a_request_says_its_round_its_source_and_yuan():
    asked = ask(make_draft(fen=30_000_000), 10_000_000)
    words = "镇海区2026年公益创投（演示） · 下达 来源LOTTERY 2026年度 100,000.00 元"
    assert str(asked) == words
    assert [one.title for one in queries.due(leader())] == [
        "审批资金下达 · 镇海区2026年公益创投（演示） · 来源LOTTERY 2026年度 100,000.00 元"
    ]


def test_a_ceiling_above_the_fund_is_named():
    plan = rules.Plan(OPENS, CLOSES, 5_000_000, [("PAPER", 100)], [100], [("福彩2026年度", 4_000_000, 4_000_000)])
    assert rules.plan_faults(plan) == [
        ("ceiling", "每项最高资助额 50,000.00 元，超过资金总额 40,000.00 元，请调低最高资助额或增加资金。")
    ]


# screens


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"envelopes-0-planned": "0"}, "金额应大于 0"),
        ({"year": "NaN"}, "年度应为四位数，例如 2026。"),
        ({"max_months": "99999999999999999999"}, "应为 1 到 60 之间的整数。"),
        ({"min_months": "13"}, "最长月数不能小于最短月数"),
        ({"experts": "0"}, "应为 3 到 15 之间的整数。"),
    ],
)
def test_a_round_form_names_what_makes_no_sense(client, changes, words):
    client.force_login(officer())
    make_region("330211")
    answer = client.post(reverse("staff_rounds:new"), posted(**changes))
    assert answer.status_code == 422
    assert words in text(answer)
    assert Round.objects.count() == 0


def test_the_form_keeps_the_order_of_sources_and_criteria(client):
    first, second = make_source("B"), make_source("A")
    rows = [{"stage": "PAPER", "code": "A", "name": "需求", "max_points": 100},
            {"stage": "DEFENCE", "code": "D", "name": "答辩", "max_points": 100}]  # fmt: skip
    round = make_draft(envelopes=[(first, 2026, 10_000_000), (second, 2026, 20_000_000)], criteria=rows)
    client.force_login(officer())
    page = text(client.get(reverse("staff_rounds:revise", args=[round.pk])))
    assert page.index('value="100,000.00"') < page.index('value="200,000.00"')
    assert page.index('value="PAPER" selected') < page.index('value="DEFENCE" selected')


def test_forms_show_what_a_source_still_has(client):
    round = make_draft(fen=30_000_000)
    client.force_login(officer())
    assert "1,500,000.00" in text(client.get(reverse("staff_rounds:revise", args=[round.pk])))
    sheet = text(client.get(reverse("staff_rounds:request_allocation", args=[round.pk])))
    assert "这项来源可用指标 1,500,000.00 元" in sheet and "还可下达 300,000.00 元" in sheet


def test_money_is_taken_back_on_screen_and_the_draft_discarded(client):
    round = make_draft(fen=30_000_000)
    commands.approve_allocation(ask(round, 20_000_000), by=leader())
    client.force_login(officer())
    sheet = reverse("staff_rounds:request_back", args=[round.pk])
    assert "没有使用 200,000.00 元" in text(client.get(sheet))
    client.post(sheet, {"envelope": round.envelopes.get().pk, "fen": "20万", "note": "作废"})
    asked = Allocation.objects.get(status="REQUESTED")
    client.force_login(leader())
    inspect = text(client.get(reverse("staff_allocations:inspect", args=[asked.pk])))
    assert "收回" in inspect and "20000000" not in inspect
    client.post(reverse("staff_allocations:approve_allocation", args=[asked.pk]))
    client.force_login(officer())
    client.post(reverse("staff_rounds:discard", args=[round.pk]), {"reason": "重复"})
    assert again(round).status == "CANCELLED"
