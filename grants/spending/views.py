"""Screens of grantees and operators: budget burn, vouchers, decisions."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from grants.agreements.models import Project
from grants.spending import commands, queries
from grants.spending.forms import ExpenditureForm, ReasonForm
from grants.spending.models import Expenditure
from grants.spending.policies import policy, project_policy
from portal.access.views import FormCommandView, MoveView


@login_required
def projects(request: HttpRequest) -> HttpResponse:
    """Every visible project with what it spent."""
    page = Paginator(queries.projects_with_use(request.user), 20).get_page(request.GET.get("page"))
    return render(request, "spending/list.html", {"page_obj": page})


@login_required
def project(request: HttpRequest, key: str) -> HttpResponse:
    """A19: the table by budget line, then the vouchers."""
    one = get_object_or_404(Project.objects.visible_to(request.user).select_related("award", "organization"), key=key)
    uses = queries.line_uses(one)
    vouchers = Expenditure.objects.visible_to(request.user).filter(project=one).select_related("line", "voucher")
    page = Paginator(vouchers, 30).get_page(request.GET.get("page"))
    context = {
        "project": one,
        "uses": uses,
        "total": queries.total(uses),
        "held": queries.held(one),
        "recoverable": queries.balance(one, "recoverable"),
        "self_raised": queries.self_raised(one),
        "page_obj": page,
        "may_record": project_policy.user_has_permission_for_instance(request.user, "record", one),
    }
    return render(request, "spending/project.html", context)


class Record(FormCommandView):
    """Add a voucher."""

    template_name = "spending/record.html"
    form_class = ExpenditureForm
    title = _("登记支出")
    submit_label = _("登记支出")

    def check(self, request: HttpRequest) -> None:
        visible = Project.objects.visible_to(request.user).select_related("award")
        self.project = get_object_or_404(visible, key=self.kwargs["key"])
        project_policy.require(request.user, "record", self.project)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "project": self.project}

    def call(self, answers: dict[str, Any]) -> Expenditure:
        return commands.record(self.project, by=self.request.user, **answers)

    def get_success_message(self) -> str:
        if self.result.is_over_line:
            return _t("支出已登记，待审核。这一笔使预算行超出核定数，在10%容差内，已作记录。")
        return _t("支出已登记，待审核。")

    def get_success_url(self) -> str:
        return reverse("spending:project", args=[self.project.key])

    def get_cancel_url(self) -> str:
        return self.get_success_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(project=self.project, base_template="workspace.html", **kwargs)


@login_required
def expenditure(request: HttpRequest, key: str) -> HttpResponse:
    visible = Expenditure.objects.visible_to(request.user).select_related(
        "project__award", "line", "voucher", "activity", "recorded_by", "decided_by"
    )
    one = get_object_or_404(visible, key=key)
    context = {
        "one": one,
        "rows": queries.facts(one),
        "may": {
            action: policy.user_has_permission_for_instance(request.user, action, one) for action in policy.actions
        },
    }
    return render(request, "spending/expenditure.html", context)


class Decision(MoveView):
    model = Expenditure
    policy = policy
    extra_context = {"base_template": "workspace.html"}

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("project__award", "project__organization", "line")

    def success_url(self, obj: Expenditure) -> str:
        return reverse("spending:project", args=[obj.project.key])


class Accept(Decision):
    action = "accept"
    command = commands.accept
    title = _("认定支出")
    submit_label = _("认定支出")
    success_message = _("这笔支出已认定。")

    def consequences(self, obj: Expenditure) -> list[str]:
        return queries.accept_consequences(obj)


class Refuse(Decision):
    action = "refuse"
    command = commands.refuse
    form_class = ReasonForm
    title = _("不予认定")
    submit_label = _("不予认定")
    success_message = _("已退回，并通知了登记人。")

    def consequences(self, obj: Expenditure) -> list[str]:
        return [_t("这笔支出不计入项目支出，发票号码可以重新登记。")]

    def tells(self, obj: Expenditure) -> list[str]:
        return [str(obj.recorded_by), _t("单位财务")]
