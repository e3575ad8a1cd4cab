"""The payment machine: every step with its money, every refusal with its words."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from grants.funds.models import Account
from grants.funds.queries import balances_of
from grants.payments import commands, guards, queries
from grants.payments.models import Payment, PaymentPosting
from grants.payments.policies import policy
from grants.payments.staff.payment import steps
from grants.payments.states import LIFECYCLE
from grants.payments.states import PaymentStatus as S
from portal.lifecycle import NotYet, Refused
from portal.trail.models import Event
from tests.grants.makers_agreements import YUAN, make_account, make_file
from tests.grants.makers_payments import advance, make_ready, tranche
from tests.makers import again, make_user

pytestmark = pytest.mark.django_db
FEN = 19_200 * YUAN
PAPERS = {"document_number": "镇财社〔2026〕1号", "voucher_number": "PZ-1"}


def money(project) -> dict[str, int]:
    return {kind: fen for kind, fen in balances_of("award", project.code).items() if fen}


def split(project, kind: str) -> dict[str, int]:
    rows = Account.objects.of("award", project.code).filter(kind=kind)
    return {one.source.code: one.balance for one in rows.select_related("source")}


def test_four_actors_bring_the_first_instalment_to_its_receipt(project, people):
    total = 38_500 * YUAN

    payment = advance(project, people, S.REQUESTED)
    assert (payment.code, payment.status, money(project)) == ("VEN-2026-000118-1", S.REQUESTED, {"committed": total})
    payment = commands.check(payment, by=people.officer)
    assert money(project) == {"committed": total}
    payment = commands.approve(payment, by=people.finance)
    assert money(project) == {"committed": total - FEN, "payable": FEN}
    assert split(project, "payable") == {"LOTTERY": 15_360 * YUAN, "FISCAL": 3_840 * YUAN}
    payment = commands.appropriate(payment, by=people.treasury, **PAPERS)
    assert money(project) == {"committed": total - FEN, "appropriated": FEN}
    payment = pay_line(payment, people)
    assert money(project) == {"committed": total - FEN, "held": FEN}
    assert split(project, "held") == {"LOTTERY": 15_360 * YUAN, "FISCAL": 3_840 * YUAN}
    payment = commands.receipt(payment, make_file(people.accountant, "payments.receipt"), by=people.accountant)

    assert payment.status == S.RECEIPTED
    assert list(PaymentPosting.objects.filter(payment=payment).values_list("event", flat=True).order_by("pk")) == [
        "approve_tranche", "appropriate", "pay",
    ]  # fmt: skip
    assert list(
        Event.objects.filter(object_id=str(payment.pk), content_type__model="payment")
        .order_by("pk")
        .values_list("action", flat=True)
    ) == [
        "payments.request", "payments.check", "payments.approve", "payments.appropriate", "payments.pay",
        "payments.receipt",
    ]  # fmt: skip


def pay_line(payment, people):
    from tests.grants.makers_payments import line, statement

    commands.import_statement(statement([line(payment)]), by=people.cashier)
    return again(payment)


@pytest.mark.parametrize("who", ["officer", "finance", "treasury", "cashier"])
def test_only_the_payee_asks(project, people, who):
    with pytest.raises(Refused, match="负责人或财务"):
        commands.request(tranche(project), by=getattr(people, who))


@pytest.mark.parametrize(
    ("state", "step", "who", "words"),
    [
        (S.CHECKED, "approve", "officer", "该笔由您做的民政审核，须由他人复核"),
        (S.APPROVED, "appropriate", "finance", "该笔由您做的财务复核，须由他人拨款"),
        (S.APPROVED, "appropriate", "officer", "该笔由您做的民政审核，须由他人拨款"),
    ],
)
def test_nobody_makes_two_steps(project, people, state, step, who, words):
    payment = advance(project, people, state)
    somebody = getattr(people, who)
    for role in ("BUREAU_FINANCE", "FINANCE"):
        somebody.role_grants.get_or_create(role=role, region=people.officer.role_grants.first().region)
    call = {
        "approve": lambda: commands.approve(payment, by=again(somebody)),
        "appropriate": lambda: commands.appropriate(payment, by=again(somebody), **PAPERS),
    }[step]

    with pytest.raises(NotYet, match=words):
        call()

    assert again(payment).status == state


def test_nobody_acts_for_an_organization_they_belong_to(project, people):
    payment = advance(project, people, S.REQUESTED)
    project.payee.memberships.create(user=people.officer, role="READER")

    with pytest.raises(NotYet, match="不能办理本单位的拨付"):
        commands.check(payment, by=people.officer)
    assert not policy.user_has_permission_for_instance(people.officer, "check", payment)


@pytest.mark.parametrize(
    ("one", "other"),
    [("requested_by", "checked_by"), ("checked_by", "approved_by"), ("approved_by", "appropriated_by")],
)
def test_the_database_refuses_one_person_for_two_steps(project, people, one, other):
    payment = advance(project, people, S.APPROPRIATED)

    with pytest.raises(IntegrityError, match="payment_"), transaction.atomic():
        Payment.objects.filter(pk=payment.pk).update(**{other: getattr(payment, one)})


@pytest.mark.parametrize("change", [{"amount": 1}, {"account": "new"}])
def test_the_database_freezes_what_was_approved(project, people, change):
    payment = advance(project, people, S.APPROVED)
    if "account" in change:
        change = {"account": make_account(project.payee, people.admin, people.officer, number="3")}

    with pytest.raises(IntegrityError, match="approved_payment_is_frozen"), transaction.atomic():
        Payment.objects.filter(pk=payment.pk).update(**change)


def test_above_the_band_a_leader_approves_too(people):
    project = make_ready(people, fen=200_000 * YUAN, budget=[])
    payment = advance(project, people, S.CHECKED)

    with pytest.raises(Refused, match="先由局财务复核"):
        commands.approve(payment, by=people.leader)
    payment = commands.approve(payment, by=people.finance)
    assert (payment.status, payment.owner, money(project).get("payable")) == (S.CHECKED, "BUREAU_LEADER", None)
    with pytest.raises(NotYet, match="该笔由您做的财务复核"):
        commands.approve(payment, by=people.finance)
    payment = commands.approve(payment, by=people.leader)

    assert (payment.status, money(project)["payable"]) == (S.APPROVED, 100_000 * YUAN)


def test_appropriation_needs_numbers_and_in_its_name_scan_and_name(project, people):
    payment = advance(project, people, S.APPROVED)
    second = make_user("second_finance", "BUREAU_FINANCE")

    with pytest.raises(Refused, match="指标文号和支付凭证号"):
        commands.appropriate(payment, by=people.treasury, document_number=" ", voucher_number="")
    with pytest.raises(Refused, match="代录须上传"):
        commands.appropriate(payment, by=second, **PAPERS)
    scan = make_file(second, "payments.voucher")
    payment = commands.appropriate(payment, by=second, voucher=scan, recorded_for="测试辛", **PAPERS)

    assert (payment.status, payment.recorded_for, payment.voucher) == (S.APPROPRIATED, "测试辛", scan)


def test_a_voucher_number_pays_once(people):
    first = advance(make_ready(people), people, S.APPROPRIATED)
    payment = again(first)
    Payment.objects.filter(pk=payment.pk).update(voucher_number="PZ-X")
    commands.reject_by_bank(again(payment), reason="户名不符", by=people.finance)
    payment = commands.appropriate(again(payment), by=people.treasury, document_number="d", voucher_number="PZ-Y")

    assert payment.attempt == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.create(
            code="other",
            tranche=tranche(payment.project, 2),
            project=payment.project,
            amount=1,
            voucher_number="PZ-Y",
        )


def test_return_from_approved_brings_the_money_back_and_starts_again(project, people):
    payment = advance(project, people, S.APPROVED)

    payment = commands.return_(payment, reason="协议金额有误", by=people.treasury)
    assert (payment.status, payment.reason, payment.approved_by) == (S.RETURNED, "协议金额有误", None)
    assert money(project) == {"committed": 38_500 * YUAN}
    payment = commands.request(payment.tranche, by=people.accountant)
    payment = commands.approve(commands.check(payment, by=people.officer), by=people.finance)

    assert money(project) == {"committed": 19_300 * YUAN, "payable": FEN}
    assert payment.attempt == 2


SPENT_VOUCHER = "已退票，再拨须用新的凭证号"


def test_a_failed_payment_is_payable_again(project, people):
    payment = commands.reject_by_bank(advance(project, people, S.APPROPRIATED), reason="户名不符", by=people.finance)

    assert (payment.status, money(project)) == (S.FAILED, {"committed": 19_300 * YUAN, "payable": FEN})
    tried = {str(step): (who and str(who), str(number)) for step, who, _at, number in steps(payment)}
    assert tried["财政拨款"] == (str(again(payment.postings.get(event="appropriate").posting.made_by)), SPENT_VOUCHER)
    assert tried["银行发放"][0] == "银行"
    assert "银行退票" in tried["银行发放"][1]
    payment = commands.return_(payment, reason="请更正账户", by=people.officer)
    assert (payment.status, money(project)) == (S.RETURNED, {"committed": 38_500 * YUAN})
    assert {str(step): who for step, who, _at, _number in steps(payment)}["财政拨款"] is None


def test_reasons_must_be_given(project, people):
    payment = advance(project, people, S.REQUESTED)

    with pytest.raises(Refused, match="请写明原因"):
        commands.return_(payment, reason=" ", by=people.officer)


def test_pay_after_money_is_spent_at_once(people):
    project = make_ready(people)
    project.tranches.update(is_pay_after=True)

    advance(project, people, S.PAID)

    assert money(project) == {"committed": 19_300 * YUAN, "spent": FEN}


def test_a_cancelled_instalment_leaves_its_money_committed_and_can_be_released(project, people):
    payment = commands.cancel(tranche(project, 3), reason="不再需要", by=people.officer)

    assert (payment.status, money(project)) == (S.CANCELLED, {"committed": 38_500 * YUAN})


def test_everybody_sees_their_turn(project, people):
    def kinds(user):
        return [one.kind for one in queries.due(again(user))]

    assert kinds(people.accountant) == ["payments.request"]
    payment = advance(project, people, S.REQUESTED)
    assert (kinds(people.accountant), kinds(people.officer)) == ([], ["payments.check"])
    payment = commands.check(payment, by=people.officer)
    assert (kinds(people.officer), kinds(people.finance)) == ([], ["payments.approve"])
    payment = commands.approve(payment, by=people.finance)
    assert (kinds(people.finance), kinds(people.treasury)) == ([], ["payments.appropriate"])
    payment = commands.appropriate(payment, by=people.treasury, **PAPERS)
    pay_line(payment, people)
    assert kinds(people.accountant) == ["payments.receipt"]


def test_payments_are_seen_in_scope_only(project, people):
    payment = advance(project, people, S.REQUESTED)

    assert list(Payment.objects.visible_to(people.treasury)) == [payment]
    assert list(Payment.objects.visible_to(people.admin)) == [payment]
    assert not Payment.objects.visible_to(make_user("stranger", "BUREAU_OFFICER", region="330212")).exists()


def test_tranche_rows_say_why_not_yet(project, people):
    rows = queries.tranche_rows(project, lambda one: LIFECYCLE.open_reasons("request", guards, one))

    assert [(one.status, one.can_request, len(one.reasons)) for one in rows] == [
        (S.PLANNED, True, 0),
        (S.PLANNED, False, 2),
        (S.PLANNED, False, 2),
    ]
    assert str(rows[1].reasons[0]) == "不能拨付第 2 期：中期报告还没有通过。"
