"""Money that the bureau holds itself: one locked file to the bank, one result back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from grants.payments import queries, rules
from grants.payments.commands.payment import appropriate
from grants.payments.models import Batch, Payment
from grants.payments.states import PaymentStatus
from orgs.registry.models import BankAccount
from portal import clock
from portal.access import Role
from portal.lifecycle import Reason, Refused, require_none
from portal.money import plain_yuan
from portal.spreadsheets.commands import csv_bytes, workbook
from portal.spreadsheets.rules import Sheet
from portal.trail import commands as trail


@transaction.atomic
def create_batch(payments: Iterable[Payment], by: Any) -> Batch:
    """Lock approved payments of bureau-held money into one batch and appropriate each.

    The batch number is their document, batch and place their voucher. By a cashier who approved none
    of them. Raises NotYet with a reason for every payment that does not fit; nothing is half done.
    """
    if not by.has_role(Role.CASHIER):
        raise Refused(_("支付批次由出纳办理。"))
    wanted = [one.pk for one in payments]
    rows = list(Payment.objects.filter(pk__in=wanted).select_related("project", "account").order_by("pk"))
    if not rows:
        raise Refused(_("请至少选择一笔拨付。"))
    require_none(reason for one in rows for reason in unfit(one))
    today = f"{clock.today():%Y%m%d}"
    number = Batch.objects.filter(code__startswith=f"PC-{today}").count() + 1
    batch = Batch.objects.create(
        code=f"PC-{today}-{number:02d}", count=len(rows), total=sum(one.amount for one in rows), sha256="", sent_by=by
    )
    for seat, payment in enumerate(rows, start=1):
        appropriate(
            payment,
            by=by,
            document_number=batch.code,
            voucher_number=f"{batch.code}-{seat:03d}",
            batch=batch,
        )
    Batch.objects.filter(pk=batch.pk).update(sha256=hashlib.sha256(batch_file(batch)).hexdigest())
    batch.refresh_from_db()
    trail.log(batch, "payments.create_batch", by=by, after={"count": batch.count, "total": batch.total})
    return batch


def unfit(payment: Payment) -> list[Reason]:
    found = []
    if payment.status != PaymentStatus.APPROVED:
        found.append(Reason("status", _("%s 不在待拨款状态。") % payment.code))
    if not queries.is_bureau_held(payment.project.code):
        found.append(Reason("holder", _("%s 含国库资金，须由财政局拨付，不能进入批次。") % payment.code))
    return found


def account_of(payment: Payment) -> BankAccount:
    if payment.account is None:
        raise Refused(_("%s 没有收款账户，不能进入批次。") % payment.code)
    return payment.account


def batch_rows(batch: Batch) -> list[list[Any]]:
    rows = Payment.objects.filter(voucher_number__startswith=f"{batch.code}-", batch=batch).select_related("account")
    paid = [(one, account_of(one)) for one in rows.order_by("voucher_number")]
    return [
        [seat, one.code, to.holder, to.number, to.bank, to.branch_code, plain_yuan(one.amount)]
        for seat, (one, to) in enumerate(paid, start=1)
    ]


def batch_file(batch: Batch, kind: str = "csv") -> bytes:
    """Return the file for the bank. The hash kept with the batch is that of its csv."""
    rows = batch_rows(batch)
    if kind == "xlsx":
        return workbook([Sheet(batch.code, rules.BATCH_COLUMNS, rows)])
    return csv_bytes(rules.BATCH_COLUMNS, rows)
