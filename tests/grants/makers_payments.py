"""Makers of payments in any state, and of the bank's files."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace

from django.core.files.uploadedfile import SimpleUploadedFile

from grants.agreements.models import Project, Tranche
from grants.payments import commands
from grants.payments.models import Payment
from grants.payments.rules import COLUMNS
from grants.payments.states import PaymentStatus as S
from portal import clock
from portal.spreadsheets.commands import csv_bytes
from tests.grants.makers_agreements import make_account, make_award, make_file, make_payee, make_project


def make_ready(people: SimpleNamespace, **values: object) -> Project:
    """Return an ACTIVE project whose payee has a verified account."""
    payee = make_payee(people)
    make_account(payee, people.admin, people.officer)
    return make_project(people, make_award(payee, people, **values))


def tranche(project: Project, number: int = 1) -> Tranche:
    return project.tranches.get(number=number)


def advance(project: Project, people: SimpleNamespace, until: str, number: int = 1) -> Payment:
    """Walk the payment of one instalment from the request up to `until`."""
    payment = commands.request(tranche(project, number), by=people.accountant)
    if until == S.REQUESTED:
        return payment
    payment = commands.check(payment, by=people.officer)
    if until == S.CHECKED:
        return payment
    payment = commands.approve(payment, by=people.finance)
    if until == S.APPROVED:
        return payment
    payment = commands.appropriate(
        payment, by=people.treasury, document_number="镇财社〔2026〕1号", voucher_number=f"PZ-{payment.code}"
    )
    if until == S.APPROPRIATED:
        return payment
    commands.import_statement(statement([line(payment)]), by=people.cashier)
    payment = Payment.objects.get(pk=payment.pk)
    if until == S.PAID:
        return payment
    return commands.receipt(payment, make_file(people.accountant, "payments.receipt"), by=people.accountant)


def line(payment: Payment, **changes: object) -> dict[str, object]:
    """Return the bank's line of a payment, as its file says it."""
    return {
        "流水号": f"LS{payment.pk:06d}",
        "日期": f"{clock.today():%Y-%m-%d}",
        "方向": "付",
        "金额": f"{payment.amount // 100}.{payment.amount % 100:02d}",
        "对方账号": payment.account.number,
        "对方户名": payment.account.holder,
        "摘要": f"资助款 {payment.code}",
        "结果": "成功",
        "说明": "",
        **changes,
    }


def incoming(fen: int, reference: str = "SK000001", memo: str = "结余退回") -> dict[str, object]:
    return {
        "流水号": reference, "日期": f"{clock.today():%Y-%m-%d}", "方向": "收", "金额": f"{fen // 100}.{fen % 100:02d}",
        "对方账号": "6222000000001234", "对方户名": "镇海区演示甬澜社会工作服务中心", "摘要": memo, "结果": "", "说明": "",
    }  # fmt: skip


def statement(lines: Sequence[dict[str, object]], name: str = "dzd.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, csv_bytes(COLUMNS, [[one[name] for name in COLUMNS] for one in lines]))
