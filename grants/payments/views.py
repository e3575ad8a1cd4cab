"""The payee's side: instalments with their conditions, asking for one, the receipt."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from grants.agreements.models import Project
from grants.agreements.queries import project_money
from grants.payments import commands, guards, queries
from grants.payments.forms import ReceiptForm, RequestForm
from grants.payments.models import Payment
from grants.payments.policies import may_request, policy
from grants.payments.states import LIFECYCLE
from orgs.registry.models import Organization
from portal.access.views import MoveView
from portal.files.commands import store
from portal.money import yuan


def against(payment: Payment) -> list[Any]:
    """Every reason against asking for this instalment now."""
    return LIFECYCLE.open_reasons("request", guards, payment)


@login_required
@require_safe
def payment_list(request: HttpRequest) -> HttpResponse:
    """Projects that the person's organizations are paid for."""
    mine = Organization.objects.of_member(request.user).values("pk")
    projects = Project.objects.visible_to(request.user).filter(payee__in=mine).prefetch_related("payments__tranche")
    return render(request, "payments/list.html", {"projects": projects})


@login_required
@require_safe
def project(request: HttpRequest, key: str) -> HttpResponse:
    """One project: each instalment, where it stands, and why not yet."""
    rows = Project.objects.visible_to(request.user).select_related("payee", "organization", "agreement")
    found = get_object_or_404(rows, key=key)
    return render(
        request,
        "payments/project.html",
        {
            "project": found,
            "rows": queries.tranche_rows(found, against),
            "money": project_money(found),
            "account": queries.current_account(found.payee),
            "refunds": found.refunds.all(),
            "can_act": may_request(request.user, found),
        },
    )


class Request(MoveView):
    """请款. The object is the project; the instalment is named by its number."""

    model = Project
    policy = policy
    action = "request"
    command = commands.request
    form_class = RequestForm
    template_name = "payments/request.html"
    title = _("请款")
    submit_label = _("提交请款")
    success_message = _("请款已提交，由民政局审核。")

    def check(self, request: HttpRequest) -> None:
        self.object = get_object_or_404(self.get_queryset().select_related("payee"), key=self.kwargs["key"])
        self.tranche = get_object_or_404(self.object.tranches, number=self.kwargs["number"])
        if not may_request(request.user, self.object):
            raise self.policy.denial(self.action)
        live = queries.live_payment(self.tranche)
        self.payment = live or Payment(tranche=self.tranche, project=self.object, amount=self.tranche.amount)
        self.payment.account = queries.current_account(self.object.payee)
        self.is_legal = LIFECYCLE.allows("request", self.payment.status)
        found = against(self.payment) if self.is_legal else []
        self.needs_explanation = any(one.code == "previous.spent" for one in found)
        self.reasons = [one for one in found if one.code != "previous.spent"]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "needs_explanation": self.needs_explanation}

    def call(self, answers: dict[str, Any]) -> Any:
        return commands.request(self.tranche, by=self.request.user, **answers)

    def consequences(self, obj: Project) -> list[str]:
        account = self.payment.account
        return [
            str(
                _("申请拨付第 %(n)s 期 %(yuan)s 元。") % {"n": self.tranche.number, "yuan": yuan(self.tranche.amount)}
            ),
            str(_("收款账户：%s。提交后账户不能变更，变更的要重新请款。") % account) if account else "",
        ]

    def tells(self, obj: Project) -> list[str]:
        return [str(_("民政局经办人"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            tranche=self.tranche, checklist=guards.checklist(self.payment), payment=self.payment, **kwargs
        )

    def success_url(self, obj: Project) -> str:
        return reverse("payments:project", args=[obj.key])


class Receipt(MoveView):
    model = Payment
    policy = policy
    action = "receipt"
    command = commands.receipt
    form_class = ReceiptForm
    title = _("上传收款回执")
    submit_label = _("上传回执")
    success_message = _("回执已上传，这一期办结。")

    def call(self, answers: dict[str, Any]) -> Any:
        file = store(answers["file"], purpose="payments.receipt", by=self.request.user)
        return commands.receipt(self.object, file, by=self.request.user)

    def consequences(self, obj: Payment) -> list[str]:
        line = obj.bank_lines.filter(is_success=True).first()
        words = _("确认 %(on)s 收到第 %(n)s 期 %(yuan)s 元。")
        return [
            str(words % {"on": line.booked_on if line else "", "n": obj.tranche.number, "yuan": yuan(obj.amount)})
        ]

    def success_url(self, obj: Payment) -> str:
        return reverse("payments:project", args=[obj.project.key])
