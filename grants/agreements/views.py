"""The organization's side: its projects, the agreement, a change of the budget."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from grants.agreements import commands, queries
from grants.agreements.forms import AmendmentForm
from grants.agreements.models import Agreement, Project
from grants.agreements.policies import agreement_policy, project_policy
from grants.agreements.states import AgreementStatus
from orgs.registry.models import Organization
from portal.access.views import MoveView
from portal.money import capital


@login_required
@require_safe
def project_list(request: HttpRequest) -> HttpResponse:
    """Projects of the person's organizations."""
    mine = Organization.objects.of_member(request.user).values("pk")
    rows = Project.objects.visible_to(request.user).filter(organization__in=mine) | Project.objects.visible_to(
        request.user
    ).filter(payee__in=mine)
    projects = rows.select_related("agreement", "organization").distinct()
    return render(request, "agreements/list.html", {"projects": projects})


@login_required
@require_safe
def detail(request: HttpRequest, key: str) -> HttpResponse:
    """The agreement: what is promised, who has accepted, and the next step."""
    rows = Agreement.objects.visible_to(request.user).select_related("project__organization", "signed_copy")
    agreement = get_object_or_404(rows, key=key)
    project = agreement.project
    return render(
        request,
        "agreements/detail.html",
        {
            "agreement": agreement,
            "project": project,
            "capital": capital(project.amount),
            "parties": queries.sides(agreement),
            "lines": project.budget_lines.all(),
            "activities": project.planned_activities.all(),
            "tranches": project.tranches.all(),
            "holds": project.holds.open(),
            "closing": queries.closing_paper(project),
            "amendments": project.amendments.all(),
            "can_accept": agreement_policy.user_has_permission_for_instance(request.user, "accept", agreement),
            "can_amend": project_policy.user_has_permission_for_instance(request.user, "amend", project),
            "party": queries.speaks_for(request.user, agreement),
        },
    )


@login_required
@require_POST
def pdf(request: HttpRequest, key: str) -> HttpResponse:
    """The paper: a draft while it can still change, then the one that was issued."""
    agreement = get_object_or_404(Agreement.objects.visible_to(request.user), key=key)
    if agreement.status == AgreementStatus.DRAFT:
        content = commands.preview(agreement)
    else:
        content = commands.issue_paper(agreement, request.user).file.open().read()
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{agreement.number}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


class Accept(MoveView):
    model = Agreement
    policy = agreement_policy
    action = "accept"
    command = commands.accept
    title = _("确认协议")
    submit_label = _("确认协议")
    success_message = _("已确认。各方都确认后，由民政局存入签署件。")

    def call(self, answers: dict[str, Any]) -> Any:
        return commands.accept(self.object, queries.speaks_for(self.request.user, self.object), self.request.user)

    def consequences(self, obj: Agreement) -> list[str]:
        return [
            str(_("您代表 %s 确认协议全文、核定预算和拨付计划。") % obj.project.organization),
            str(_("确认后，条款、预算和拨付计划不能再改。")),
        ]

    def tells(self, obj: Agreement) -> list[str]:
        return [str(_("民政局经办人"))]

    def success_url(self, obj: Agreement) -> str:
        return reverse("agreements:detail", args=[obj.key])


class Amend(MoveView):
    model = Project
    policy = project_policy
    action = "amend"
    command = commands.request_amendment
    form_class = AmendmentForm
    form_takes = "project"
    title = _("调整预算")
    intro = _("类别之间调整不超过总额 10% 的登记备案，马上生效；超过的或者新增类别的，由民政局批复后生效。")
    submit_label = _("提交调整")
    success_message = _("调整已提交。")

    def check(self, request: HttpRequest) -> None:
        super().check(request)
        if not self.policy.user_has_permission_for_instance(request.user, "amend", self.object):
            raise PermissionDenied(_("预算调整由实施单位的负责人或经办人提出。"))

    def success_url(self, obj: Project) -> str:
        return reverse("agreements:detail", args=[obj.agreement.key])
