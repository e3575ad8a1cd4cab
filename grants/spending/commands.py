"""Recording, accepting, refusing and disallowing expenditures."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from grants.agreements.models import BudgetLine, PlannedActivity, Project
from grants.funds import commands as ledger
from grants.spending import guards, notices, queries, rules
from grants.spending.models import Expenditure
from grants.spending.policies import RECORDERS, is_member
from grants.spending.states import LIFECYCLE, RECORDED_DAYS, Status
from portal import clock
from portal.accounts.models import User
from portal.files.commands import store
from portal.lifecycle import NotYet, Reason, Refused, require_moved, require_none
from portal.money import yuan
from portal.trail.commands import log
from portal.workdays.queries import due_on

VOUCHER = "spending.voucher"


class InvoiceUsed(Refused):
    """F11: the same invoice was recorded before, in this project or another. Says not where: X19."""

    def __init__(self, number: str):
        super().__init__(
            _(
                "发票号码 %(number)s 已经登记过，同一张发票只能列支一次（F11 发票重复）。"
                "请核对票面号码；号码无误仍被拒绝的，请联系民政局经办人核查。"
            )
            % {"number": number}
        )


class NotIndependent(Refused):
    """Nobody decides for an organization he or she belongs to, nor on the own record."""


def require_independent(user: User, project: Project, *others: int | None) -> None:
    """Raise NotIndependent for a member of the organization, or one of `others` (keys of persons)."""
    if is_member(user, project.organization_id) or user.pk in others:
        raise NotIndependent(_("您是这个单位的成员或这一条的登记人，须由另一位工作人员办理。"))


@transaction.atomic
def record(
    project: Project,
    *,
    by: User,
    line: BudgetLine,
    item: str,
    payee: str,
    amount: int,
    invoice_number: str,
    invoice_date: date,
    voucher: Any,
    activity: PlannedActivity | None = None,
    self_amount: int = 0,
    is_cash: bool = False,
    note: str = "",
) -> Expenditure:
    """Keep a voucher (an upload) and what it paid for. amount, self_amount: fen.

    Raises NotYet (every reason at once), InvoiceUsed, FileRefused, MoveNotAllowed.
    """
    # The project's row is locked: two vouchers must not both take the rest of one line.
    project = Project.objects.select_for_update(of=("self",)).select_related("award").get(pk=project.pk)
    number = rules.normalise_invoice(invoice_number)
    within, tolerated = queries.room(line)
    require_none(
        [
            *recorder_reasons(project, line, activity, by),
            *rules.invoice_reasons(number),
            *rules.date_reasons(invoice_date, project.starts_on, clock.today()),
            *rules.item_reasons(item),
            *amount_reasons(project, line, amount, tolerated, is_cash=is_cash, note=note),
        ]
    )
    if Expenditure.objects.filter(invoice_number=number).exclude(status=Status.REFUSED).exists():
        raise InvoiceUsed(number)
    try:
        with transaction.atomic():
            expenditure = Expenditure.objects.create(
                project=project,
                line=line,
                activity=activity,
                item=item.strip(),
                payee=payee.strip(),
                amount=amount,
                self_amount=self_amount,
                is_cash=is_cash,
                note=note.strip(),
                invoice_number=number,
                invoice_date=invoice_date,
                voucher=store(voucher, purpose=VOUCHER, by=by),
                is_over_line=amount > within,
                recorded_by=by,
                recorded_at=clock.now(),
                due_on=due_on(RECORDED_DAYS),
            )
    except IntegrityError as error:
        # Somebody recorded the same invoice in another project between the question and the insert.
        raise InvoiceUsed(number) from error
    log(
        expenditure,
        "spending.record",
        by=by,
        after={"line": line.pk, "fen": amount, "invoice": number, "over_line": expenditure.is_over_line},
    )
    return expenditure


def recorder_reasons(project: Project, line: BudgetLine, activity: PlannedActivity | None, by: User) -> list[Reason]:
    reasons = []
    if not is_member(by, project.organization_id, *RECORDERS):
        reasons.append(Reason("recorder", _("支出由实施单位的负责人、经办人或财务登记。")))
    if not project.is_running:
        reasons.append(Reason("not_running", _("项目不在实施期，不能登记支出。")))
    if line.project_id != project.pk or (activity and activity.project_id != project.pk):
        reasons.append(Reason("foreign_line", _("所选预算行或活动不属于本项目，请重新选择。")))
    return reasons


def amount_reasons(
    project: Project, line: BudgetLine, amount: int, tolerated: int, *, is_cash: bool, note: str
) -> list[Reason]:
    if amount <= 0:
        return [Reason("amount", _("支出金额应大于 0。"))]
    reasons = []
    if amount > tolerated:
        reasons.append(
            Reason(
                "over_line",
                _(
                    "预算行“%(line)s”含10%%容差还可列支 %(left)s 元，这笔为 %(amount)s 元。"
                    "请改小金额（其余记为自筹），或先申请预算调整。"
                )
                % {"line": line.item, "left": yuan(max(0, tolerated)), "amount": yuan(amount)},
            )
        )
    free = queries.held(project) - queries.pending(project)
    if amount > free:
        reasons.append(
            Reason(
                "not_held",
                _(
                    "已到账的资金扣除待审支出后还有 %(free)s 元，这笔为 %(amount)s 元。超出部分请记为自筹，或等下一期到账后登记。"
                )
                % {"free": yuan(max(0, free)), "amount": yuan(amount)},
            )
        )
    if rules.cash_to_explain(amount, is_cash) and not note.strip():
        reasons.append(Reason("cash", _("现金支付超过 1,000 元，请在说明中写明原因。")))
    return reasons


def locked(expenditure: Expenditure) -> Expenditure:
    """Lock the project (it carries the balances' condition), then the row."""
    Project.objects.select_for_update(of=("self",)).get(pk=expenditure.project_id)
    rows = Expenditure.objects.select_for_update(of=("self",)).select_related("project__award", "line")
    return rows.get(pk=expenditure.pk)


@transaction.atomic
def accept(expenditure: Expenditure, *, by: User) -> Expenditure:
    """Count the expenditure as spent: held → spent in the ledger, by source and budget category.

    Raises MoveNotAllowed, NotIndependent, NotYet, Overdrawn.
    """
    expenditure = locked(expenditure)
    target = LIFECYCLE.target("accept", expenditure.status)
    require_independent(by, expenditure.project, expenditure.recorded_by_id)
    require_none(LIFECYCLE.open_reasons("accept", guards, expenditure))
    posting = ledger.post(
        "accept_expenditure",
        key=f"spending.accept.{expenditure.key}",
        transfers=ledger.along(
            "award", expenditure.project.award.code, "held", "spent", expenditure.amount, expenditure.line.category
        ),
        by=expenditure.recorded_by,
        approved_by=by,
        memo=expenditure.item,
    )
    moved = Expenditure.objects.filter(pk=expenditure.pk, status=expenditure.status).update(
        status=target, decided_by=by, decided_at=clock.now(), due_on=None, posting=posting
    )
    require_moved(moved)
    log(
        expenditure,
        "spending.accept",
        by=by,
        before={"status": expenditure.status},
        after={"status": target, "fen": expenditure.amount, "posting": posting.key},
    )
    return Expenditure.objects.get(pk=expenditure.pk)


@transaction.atomic
def refuse(expenditure: Expenditure, *, by: User, reason: str) -> Expenditure:
    """Give the voucher back with a reason; its invoice number is free again."""
    expenditure = locked(expenditure)
    target = LIFECYCLE.target("refuse", expenditure.status)
    require_independent(by, expenditure.project, expenditure.recorded_by_id)
    if not reason.strip():
        raise NotYet([Reason("reason", _("请写明不予认定的理由，单位据此更正。"))])
    moved = Expenditure.objects.filter(pk=expenditure.pk, status=expenditure.status).update(
        status=target, decided_by=by, decided_at=clock.now(), due_on=None, reason=reason.strip()
    )
    require_moved(moved)
    log(
        expenditure,
        "spending.refuse",
        by=by,
        before={"status": expenditure.status},
        after={"status": target},
        reason=reason.strip(),
    )
    expenditure = Expenditure.objects.select_related("project__organization").get(pk=expenditure.pk)
    notices.refused(expenditure)
    return expenditure


@transaction.atomic
def disallow(expenditure: Expenditure, *, fen: int, by: User, approved_by: User, reason: str, key: str) -> Any:
    """Take `fen` of an accepted expenditure out of spent: spent → recoverable. Return the posting.

    by: the auditor; approved_by: who confirms; key: the finding's number, the posting's idempotency key.
    The row becomes DISALLOWED when nothing of it is left.
    """
    expenditure = locked(expenditure)
    left = expenditure.amount - expenditure.disallowed
    target = LIFECYCLE.target("disallow", expenditure.status)
    require_independent(by, expenditure.project)
    require_independent(approved_by, expenditure.project, by.pk)
    if not 0 < fen <= left:
        raise NotYet([Reason("amount", _("这笔支出最多可剔除 %(left)s 元。") % {"left": yuan(left)})])
    posting = ledger.post(
        "disallow",
        key=f"spending.disallow.{key}",
        transfers=ledger.along(
            "award", expenditure.project.award.code, "spent", "recoverable", fen, expenditure.line.category
        ),
        by=by,
        approved_by=approved_by,
        memo=reason[:200],
    )
    rows = Expenditure.objects.filter(pk=expenditure.pk, status=expenditure.status)
    if fen == left:
        require_moved(rows.update(status=target, disallowed=expenditure.amount, reason=reason[:200]))
    else:
        require_moved(rows.update(disallowed=expenditure.disallowed + fen))
    log(
        expenditure,
        "spending.disallow",
        by=approved_by,
        before={"disallowed": expenditure.disallowed},
        after={"disallowed": expenditure.disallowed + fen, "posting": posting.key},
        reason=reason,
    )
    notices.disallowed(expenditure, fen)
    return posting
