"""Letters about payments: who has it now, what came back, what arrived."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_noop as _  # a letter is kept in the language of the house

from grants.agreements.notices import members, officers
from grants.payments.models import Payment, Refund
from orgs.registry.models import MemberRole
from portal.access import Role
from portal.money import yuan
from portal.notices.commands import queue


def say(payment: Payment, kind: str, people: Any, subject: str, body: str, *, staff: bool) -> None:
    url = (
        reverse("staff_payments:inspect", args=[payment.pk])
        if staff
        else reverse("payments:project", args=[payment.project.key])
    )
    queue(f"payments.{kind}", people, subject % words(payment), body % words(payment), payment, url)


def words(payment: Payment) -> dict[str, Any]:
    return {
        "title": payment.project.title,
        "number": payment.tranche.number,
        "yuan": yuan(payment.amount),
        "due": payment.due_on,
        "reason": payment.reason,
    }


def money_people(payment: Payment) -> list[Any]:
    return members(payment.project, MemberRole.ADMIN, MemberRole.ACCOUNTANT)


def requested(payment: Payment) -> None:
    people = officers(payment.project, Role.BUREAU_OFFICER)
    say(payment, "requested", people, _("待审核：%(title)s 第 %(number)s 期"),
        _("收款单位申请拨付 %(yuan)s 元，请在 %(due)s 前审核。"), staff=True)  # fmt: skip


def checked(payment: Payment) -> None:
    people = officers(payment.project, Role.BUREAU_FINANCE)
    say(payment, "checked", people, _("待复核：%(title)s 第 %(number)s 期"),
        _("民政审核已通过，金额 %(yuan)s 元，请在 %(due)s 前复核。"), staff=True)  # fmt: skip


def for_leader(payment: Payment) -> None:
    people = officers(payment.project, Role.BUREAU_LEADER)
    say(payment, "for_leader", people, _("待审批：%(title)s 第 %(number)s 期"),
        _("局财务已复核，金额 %(yuan)s 元，超过限额，请在 %(due)s 前审批。"), staff=True)  # fmt: skip


def approved(payment: Payment) -> None:
    people = officers(payment.project, Role.FINANCE, Role.CASHIER)
    say(payment, "approved", people, _("待拨款：%(title)s 第 %(number)s 期"),
        _("审核已完成，金额 %(yuan)s 元，请在 %(due)s 前拨款。"), staff=True)  # fmt: skip


def appropriated(payment: Payment) -> None:
    say(payment, "appropriated", money_people(payment), _("已拨款：%(title)s 第 %(number)s 期"),
        _("%(yuan)s 元已经拨出，等银行入账。"), staff=False)  # fmt: skip


def paid(payment: Payment) -> None:
    say(payment, "paid", money_people(payment), _("已到账：%(title)s 第 %(number)s 期"),
        _("%(yuan)s 元已经到账，请在 %(due)s 前上传收款回执。"), staff=False)  # fmt: skip


def receipted(payment: Payment) -> None:
    people = officers(payment.project, Role.BUREAU_OFFICER)
    say(payment, "receipted", people, _("回执已上传：%(title)s 第 %(number)s 期"),
        _("收款单位已上传 %(yuan)s 元的回执。"), staff=True)  # fmt: skip


def returned(payment: Payment) -> None:
    say(payment, "returned", money_people(payment), _("请款退回：%(title)s 第 %(number)s 期"),
        _("原因：%(reason)s。请改好后重新请款。"), staff=False)  # fmt: skip


def failed(payment: Payment) -> None:
    body = _("银行退票：%(reason)s。金额 %(yuan)s 元。")
    subject = _("银行退票：%(title)s 第 %(number)s 期")
    say(payment, "failed", money_people(payment), subject, body, staff=False)
    people = officers(payment.project, Role.BUREAU_OFFICER, Role.BUREAU_FINANCE)
    say(payment, "failed_staff", people, subject, body, staff=True)


def refund_asked(refund: Refund) -> None:
    queue(
        "payments.refund_asked",
        members(refund.project, MemberRole.ADMIN, MemberRole.ACCOUNTANT),
        _("请退回资金：%s") % refund.project.title,
        _("应退回 %(yuan)s 元，原因：%(reason)s。请在 %(due)s 前从项目账户转回，摘要写 %(code)s。")
        % {"yuan": yuan(refund.amount), "reason": refund.reason, "due": refund.due_on, "code": refund.code},
        refund,
        reverse("payments:project", args=[refund.project.key]),
    )


def refund_matched(refund: Refund) -> None:
    queue(
        "payments.refund_matched",
        members(refund.project, MemberRole.ADMIN, MemberRole.ACCOUNTANT),
        _("退款已到账：%s") % refund.project.title,
        _("%s 元已经到账，退款办结。") % yuan(refund.amount),
        refund,
        reverse("payments:project", args=[refund.project.key]),
    )
