"""What must hold before money is paid: the conditions of each instalment, its year, holds, lists and accounts."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db.models import Sum

from grants.agreements import commands as agreements
from grants.funds import commands as ledger
from grants.funds.models import Account
from grants.payments import commands, queries
from grants.payments.models import Payment
from grants.payments.states import PaymentStatus as S
from orgs.registry import commands as registry
from portal import clock
from portal.lifecycle import NotYet
from tests.grants.makers_agreements import YUAN, make_account
from tests.grants.makers_payments import advance, make_ready, tranche
from tests.makers import again

pytestmark = pytest.mark.django_db
FEN = 19_200 * YUAN
NEW_YEARS_EVE = datetime(2026, 12, 31, 10, 0, tzinfo=clock.ZONE)
PAPERS = {"document_number": "镇财社〔2026〕1号", "voucher_number": "PZ-1"}


def test_second_instalment_says_everything_that_is_missing(project, people):
    advance(project, people, S.PAID)

    with pytest.raises(NotYet) as refusal:
        commands.request(tranche(project, 2), by=people.accountant)

    assert [one.text for one in refusal.value.reasons] == [
        "不能拨付第 2 期：中期报告还没有通过。",
        "不能拨付第 2 期：第 1 期的收款回执还没有上传。",
        "不能拨付第 2 期：第 1 期 19,200.00 元中已认定支出 0.00 元（0.0%），不到 70%，也没有写明原因。",
    ]
    assert not Payment.objects.filter(tranche__number=2).exists()


def carry(project, fen: int, people) -> None:
    """结转 of lottery money to 2027, at the end of 2026."""
    account = Account.objects.of("award", project.code).get(kind="committed", source__code="LOTTERY")
    ledger.carry_over(account, fen, "镇财指〔2026〕99号", by=people.finance, approved_by=people.leader)


def test_money_of_a_year_that_has_not_begun_is_not_paid(people):
    with clock.at(NEW_YEARS_EVE):
        project = make_ready(people)
        carry(project, 25_000 * YUAN, people)
        with pytest.raises(NotYet) as refusal:
            commands.request(tranche(project), by=people.accountant)
    assert [one.text for one in refusal.value.reasons] == [
        "不能拨付第 1 期：本年度及以前年度的指标只有 13,500.00 元，其余是2027年度的指标，2027 年 1 月 1 日起才能使用。"
    ]

    with clock.at(NEW_YEARS_EVE + timedelta(days=1)):
        assert advance(project, people, S.APPROVED).status == S.APPROVED


def test_money_carried_over_after_the_request_is_not_approved(people):
    with clock.at(NEW_YEARS_EVE):
        project = make_ready(people)
        payment = advance(project, people, S.CHECKED)
        carry(project, 25_000 * YUAN, people)
        with pytest.raises(NotYet, match="其余是2027年度的指标"):
            commands.approve(payment, by=people.finance)
    assert again(payment).status == S.CHECKED


def test_what_is_left_of_this_year_is_paid_without_the_next(people):
    with clock.at(NEW_YEARS_EVE):
        project = make_ready(people)
        carry(project, 10_000 * YUAN, people)
        advance(project, people, S.APPROVED)
    rows = Account.objects.of("award", project.code).filter(kind="payable", balance__gt=0)
    assert dict(rows.values_list("year").annotate(fen=Sum("balance"))) == {2026: FEN}


def test_an_explanation_stands_in_for_spending(project, people):
    advance(project, people, S.RECEIPTED)
    agreements.meet_milestone(project, "midterm", "", people.officer)

    payment = commands.request(tranche(project, 2), by=people.accountant, explanation="物资集中在下月采购")

    assert payment.status == S.REQUESTED


@pytest.mark.parametrize(("spent", "allowed"), [(1_343_999, False), (1_344_000, True)])
def test_seventy_percent_is_read_from_the_ledger(project, people, spent, allowed):
    advance(project, people, S.RECEIPTED)
    agreements.meet_milestone(project, "midterm", "", people.officer)
    spend(project, spent, people.officer)

    if allowed:
        assert commands.request(tranche(project, 2), by=people.accountant).status == S.REQUESTED
    else:
        with pytest.raises(NotYet, match="不到 70%"):
            commands.request(tranche(project, 2), by=people.accountant)


def spend(project, fen, by):
    from grants.funds import commands as ledger

    moves = ledger.along("award", project.code, "held", "spent", fen, "B1")
    ledger.post("accept_expenditure", key=f"spend-{fen}", transfers=moves, by=by)


def test_a_hold_stops_every_step_until_the_money_has_left(project, people):
    payment = advance(project, people, S.REQUESTED)
    hold = agreements.place_hold(project, "finding-1", "整改未完成", "", people.head)

    with pytest.raises(NotYet, match="有未解除的暂缓：整改未完成"):
        commands.check(payment, by=people.officer)
    agreements.lift_hold(hold, people.officer, "已整改")
    payment = commands.approve(commands.check(payment, by=people.officer), by=people.finance)
    agreements.place_hold(project, "finding-2", "又有问题", "", people.head)
    with pytest.raises(NotYet, match="又有问题"):
        commands.appropriate(payment, by=people.treasury, **PAPERS)

    assert again(payment).status == S.APPROVED


def test_a_suspended_project_and_a_removed_organization_get_nothing(project, people):
    type(project.payee).objects.filter(pk=project.payee_id).update(standing="REMOVED")
    agreements.suspend(project, people.head, "核查")

    with pytest.raises(NotYet) as refusal:
        commands.request(tranche(project), by=people.accountant)

    assert [one.code for one in refusal.value.reasons] == ["project", "standing"]


def test_a_unit_on_a_credit_list_waits_for_its_money_until_it_is_off(project, people):
    """X32: nothing is cancelled, every step before the bank is withheld with the reason."""
    payment = commands.check(commands.request(tranche(project), by=people.accountant), by=people.officer)
    today = clock.today()
    listed = registry.list_organization(
        project.organization,
        kind="ABNORMAL",
        decision="镇民管〔2026〕9号",
        reason="年报未报",
        listed_on=today,
        by=None,
    )
    with pytest.raises(NotYet, match="列入活动异常名录，移出后才能拨付"):
        commands.approve(payment, by=people.finance)
    assert again(payment).status == S.CHECKED

    registry.delist(listed, removal="镇民管〔2026〕10号", removed_on=today, by=people.officer)
    payment = commands.approve(payment, by=people.finance)
    registry.list_organization(
        project.payee, kind="SERIOUS", decision="镇民管〔2026〕11号", reason="虚假材料", listed_on=today, by=None
    )
    with pytest.raises(NotYet, match="移出后才能拨付"):
        commands.appropriate(payment, by=people.treasury, **PAPERS)
    assert again(payment).status == S.APPROVED


def test_an_account_in_another_name_or_unverified_is_refused(project, people):
    make_account(project.payee, people.admin, people.officer, hours=71, holder="演示别的单位", number="1")
    account = queries.current_account(project.payee)
    type(account).objects.filter(pk=account.pk).update(verified_at=None, verified_by=None, usable_from=None)

    with pytest.raises(NotYet) as refusal:
        commands.request(tranche(project), by=people.accountant)

    assert [one.code for one in refusal.value.reasons] == ["account.verified", "account.holder"]


def test_cool_down_ends_after_72_hours(project, people):
    make_account(project.payee, people.admin, people.officer, hours=71, number="1")
    with pytest.raises(NotYet, match="未满 72 小时"):
        commands.request(tranche(project), by=people.accountant)

    with clock.at(clock.now() + timedelta(hours=1, seconds=1)):
        assert commands.request(tranche(project), by=people.accountant).status == S.REQUESTED


def test_brackets_of_either_width_are_the_same_name(project, people):
    type(project.payee).objects.filter(pk=project.payee_id).update(name="镇海区演示(甬澜)中心")
    make_account(project.payee, people.admin, people.officer, holder="镇海区演示（甬澜）中心", number="2")

    assert commands.request(tranche(project), by=people.accountant).status == S.REQUESTED


def test_an_account_changed_after_the_request_stops_the_check(project, people):
    payment = advance(project, people, S.REQUESTED)
    make_account(project.payee, people.admin, people.officer, number="2")

    with pytest.raises(NotYet, match="请款后收款账户有变更"):
        commands.check(payment, by=people.officer)


def test_no_account_no_request(project, people):
    project.payee.bank_accounts.all().delete()

    with pytest.raises(NotYet, match="还没有登记银行账户"):
        commands.request(tranche(project), by=people.accountant)
