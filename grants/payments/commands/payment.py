"""The payment machine, one command per move (ledger.md § 2)."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from grants.agreements.models import Project, Tranche
from grants.funds import commands as ledger
from grants.payments import notices, queries, rules
from grants.payments.commands.moving import ask, legs, locked, post, walk
from grants.payments.models import Payment
from grants.payments.policies import may_receive, may_request
from grants.payments.states import PaymentStatus
from orgs.registry.models import BankAccount
from portal import clock
from portal.access import Role
from portal.files.models import StoredFile
from portal.identifiers import check_reference
from portal.lifecycle import MoveNotAllowed, Refused, require_moved
from portal.trail import commands as trail
from portal.workdays import queries as workdays

S = PaymentStatus


class PapersMissing(Refused):
    """Money leaves only with its document and voucher numbers."""


class VoucherUsed(Refused):
    """A voucher number pays once."""


def said(reason: str) -> str:
    if not reason.strip():
        raise Refused(_("请写明原因。"))
    return reason.strip()


@transaction.atomic
def request(tranche: Tranche, *, by: Any, account: BankAccount | None = None, explanation: str = "") -> Payment:
    """The payee asks for a tranche, to the account version that is its newest now.

    explanation: needed where less than 70 % of the last tranche is accepted spending. A returned
    payment is asked for again. Raises NotYet (all conditions not met), MoveNotAllowed, Refused.
    """
    Project.objects.select_for_update(of=("self",)).get(pk=tranche.project_id)
    tranche = Tranche.objects.select_related("project__payee", "project__organization").get(pk=tranche.pk)
    if not may_request(by, tranche.project):
        raise Refused(_("请款由收款单位的负责人或财务办理。"))
    payment = locked(queries.live_payment(tranche) or planned(tranche))
    payment.account = account or queries.current_account(tranche.project.payee)
    payment.explanation = explanation.strip()[:500]
    payment = walk(
        payment,
        "request",
        by=by,
        account=payment.account,
        explanation=payment.explanation,
        requested_by=by,
        requested_at=clock.now(),
        why=payment.explanation,
        reason="",
        after={"account": payment.account_id},
    )
    notices.requested(payment)
    return payment


def planned(tranche: Tranche) -> Payment:
    """Open the payment of a tranche. A cancelled one before it keeps its code."""
    number = Payment.objects.filter(tranche=tranche).count()
    code = f"{tranche.project.code}-{tranche.number}" + (f"-{number + 1}" if number else "")
    return Payment.objects.create(code=code, tranche=tranche, project=tranche.project, amount=tranche.amount)


@transaction.atomic
def check(payment: Payment, by: Any) -> Payment:
    """民政审核: the officer accepts the conditions, and the explanation if there is one."""
    payment = walk(locked(payment), "check", by=by, checked_by=by, checked_at=clock.now())
    notices.checked(payment)
    return payment


@transaction.atomic
def approve(payment: Payment, by: Any) -> Payment:
    """复核: bureau finance, and above the amount band a leader after it.

    The last approval posts committed → payable. Raises MoveNotAllowed, NotYet, Overdrawn.
    """
    payment = locked(payment)
    ask(payment, "approve", by)
    needs_leader = payment.amount > rules.leader_above(clock.today())
    if payment.approved_by_id is None:
        if not by.has_role(Role.BUREAU_FINANCE):
            raise Refused(_("先由局财务复核，再由分管领导审批。"))
        fields = {"approved_by": by, "approved_at": clock.now()}
        if needs_leader:
            return pass_to_leader(payment, by, fields)
    else:
        if not by.has_role(Role.BUREAU_LEADER):
            raise Refused(_("局财务已经复核，现在由分管领导审批。"))
        fields = {"leader_by": by, "leader_at": clock.now()}
    payment = walk(payment, "approve", by=by, after={"amount": payment.amount}, **fields)
    post(
        payment,
        "approve_tranche",
        ledger.along(
            "award", payment.project.code, "committed", "payable", payment.amount, year_to=clock.today().year
        ),
        by=payment.checked_by,
        approved_by=by,
    )
    notices.approved(payment)
    return payment


def pass_to_leader(payment: Payment, by: Any, fields: dict[str, Any]) -> Payment:
    """Bureau finance has said yes; the amount needs a leader too. The state stays CHECKED."""
    moved = Payment.objects.filter(pk=payment.pk, status=S.CHECKED, approved_by__isnull=True).update(
        since=clock.today(), due_on=workdays.due_on(5), **fields
    )
    require_moved(moved)
    payment.refresh_from_db()
    trail.log(payment, "payments.pass_to_leader", by=by, after={"amount": payment.amount})
    notices.for_leader(payment)
    return payment


@transaction.atomic
def appropriate(
    payment: Payment,
    *,
    by: Any,
    document_number: str,
    voucher_number: str,
    voucher: StoredFile | None = None,
    recorded_for: str = "",
    **fields: Any,
) -> Payment:
    """财政拨款: the finance bureau, or bureau finance in its name (代录: scan and both names).

    Posts payable → appropriated. Raises PapersMissing, VoucherUsed, MoveNotAllowed, NotYet.
    """
    payment = locked(payment)
    document_number, voucher_number = document_number.strip(), voucher_number.strip()
    if not document_number or not voucher_number:
        raise PapersMissing(_("请填写指标文号和支付凭证号。"))
    document_number = check_reference(document_number, _("指标文号"))
    voucher_number = check_reference(voucher_number, _("支付凭证号"))
    in_its_name = "batch" not in fields and not by.has_role(Role.FINANCE)
    if in_its_name and (voucher is None or not recorded_for.strip()):
        raise PapersMissing(_("代录须上传支付凭证扫描件，并写明财政局经办人。"))
    if Payment.objects.filter(voucher_number=voucher_number).exclude(pk=payment.pk).exists():
        raise VoucherUsed(_("支付凭证号 %s 已经用过，请核对。") % voucher_number)
    try:
        with transaction.atomic():
            payment = walk(
                payment,
                "appropriate",
                by=by,
                appropriated_by=by,
                appropriated_at=clock.now(),
                document_number=document_number,
                voucher_number=voucher_number,
                voucher=voucher,
                recorded_for=recorded_for.strip(),
                reason="",
                after={"document": document_number, "voucher": voucher_number, "recorded_for": recorded_for},
                **fields,
            )
    except IntegrityError as error:
        if "voucher" not in str(error):
            raise
        raise VoucherUsed(_("支付凭证号 %s 已经用过，请核对。") % voucher_number) from error
    moves = legs(payment, "payable", "appropriated")
    post(payment, "appropriate", moves, by=by, approved_by=payment.approved_by, document=document_number)
    notices.appropriated(payment)
    return payment


@transaction.atomic
def receipt(payment: Payment, file: StoredFile, *, by: Any) -> Payment:
    """回执: the payee uploads its receipt for the money."""
    payment = locked(payment)
    if not may_receive(by, payment.project):
        raise Refused(_("回执由收款单位的负责人或财务上传。"))
    payment.receipt = file
    payment = walk(payment, "receipt", by=by, receipt=file, receipted_by=by, receipted_at=clock.now())
    notices.receipted(payment)
    return payment


@transaction.atomic
def return_(payment: Payment, *, reason: str, by: Any) -> Payment:
    """退回 to the payee, with a reason. Money already set aside goes back to what is committed."""
    payment = locked(payment)
    why = said(reason)
    if payment.status in (S.APPROVED, S.FAILED):
        post(payment, "cancel_tranche", legs(payment, "payable", "committed"), by=by)
    payment = walk(
        payment,
        "return",
        by=by,
        attempt=payment.attempt + 1,
        checked_by=None,
        approved_by=None,
        leader_by=None,
        appropriated_by=None,
        voucher_number=None,
        voucher=None,
        document_number="",
        recorded_for="",
        batch=None,
        reason=why[:300],
        why=why,
    )
    notices.returned(payment)
    return payment


@transaction.atomic
def reject_by_bank(payment: Payment, *, reason: str, by: Any) -> Payment:
    """银行退票: the money is payable again; the voucher is spent, so the next try needs a new one."""
    payment = locked(payment)
    why = said(reason)
    if payment.status == S.APPROPRIATED:
        post(payment, "bank_reject", legs(payment, "appropriated", "payable"), by=by)
    payment = walk(
        payment,
        "reject_by_bank",
        by=by,
        attempt=payment.attempt + 1,
        appropriated_by=None,
        voucher_number=None,
        voucher=None,
        document_number="",
        recorded_for="",
        batch=None,
        reason=why[:300],
        why=why,
    )
    notices.failed(payment)
    return payment


@transaction.atomic
def cancel(tranche: Tranche, *, reason: str, by: Any) -> Payment:
    """取消 a tranche that nobody has asked for, or that was returned. Its money stays committed."""
    Project.objects.select_for_update(of=("self",)).get(pk=tranche.project_id)
    live = queries.live_payment(tranche)
    if live is None and Payment.objects.filter(tranche=tranche).exists():
        raise MoveNotAllowed(_("这一期已经取消。"))
    payment = locked(live or planned(tranche))
    why = said(reason)
    return walk(payment, "cancel", by=by, why=why, reason=why[:300])
