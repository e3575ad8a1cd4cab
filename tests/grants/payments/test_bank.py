"""Statements, batches and refunds."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from grants.funds.models import Posting
from grants.funds.queries import balance, balances_of
from grants.payments import commands, queries
from grants.payments.models import BankLine, BankStatement, Batch, Refund
from grants.payments.states import BatchStatus, RefundStatus
from grants.payments.states import PaymentStatus as S
from portal import clock
from portal.lifecycle import MoveNotAllowed, NotYet, Refused
from tests.grants.makers_agreements import YUAN
from tests.grants.makers_payments import advance, incoming, line, make_ready, statement
from tests.makers import again

pytestmark = pytest.mark.django_db


def test_the_same_statement_twice_posts_nothing_new(project, people):
    payment = advance(project, people, S.APPROPRIATED)
    lines = [line(payment), incoming(100)]

    first = commands.import_statement(statement(lines), by=people.cashier)
    count = Posting.objects.count()
    again_ = commands.import_statement(statement(lines), by=people.cashier)
    longer = commands.import_statement(statement([*lines, incoming(200, "SK2")], "b.csv"), by=people.cashier)

    assert ([one.pk for one in first.paid], again_.paid, longer.paid) == ([payment.pk], [], [])
    assert (again_.known, longer.known) == (2, 2)
    assert (Posting.objects.count(), BankLine.objects.count(), BankStatement.objects.count()) == (count, 3, 2)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"金额": "19200.01"}, "金额 19,200.01 元，应为 19,200.00 元。"),
        ({"对方账号": "999"}, "账号与拨付单不一致。"),
        ({"对方户名": "演示别的单位"}, "户名与拨付单不一致。"),
        ({"摘要": "资助款"}, "摘要里没有待发放的拨付编号。"),
    ],
)
def test_a_line_that_does_not_fit_is_kept_and_says_why(project, people, changes, why):
    payment = advance(project, people, S.APPROPRIATED)

    done = commands.import_statement(statement([line(payment, **changes)]), by=people.cashier)

    assert [one.unmatched_because for one in done.unmatched] == [why]
    assert again(payment).status == S.APPROPRIATED


def test_a_line_that_fits_nothing_is_work_with_a_date_until_it_is_explained(client, project, people):
    payment = advance(project, people, S.APPROPRIATED)
    lines = [line(payment, 金额="19200.01"), incoming(100)]
    with clock.at(datetime(2026, 12, 31, 10, 0, tzinfo=clock.ZONE)):
        rows = statement([{**one, "日期": "2026-12-31"} for one in lines])
        done = commands.import_statement(rows, by=people.cashier)
    wrong = done.unmatched[0]

    def work(user):
        return [(one.title, one.due_on, one.url) for one in queries.due(user) if one.kind == "payments.line"]

    url = reverse("staff_lines:inspect", args=[wrong.pk])
    # 1 to 3 January 2027 are a holiday
    expected = (f"查清银行流水 · {wrong.holder} 19,200.01 元", date(2027, 1, 6), url)
    assert expected in work(people.cashier) and work(people.cashier) == work(people.finance)
    assert (len(work(people.cashier)), work(people.officer)) == (2, [])

    client.force_login(people.cashier)
    explain = reverse("staff_lines:explain", args=[wrong.pk])
    assert explain in client.get(url).content.decode()
    count = Posting.objects.count()
    assert client.post(explain, {"note": "查"}).status_code == 422
    assert client.post(explain, {"note": "银行多记一分，已冲正。"}).status_code == 302
    assert (again(wrong).note, again(wrong).unmatched_because) == ("银行多记一分，已冲正。", "")
    assert (len(work(people.cashier)), Posting.objects.count()) == (1, count)
    with pytest.raises(MoveNotAllowed):
        commands.explain(wrong, by=people.finance, note="再写一次说明")


def test_a_failed_line_returns_the_money_with_the_banks_words(project, people):
    payment = advance(project, people, S.APPROPRIATED)

    done = commands.import_statement(statement([line(payment, 结果="失败", 说明="户名不符")]), by=people.cashier)

    assert ([one.pk for one in done.failed], again(payment).status, again(payment).reason) == (
        [payment.pk], S.FAILED, "户名不符",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("state", "result", "why"),
    [
        (S.PAID, "成功", "{code} 已经到账，这一笔可能是重复发放。请与银行核对，并追回多付的款项。"),
        (S.PAID, "失败", "{code} 到账后又被银行退回。请登记退款，退回的款项到账后再核对。"),
        (S.APPROVED, "成功", "{code} 现在是“财政拨款”，没有送银行发放。"),
    ],
)
def test_a_line_of_a_payment_that_is_not_at_the_bank_says_so(project, people, state, result, why):
    payment = advance(project, people, state)

    done = commands.import_statement(statement([line(payment, 流水号="SECOND", 结果=result)]), by=people.cashier)

    assert [one.unmatched_because for one in done.unmatched] == [why.format(code=payment.code)]
    assert again(payment).status == state


def test_whoever_approved_does_not_register_the_payment(project, people):
    payment = advance(project, people, S.APPROPRIATED)

    done = commands.import_statement(statement([line(payment)]), by=people.finance)

    assert [one.unmatched_because for one in done.unmatched] == ["该笔由您做的财务复核，须由他人登记银行结果。"]
    assert again(payment).status == S.APPROPRIATED


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"流水号": ""}, "第 2 行：没有流水号"),
        ({"金额": "abc"}, "第 2 行：金额应为数字"),
        ({"日期": "昨天"}, "第 2 行：日期应为"),
        ({"日期": "2199-01-01"}, "第 2 行：日期晚于今天"),
        ({"方向": "?"}, "第 2 行：方向应为"),
        ({"结果": "不知道"}, "第 2 行：结果应为"),
    ],
)
def test_a_faulty_file_is_refused_whole(project, people, changes, words):
    payment = advance(project, people, S.APPROPRIATED)

    with pytest.raises(Refused, match=words):
        commands.import_statement(statement([line(payment, **changes), incoming(5)]), by=people.cashier)

    assert not BankStatement.objects.exists()


def test_totals_must_match(project, people):
    payment = advance(project, people, S.APPROPRIATED)

    with pytest.raises(Refused, match="支出合计 19,200.00 元，与填写的 19,200.01 元不一致"):
        commands.import_statement(statement([line(payment)]), by=people.cashier, total_out=1_920_001)

    assert again(payment).status == S.APPROPRIATED


def test_a_reference_with_other_content_and_a_double_reference_are_refused(project, people):
    commands.import_statement(statement([incoming(100)]), by=people.cashier)

    with pytest.raises(Refused, match="以前导入过，但金额或账号不同"):
        commands.import_statement(statement([incoming(101)], "b.csv"), by=people.cashier)
    with pytest.raises(Refused, match="在文件中重复"):
        commands.import_statement(statement([incoming(1, "A"), incoming(2, "A")], "c.csv"), by=people.cashier)


def test_not_a_table_is_refused(people):
    with pytest.raises(Refused):
        commands.import_statement(SimpleUploadedFile("a.csv", b"\x00\x01\xff\xfe"), by=people.cashier)


def test_money_people_alone_import(project, people):
    with pytest.raises(Refused, match="局财务、出纳或财政局"):
        commands.import_statement(statement([incoming(5)]), by=people.officer)


def test_a_batch_goes_out_and_its_result_comes_back(people):
    project = make_ready(people, holder="BUREAU")
    payment = advance(project, people, S.APPROVED)

    with pytest.raises(Refused, match="由出纳办理"):
        commands.create_batch([payment], people.finance)
    batch = commands.create_batch([payment], people.cashier)

    payment = again(payment)
    assert (payment.status, payment.document_number, payment.voucher_number) == (
        S.APPROPRIATED, batch.code, f"{batch.code}-001",
    )  # fmt: skip
    assert (batch.count, batch.total, len(batch.sha256)) == (1, 19_200 * YUAN, 64)
    assert payment.code.encode() in commands.batch_file(batch)
    with pytest.raises(Refused, match="批次"):
        commands.import_statement(statement([line(payment), incoming(1)]), by=people.cashier, batch=batch)
    commands.import_statement(statement([line(payment)]), by=people.cashier, batch=batch)

    assert (again(payment).status, again(batch).status) == (S.PAID, BatchStatus.DONE)


def test_treasury_money_never_enters_a_batch(project, people):
    payment = advance(project, people, S.APPROVED)

    with pytest.raises(NotYet, match="含国库资金"):
        commands.create_batch([payment], people.cashier)

    assert (again(payment).status, Batch.objects.count()) == (S.APPROVED, 0)


def test_refund_goes_back_to_its_sources(project, people):
    advance(project, people, S.PAID)
    refund = commands.register_refund(
        project, {"LOTTERY": 300 * YUAN, "FISCAL": 75 * YUAN}, by=people.officer, reason="结余"
    )
    commands.import_statement(statement([incoming(375 * YUAN)]), by=people.cashier)
    arrived = BankLine.objects.get(reference="SK000001")

    with pytest.raises(Refused, match="须由他人核对到账"):
        commands.match_refund(refund, arrived, by=people.officer)
    refund = commands.match_refund(refund, arrived, by=people.finance)

    assert (refund.status, refund.line) == (RefundStatus.MATCHED, arrived)
    assert balance("returned", "award", project.code) == {"FISCAL": 75 * YUAN, "LOTTERY": 300 * YUAN}
    assert balances_of("award", project.code)["held"] == 18_825 * YUAN
    with pytest.raises(MoveNotAllowed):
        commands.match_refund(refund, arrived, by=people.finance)


def test_refund_is_never_more_than_is_held(project, people):
    """X23: also counting what other open refunds will take."""
    advance(project, people, S.PAID)

    with pytest.raises(Refused, match="一般公共预算最多可退 3,840.00 元，填写了 3,840.01 元"):
        commands.register_refund(project, {"FISCAL": 3_840 * YUAN + 1}, by=people.officer, reason="结余")
    commands.register_refund(project, {"FISCAL": 3_840 * YUAN}, by=people.officer, reason="结余")
    with pytest.raises(Refused, match="最多可退 0.00 元"):
        commands.register_refund(project, {"FISCAL": 1}, by=people.officer, reason="结余")

    assert Refund.objects.count() == 1


def test_a_line_of_another_amount_or_direction_does_not_match(project, people):
    payment = advance(project, people, S.PAID)
    refund = commands.register_refund(project, {"FISCAL": 100}, by=people.officer, reason="结余")

    with pytest.raises(NotYet) as refusal:
        commands.match_refund(refund, payment.bank_lines.get(), by=people.finance)

    assert [one.code for one in refusal.value.reasons] == ["direction", "amount", "used"]
    assert again(refund).status == RefundStatus.REGISTERED
