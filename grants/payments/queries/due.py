"""Work lists: who must do what about payments and refunds."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.agreements.models import Project
from grants.funds.models import Account, Transfer
from grants.funds.states import Kind
from grants.payments.models import BankLine, Payment, Refund, RefundKind
from grants.payments.queries.payment import Filters, arrivals, bureau_held, for_batch, open_tranches
from grants.payments.rules import LINE_DAYS
from grants.payments.states import PaymentStatus
from orgs.registry.models import MemberRole, Organization
from portal import clock
from portal.access import Role
from portal.components.rules import Due, due_of
from portal.money import yuan
from portal.periods import add_working_days
from portal.workdays.queries import overrides

S = PaymentStatus

MINE = {
    "check": (S.REQUESTED, (Role.BUREAU_OFFICER,), gettext_lazy("审核")),
    "approve": (S.CHECKED, (Role.BUREAU_FINANCE,), gettext_lazy("复核")),
    "appropriate": (S.APPROVED, (Role.FINANCE,), gettext_lazy("拨款")),
    "pay": (S.APPROPRIATED, (Role.CASHIER,), gettext_lazy("导入银行结果：")),
    "retry": (S.FAILED, (Role.BUREAU_FINANCE,), gettext_lazy("处理退票：")),
}


def due(user: Any) -> list[Due]:
    """Return what this person must do about payments and refunds. Constant number of queries."""
    if not user.is_authenticated or not user.is_active:
        return []
    return [*staff_due(user), *payee_due(user), *refunds_due(user), *recovery_due(user), *lines_due(user)]


def staff_due(user: Any) -> list[Due]:
    found: list[Due] = []
    for action, (status, roles, verb) in MINE.items():
        if not user.has_role(*roles):
            continue
        rows = Payment.objects.filter(user.scope(*roles, field="project__region"), status=status)
        if status == S.CHECKED:
            rows = rows.filter(approved_by__isnull=True).exclude(checked_by=user)
        if status == S.APPROVED:
            rows = rows.exclude(approved_by=user).exclude(project__code__in=bureau_held())
        found += [
            staff_row(one, f"payments.{action}", str(verb)) for one in rows.select_related("project", "tranche")
        ]
    if user.has_role(Role.CASHIER):
        rows = for_batch(user).filter(user.scope(Role.CASHIER, field="project__region")).select_related("tranche")
        found += [staff_row(one, "payments.batch", _("编入支付批次：")) for one in rows]
    if user.has_role(Role.BUREAU_LEADER):
        scope = user.scope(Role.BUREAU_LEADER, field="project__region")
        rows = Payment.objects.filter(scope, status=S.CHECKED, approved_by__isnull=False).exclude(approved_by=user)
        found += [staff_row(one, "payments.approve", _("审批")) for one in rows.select_related("project", "tranche")]
    return found


def staff_row(payment: Payment, kind: str, verb: str) -> Due:
    title = _("%(verb)s第 %(number)s 期拨付 · %(title)s") % {
        "verb": verb,
        "number": payment.tranche.number,
        "title": payment.project.title,
    }
    is_bank = kind == "payments.pay"
    url = reverse("staff_import_statement") if is_bank else reverse("staff_payments:inspect", args=[payment.pk])
    return due_of(payment, title, url, kind, project=payment.project)


def payee_due(user: Any) -> list[Due]:
    mine = Organization.objects.of_member(user, MemberRole.ADMIN, MemberRole.ACCOUNTANT).values("pk")
    again = Q(status=S.RETURNED, project__in=Project.objects.running().values("pk"))
    rows = Payment.objects.filter(Q(status=S.PAID) | again, project__payee__in=mine)
    found = [
        due_of(
            one,
            (
                _("上传第 %(number)s 期回执 · %(title)s")
                if one.status == S.PAID
                else _("重新请款第 %(number)s 期 · %(title)s")
            )
            % {"number": one.tranche.number, "title": one.project.title},
            reverse("payments:project", args=[one.project.key]),
            "payments.receipt" if one.status == S.PAID else "payments.request",
            project=one.project,
        )
        for one in rows.select_related("project", "tranche")
    ]
    given_up = Payment.objects.filter(status=S.CANCELLED).values("tranche")
    asked = open_tranches(user, Filters()).filter(project__payee__in=mine).exclude(pk__in=given_up)
    return found + [
        due_of(
            one,
            _("申请第 %(number)s 期拨款 · %(title)s") % {"number": one.number, "title": one.project.title},
            reverse("payments:project", args=[one.project.key]),
            "payments.request",
            project=one.project,
            due_on=None,
            state=S.PLANNED.label,
        )
        for one in asked
    ]


def refunds_due(user: Any) -> list[Due]:
    """For the payee: money to send back. For bureau finance and cashier: what has arrived, to match."""
    mine = Organization.objects.of_member(user, MemberRole.ADMIN, MemberRole.ACCOUNTANT).values("pk")
    found = [
        due_of(
            one,
            _("退回资金 · %s") % one.project.title,
            reverse("payments:project", args=[one.project.key]),
            "payments.refund",
            project=one.project,
        )
        for one in Refund.objects.open().filter(project__payee__in=mine).select_related("project")
    ]
    roles = (Role.BUREAU_FINANCE, Role.CASHIER)
    if not user.has_role(*roles):
        return found
    rows = Refund.objects.open().filter(user.scope(*roles, field="project__region")).exclude(registered_by=user)
    came = set(arrivals().values_list("amount", "statement__region__path"))
    return found + [
        due_of(
            one,
            _("核对退款到账 · %s") % one.project.title,
            reverse("staff_refunds:inspect", args=[one.pk]),
            "payments.match",
            project=one.project,
        )
        for one in rows.select_related("project__region")
        if any(one.amount == fen and one.project.region.path.startswith(path) for fen, path in came)
    ]


def recovery_due(user: Any) -> list[Due]:
    """For the officer: money to claim back that nobody has registered yet. Three queries, none for others."""
    if not user.has_role(Role.BUREAU_OFFICER):
        return []
    held = Account.objects.filter(owner_kind="award", kind=Kind.RECOVERABLE, balance__gt=0)
    last = Transfer.objects.filter(dst__owner_code=OuterRef("code"), dst__kind=Kind.RECOVERABLE)
    rows = (
        Project.objects.filter(user.scope(Role.BUREAU_OFFICER), code__in=held.values("owner_code"))
        .exclude(pk__in=Refund.objects.open().filter(kind=RefundKind.RECOVERY).values("project"))
        .annotate(since=Subquery(last.order_by("-pk").values("posting__effective_date")[:1]))
    )
    holidays = overrides()
    return [
        due_of(
            one,
            _("登记追回 · %s") % one.title,
            reverse("staff_register_recovery", args=[one.pk]),
            "payments.recover",
            project=one,
            due_on=add_working_days(one.since, LINE_DAYS, holidays),
            state=Kind.RECOVERABLE.label,
        )
        for one in rows
    ]


def lines_due(user: Any) -> list[Due]:
    """For cashier and bureau finance: bank lines that fit nothing of ours. Two queries, none for others."""
    roles = (Role.BUREAU_FINANCE, Role.CASHIER)
    if not user.has_role(*roles):
        return []
    rows = BankLine.objects.unexplained().filter(user.scope(*roles, field="statement__region"))
    holidays = overrides()
    return [
        due_of(
            one,
            _("查清银行流水 · %(holder)s %(amount)s 元") % {"holder": one.holder, "amount": yuan(one.amount)},
            reverse("staff_lines:inspect", args=[one.pk]),
            "payments.line",
            due_on=add_working_days(one.statement.imported_at.astimezone(clock.ZONE).date(), LINE_DAYS, holidays),
            state=_("待核对"),
        )
        for one in rows.select_related("statement")
    ]
