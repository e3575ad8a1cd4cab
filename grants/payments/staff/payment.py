"""One payment: its steps, its papers, its moves."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column

from grants.payments import commands, guards, queries, rules
from grants.payments.forms import AppropriateForm, ReasonForm
from grants.payments.models import Payment
from grants.payments.policies import policy
from grants.payments.states import STOPPED, PaymentStatus
from portal import clock
from portal.access import Role
from portal.access.staff import (
    DateColumn,
    DueColumn,
    FormCommandView,
    MoneyColumn,
    MoveView,
    NameColumn,
    ScopedViewSet,
    StateColumn,
)
from portal.files.commands import store
from portal.money import yuan


def sum_words(payment: Payment) -> str:
    """Write a payment as "项目 第 1 期 19,250 元"."""
    return gettext("%(project)s %(tranche)s %(amount)s 元") % {
        "project": payment.project.title, "tranche": payment.tranche, "amount": yuan(payment.amount)
    }  # fmt: skip


PEOPLE = ("requested_by", "checked_by", "approved_by", "leader_by", "appropriated_by", "receipted_by")


class PaymentMove(MoveView):
    """Says the personal refusal in words: 该笔由您做的民政审核,须由他人复核。"""

    model = Payment
    policy = policy

    def check(self, request: HttpRequest) -> None:
        payment = get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])
        legal = self.policy.user_has_permission(request.user, self.action) and self.policy.is_legal(
            self.action, payment
        )
        if legal and (reasons := guards.same_person(payment, request.user, self.action)):
            raise PermissionDenied(" ".join(one.text for one in reasons))
        super().check(request)

    def sum(self, obj: Payment) -> str:
        return sum_words(obj)


class Check(PaymentMove):
    action = "check"
    command = commands.check
    title = _("民政审核")
    submit_label = _("审核通过")
    success_message = _("审核已通过，转局财务复核。")

    def consequences(self, obj: Payment) -> list[str]:
        found = [self.sum(obj), str(_("收款账户：%s") % obj.account)]
        if obj.explanation:
            found.append(str(_("同时认可上期资金使用说明：%s") % obj.explanation))
        return [*found, str(_("转局财务复核。您不能再办理这一笔的后续环节。"))]

    def tells(self, obj: Payment) -> list[str]:
        return [str(_("局财务"))]


class Approve(PaymentMove):
    action = "approve"
    command = commands.approve
    is_sensitive = True
    title = _("复核拨付")
    submit_label = _("复核通过")
    success_message = _("复核已通过。")

    def consequences(self, obj: Payment) -> list[str]:
        found = [self.sum(obj), str(_("收款账户：%s。通过后账户和金额不能再改。") % obj.account)]
        limit = rules.leader_above(clock.today())
        if obj.amount > limit and not obj.approved_by_id:
            return [*found, str(_("超过 %s 元，还须分管领导审批。") % yuan(limit))]
        return [*found, str(_("资金从“已立项未拨”转为“已审核待拨”，转财政拨款。"))]

    def tells(self, obj: Payment) -> list[str]:
        return [str(_("区财政局、出纳"))]


class Appropriate(PaymentMove):
    action = "appropriate"
    command = commands.appropriate
    is_sensitive = True
    form_class = AppropriateForm
    title = _("登记财政拨款")
    submit_label = _("登记拨款")
    success_message = _("拨款已登记，等银行入账。")

    @property
    def in_its_name(self) -> bool:
        return not self.request.user.has_role(Role.FINANCE)

    @property
    def intro(self) -> str:
        return str(_("您以局财务身份代录，须上传支付凭证扫描件并写明财政局经办人。")) if self.in_its_name else ""

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "in_its_name": self.in_its_name}

    def call(self, answers: dict[str, Any]) -> Any:
        scan = answers.pop("voucher", None)
        voucher = store(scan, purpose="payments.voucher", by=self.request.user) if scan else None
        return commands.appropriate(self.object, by=self.request.user, voucher=voucher, **answers)

    def consequences(self, obj: Payment) -> list[str]:
        return [
            self.sum(obj),
            str(_("收款账户：%s") % obj.account),
            str(_("资金从“已审核待拨”转为“财政已拨在途”。凭证号只能用一次。")),
        ]

    def tells(self, obj: Payment) -> list[str]:
        return [str(obj.project.payee)]


class Return(PaymentMove):
    action = "return"
    is_way_out = True
    command = commands.return_
    form_class = ReasonForm
    title = submit_label = _("退回请款")
    success_message = _("已退回收款单位。")

    def consequences(self, obj: Payment) -> list[str]:
        return [self.sum(obj), str(_("收款单位改好后重新请款，各环节重新办理。"))]

    def tells(self, obj: Payment) -> list[str]:
        return [str(obj.project.payee)]


class RejectByBank(PaymentMove):
    action = "reject_by_bank"
    command = commands.reject_by_bank
    form_class = ReasonForm
    title = submit_label = _("登记银行退票")
    success_message = _("退票已登记。")

    def consequences(self, obj: Payment) -> list[str]:
        return [self.sum(obj), str(_("资金从“财政已拨在途”回到“已审核待拨”，再拨须用新的凭证号。"))]

    def tells(self, obj: Payment) -> list[str]:
        return [str(obj.project.payee), str(_("经办人、局财务"))]


class CancelTranche(FormCommandView):
    """取消请款: a returned payment that nobody will ask for again. The money stays committed."""

    command = commands.cancel
    form_class = ReasonForm
    title = submit_label = _("取消请款")
    success_message = _("请款已取消，资金仍在“已立项未拨”。")
    header_icon = "cross"

    def check(self, request: HttpRequest) -> None:
        rows = Payment.objects.visible_to(request.user).select_related("project__region", "tranche__project")
        self.payment = get_object_or_404(rows, pk=self.kwargs["pk"])
        if not policy.user_has_permission(request.user, "cancel"):
            raise policy.denial("cancel")
        if reasons := guards.same_person(self.payment, request.user, "cancel"):
            raise PermissionDenied(" ".join(one.text for one in reasons))
        policy.require(request.user, "cancel", self.payment)

    @property
    def intro(self) -> str:
        words = _("%s。取消后资金不动；不再拨付的，另行“核减未拨资金”，由两人办理。")
        return str(words % sum_words(self.payment))

    def call(self, answers: dict[str, Any]) -> Any:
        return commands.cancel(self.payment.tranche, reason=answers["reason"], by=self.request.user)

    def get_success_url(self) -> str:
        return reverse("staff_payments:inspect", args=[self.payment.pk])

    get_cancel_url = get_success_url


class Payments(ScopedViewSet):
    model = Payment
    policy = policy
    name = "staff_payments"
    empty_words = _("还没有拨付单。收款单位请款后会出现在这里。")
    url_prefix = "payments"
    menu_label = _("拨付单")
    icon = "list-ul"
    menu_order = 120
    ordering = (F("due_on").asc(nulls_last=True), "-code")
    list_display = [
        NameColumn("project", label=_("项目"), accessor="project.title", sub="code", sort_key="code"),
        Column("payee", label=_("收款单位"), accessor="project.payee"),
        Column("tranche", label=_("期次"), accessor="tranche"),
        MoneyColumn("amount", label=_("金额（元）"), sort_key="amount"),
        DateColumn("since", label=_("到达本环节"), sort_key="since"),
        StateColumn(),
        DueColumn("due_on", label=_("期限"), sort_key="due_on"),
    ]
    list_select_related = ("project__payee", "project__organization", "project__region", "tranche", "account")
    list_filter = ["status", "tranche__number"]
    list_export = ["code", "project", "amount", "status", "since", "due_on", "voucher_number", "document_number"]
    search_fields = ["code", "project__code", "project__title", "project__payee__name", "voucher_number"]
    inspect_view_fields = ["status", "account", "explanation", "reason"]
    inspect_template = "payments/payment_inspect.html"
    moves = [Check, Approve, Appropriate, Return, RejectByBank]

    def extra(self, user: Any, payment: Payment) -> dict[str, Any]:
        return {
            "steps": steps(payment),
            "holder": queries.holder(payment),
            "personal": personal(payment, user),
            "may_cancel": payment.status in STOPPED
            and policy.user_has_permission_for_instance(user, "cancel", payment),
            "postings": payment.postings.select_related("posting").order_by("posting_id"),
            "line": payment.bank_lines.filter(is_success=True).first(),
        }


def steps(payment: Payment) -> list[tuple[Any, Any, Any, str]]:
    """Return (step, person, moment, number) of the chain; what has not happened has no person."""
    line = payment.bank_lines.filter(is_success=True).first()
    leader = [(_("领导审批"), payment.leader_by, payment.leader_at, "")] if payment.leader_by_id else []
    voucher = f"{payment.document_number} · {payment.voucher_number}" if payment.voucher_number else ""
    if payment.recorded_for:
        voucher += str(_(" · 代录（财政局经办 %s）") % payment.recorded_for)
    bounced = bounce(payment)
    return [
        (_("请款"), payment.requested_by, payment.requested_at, ""),
        (_("民政审核"), payment.checked_by, payment.checked_at, ""),
        (_("财务复核"), payment.approved_by, payment.approved_at, ""),
        *leader,
        *(
            bounced
            or [
                (_("财政拨款"), payment.appropriated_by, payment.appropriated_at, voucher),
                (_("银行发放"), _("银行") if line else None, payment.paid_at, line.reference if line else ""),
            ]
        ),
        (_("回执"), payment.receipted_by, payment.receipted_at, ""),
    ]


def bounce(payment: Payment) -> list[tuple[Any, Any, Any, str]]:
    """Return the steps of the try that the bank sent back, from its postings; nothing when it did not."""
    if payment.status != PaymentStatus.FAILED:
        return []
    rows = payment.postings.filter(attempt=payment.attempt - 1).select_related("posting__made_by")
    posted = {one.event: one.posting for one in rows}
    sent, back = posted.get("appropriate"), posted.get("bank_reject")
    if sent is None or back is None:
        return []
    line = payment.bank_lines.filter(is_success=False).order_by("-pk").first()
    number = format_html('{} <span class="nw">{}</span>', _("银行退票"), line.reference if line else "")
    return [
        (_("财政拨款"), sent.made_by, sent.made_at, str(_("已退票，再拨须用新的凭证号"))),
        (_("银行发放"), _("银行"), back.made_at, number),
    ]


def personal(payment: Payment, user: Any) -> list[str]:
    """Say why this person cannot make the next step, though the role could."""
    found = []
    for action in ("check", "approve", "appropriate"):
        near = policy.user_has_permission(user, action) and policy.is_legal(action, payment)
        if near and guards.is_near_now(user, policy.roles_now(action, payment), payment):
            found += [one.text for one in guards.same_person(payment, user, action)]
    return found
