from __future__ import annotations

from grants.payments import commands
from grants.payments.commands.payment import planned
from grants.payments.models import BankLine, Batch, Payment, Refund
from grants.payments.states import BATCH, LIFECYCLE, REFUND
from grants.payments.states import PaymentStatus as S
from tests.grants.makers_agreements import make_file, make_people
from tests.grants.makers_payments import advance, incoming, line, make_ready, statement, tranche
from tests.grants.makers_review import someone
from tests.lives import Act, Life

DUES = ("grants.payments",)
RETURNERS = {S.REQUESTED: "officer", S.CHECKED: "bureau_finance", S.APPROVED: "treasury", S.FAILED: "bureau_finance"}


def begin() -> Payment:
    return planned(tranche(make_ready(make_people())))


def accountant():
    return someone("org_accountant")


def pay(payment: Payment) -> Act:
    """The bank's line arrives as one that was not matched, and is matched by hand."""
    account = payment.account or payment.project.payee.bank_accounts.get()
    fields = {**line_of(payment, account), "摘要": "资助款"}
    done = commands.import_statement(statement([fields], f"{payment.pk}.csv"), by=someone("cashier"))
    arrived = BankLine.objects.get(statement=done.statement)
    return Act(commands.pay, payment, line=arrived, by=someone("cashier"), may=None)


def line_of(payment: Payment, account) -> dict[str, object]:
    payment.account = account
    return line(payment)


def request(payment: Payment) -> Act:
    # A planned payment names no account: the screen asks about a draft of it.
    may = None if payment.status == S.PLANNED else ""
    return Act(commands.request, payment.tranche, by=accountant(), may=may)


def appropriate(payment: Payment) -> Act:
    return Act(
        commands.appropriate, payment, by=someone("treasury"), document_number="镇财社〔2026〕1号",
        voucher_number=f"PZ-{payment.code}-{payment.attempt}",
    )  # fmt: skip


def receipt(payment: Payment) -> Act:
    return Act(commands.receipt, payment, make_file(accountant(), "payments.receipt"), by=accountant())


def begin_refund() -> Refund:
    people = make_people()
    project = make_ready(people)
    advance(project, people, S.PAID)
    return commands.register_refund(project, {"LOTTERY": 100_00}, by=people.officer, reason="结余")


def match(refund: Refund) -> Act:
    done = commands.import_statement(statement([incoming(refund.amount)], "in.csv"), by=someone("cashier"))
    arrived = BankLine.objects.get(statement=done.statement)
    return Act(commands.match_refund, refund, arrived, by=someone("bureau_finance"))


def begin_batch() -> Batch:
    people = make_people()
    payment = advance(make_ready(people, holder="BUREAU"), people, S.APPROVED)
    return commands.create_batch([payment], people.cashier)


def finish(batch: Batch) -> Act:
    file = statement([line(one) for one in batch.payments.select_related("account")])
    return Act(commands.import_statement, file, by=someone("cashier"), batch=batch, may=None)


LIVES = {
    "grants.payments.LIFECYCLE": Life(
        LIFECYCLE,
        begin=begin,
        moves={
            "request": request,
            "check": lambda one: Act(commands.check, one, by=someone("officer")),
            "approve": lambda one: Act(commands.approve, one, by=someone("bureau_finance")),
            "appropriate": appropriate,
            "pay": pay,
            "receipt": receipt,
            "return": lambda one: Act(
                commands.return_, one, reason="请补材料", by=someone(RETURNERS.get(S(one.status), "officer"))
            ),
            "reject_by_bank": lambda one: Act(commands.reject_by_bank, one, reason="退票", by=someone("cashier")),
            "cancel": lambda one: Act(commands.cancel, one.tranche, reason="取消", by=someone("officer")),
        },
        dues=DUES,
        passes_by={"request": "a cancelled instalment is asked for by a new payment"},
        waits=lambda one: [one, one.tranche],
    ),
    "grants.payments.REFUND": Life(
        REFUND,
        begin=begin_refund,
        moves={
            "match": match,
            "cancel": lambda one: Act(commands.cancel_refund, one, by=someone("officer"), reason="登记有误"),
        },
        dues=DUES,
    ),
    "grants.payments.BATCH": Life(
        BATCH,
        begin=begin_batch,
        moves={"finish_batch": finish},
        dues=DUES,
        passes_by={"finish_batch": "the same file again brings nothing new"},
        waits=lambda one: one.payments.filter(status=S.APPROPRIATED),
    ),
}
