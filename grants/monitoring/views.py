"""Screens of grantees, operators and evaluators: activities, reports, evaluation sheets."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views import View

from grants.monitoring import commands, queries, rules
from grants.monitoring.forms import ActivityForm, RectifyForm, ReportForm, SheetForm, VisitForm
from grants.monitoring.models import Activity, Evaluation, Report, Visit
from grants.monitoring.policies import evaluation_policy, project_policy, report_policy
from grants.monitoring.states import ReportKind, ReportStatus
from portal.access.forms import show_refusal
from portal.access.views import FormCommandView, MoveView
from portal.accounts.models import new_key
from portal.lifecycle import Refused

WORKSPACE = {"base_template": "workspace.html"}


def find_project(user: Any, key: str) -> Any:
    return get_object_or_404(queries.projects_for(user).select_related("award", "organization"), key=key)


@login_required
def project(request: HttpRequest, key: str) -> HttpResponse:
    """Indicators, activities, reports, visits and evaluations of one project."""
    one = find_project(request.user, key)
    page = Paginator(queries.activities(one), 20).get_page(request.GET.get("page"))
    context = {
        "project": one,
        "indicators": queries.indicators(one),
        "money": queries.money(one),
        "page_obj": page,
        "reports": queries.report_rows(request.user, one),
        "evaluations": Evaluation.objects.visible_to(request.user).filter(project=one).select_related("task"),
        "visits": Visit.objects.visible_to(request.user).filter(project=one).select_related("visitor")[:20],
        "may_record": project_policy.user_has_permission_for_instance(request.user, "record", one),
        "may_visit": project_policy.user_has_permission_for_instance(request.user, "visit", one),
    }
    return render(request, "monitoring/project.html", context)


class OnProject(FormCommandView):
    """A form about one project."""

    template_name = "monitoring/form.html"
    action = ""

    def check(self, request: HttpRequest) -> None:
        self.project = find_project(request.user, self.kwargs["key"])
        project_policy.require(request.user, self.action, self.project)

    def call(self, answers: dict[str, Any]) -> Any:
        return type(self).command(self.project, by=self.request.user, **answers)

    def get_success_url(self) -> str:
        return reverse("monitoring:project", args=[self.project.key])

    def get_cancel_url(self) -> str:
        return self.get_success_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(project=self.project, **WORKSPACE, **kwargs)


class RecordActivity(OnProject):
    action = "record"
    command = commands.record_activity
    form_class = ActivityForm
    title = submit_label = _("记录活动")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "project": self.project}

    def get_initial(self) -> dict[str, Any]:
        return {"token": new_key()}

    def get_success_message(self) -> str:
        if self.result.marks:
            return _t("活动已记录。提示：%(marks)s。") % {"marks": "、".join(self.result.mark_words)}
        return _t("活动已记录。")


class RecordVisit(OnProject):
    action = "visit"
    command = commands.record_visit
    form_class = VisitForm
    title = submit_label = _("记录走访")
    success_message = _("走访已记录。")


@login_required
def activity(request: HttpRequest, key: str) -> HttpResponse:
    visible = Activity.objects.visible_to(request.user).select_related("project", "planned", "recorded_by")
    one = get_object_or_404(visible, key=key)
    evidence = one.evidence.select_related("file")
    return render(request, "monitoring/activity.html", {"one": one, "evidence": evidence})


class ReportPage(LoginRequiredMixin, View):
    """A18: the writer's form while the report may be changed; the submitted text for everybody else."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            self.project = find_project(request.user, kwargs["key"])
            self.kind = kwargs["kind"].upper()
            if self.kind not in ReportKind.values:
                raise Http404
            own = Report.objects.visible_to(request.user).filter(project=self.project, kind=self.kind)
            self.report = own.select_related("project__award").first()
        return super().dispatch(request, *args, **kwargs)

    def may_write(self) -> bool:
        editable = self.report is None or self.report.status in (ReportStatus.DRAFT, ReportStatus.RETURNED)
        return editable and project_policy.user_has_permission_for_instance(self.request.user, "record", self.project)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.may_write():
            if self.report is None:
                raise Http404
            return redirect("monitoring:report_version", self.report.key)
        return self.show(self.form())

    def form(self, *data: Any) -> ReportForm:
        initial = (
            {name: getattr(self.report, name) for name in ("done", "effect", "problems")} if self.report else None
        )
        rows = queries.indicators(self.project, self.report, self.kind)
        return ReportForm(*data, indicators=rows, initial=initial)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        project_policy.require(request.user, "record", self.project)
        form = self.form(request.POST, request.FILES)
        if not form.is_valid():
            return self.show(form, 422)
        try:
            report = commands.start_report(self.project, by=request.user, kind=self.kind)
            commands.save_report(report, by=request.user, **form.answers())
            if form.cleaned_data["file"]:
                commands.add_evidence(report, by=request.user, file=form.cleaned_data["file"])
        except Refused as refusal:
            show_refusal(form, refusal)
            return self.show(form, 422)
        if "submit" in request.POST:
            return redirect("monitoring:submit", report.key)
        messages.success(request, _t("报告已保存。"))
        return redirect("monitoring:report", self.project.key, self.kind.lower())

    def show(self, form: ReportForm, status: int = 200) -> HttpResponse:
        context = {
            "project": self.project,
            "report": self.report,
            "kind": ReportKind(self.kind),
            "form": form,
            "money": queries.money(self.project),
            "evidence": self.report.evidence.select_related("file") if self.report else [],
            "due_on": self.report.due_on if self.report else queries.report_due(self.project, self.kind),
        }
        return render(self.request, "monitoring/report_form.html", context, status=status)


@login_required
def report_version(request: HttpRequest, key: str) -> HttpResponse:
    """The report as it was handed in last, with its hash."""
    visible = Report.objects.visible_to(request.user).select_related("project__award", "submitted_by", "decided_by")
    report = get_object_or_404(visible, key=key)
    context = {
        "report": report,
        "version": queries.latest(report),
        "evidence": report.evidence.select_related("file"),
        "actions": queries.front_actions(request.user, report_policy, report, ["submit"]),
    }
    return render(request, "monitoring/report.html", context)


class SubmitReport(MoveView):
    model, policy, action, command = Report, report_policy, "submit", commands.file_report
    title = submit_label = _("提交报告")
    success_message = _("报告已提交，等待审核。")
    extra_context = WORKSPACE

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("project__award")

    def consequences(self, obj: Report) -> list[str]:
        return [
            _t("提交后，文字、指标和收支数按现在的样子固定下来，审核退回前不能再改。"),
            _t("指标由活动记录汇总，收支数取自资金账，不能手工填写。"),
        ]

    def tells(self, obj: Report) -> list[str]:
        return [_t("民政局经办人（列入待办）")]

    def success_url(self, obj: Report) -> str:
        return reverse("monitoring:report", args=[obj.project.key, obj.kind.lower()])


@login_required
def evaluations(request: HttpRequest) -> HttpResponse:
    """The evaluator's tasks."""
    page = Paginator(queries.tasks_of(request.user), 20).get_page(request.GET.get("page"))
    return render(request, "monitoring/evaluations.html", {"page_obj": page})


@login_required
def evaluation(request: HttpRequest, key: str) -> HttpResponse:
    """The dossier around a sheet: report, indicators, money; the result once it is final."""
    visible = Evaluation.objects.visible_to(request.user).select_related(
        "project__award", "project__organization", "task__evaluator"
    )
    one = get_object_or_404(visible, key=key)
    report = Report.objects.filter(project=one.project, kind=one.kind).first()
    actions = queries.front_actions(request.user, evaluation_policy, one, ["evaluate", "rectify"])
    scores = list(one.scores.all())
    context = {
        "one": one,
        "report": report,
        "scores": scores,
        "sums": rules.sums(scores),
        "indicators": queries.indicators(one.project, report),
        "money": queries.money(one.project),
        "actions": actions,
    }
    return render(request, "monitoring/evaluation.html", context)


class Sheet(MoveView):
    """The evaluator's sheet: 保存 keeps gaps, 提交评估 makes it final."""

    model, policy, action = Evaluation, evaluation_policy, "evaluate"
    template_name = "monitoring/sheet.html"
    form_class = SheetForm
    form_takes = "evaluation"
    title = _("评估表")
    submit_label = _("提交评估")
    extra_context = WORKSPACE

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("project__award", "project__organization", "task__evaluator")

    def call(self, answers: dict[str, Any]) -> Evaluation:
        command = commands.save_sheet if "save" in self.request.POST else commands.evaluate
        return command(self.object, by=self.request.user, **self.get_form_answers())

    def get_form_answers(self) -> dict[str, Any]:
        return self.bound.answers()

    def form_valid(self, form: Any) -> HttpResponse:
        self.bound = form
        return super().form_valid(form)

    def get_success_message(self) -> str:
        if "save" in self.request.POST:
            return _t("评估表已保存，还没有提交。")
        return _t("评估已提交：总分 %(total)s，%(grade)s。") % {
            "total": self.result.total,
            "grade": self.result.get_grade_display(),
        }

    def success_url(self, obj: Evaluation) -> str:
        name = "monitoring:sheet" if "save" in self.request.POST else "monitoring:evaluation"
        return reverse(name, args=[obj.key])

    def get_cancel_url(self) -> str:
        return reverse("monitoring:evaluation", args=[self.object.key])


class Rectify(MoveView):
    model, policy, action, command = Evaluation, evaluation_policy, "rectify", commands.rectify
    form_class = RectifyForm
    title = submit_label = _("提交整改情况")
    success_message = _("整改情况已提交，等待安排复评。")
    extra_context = WORKSPACE

    def consequences(self, obj: Evaluation) -> list[str]:
        return [_t("提交后由经办人安排复评。复评只有一次。")]

    def success_url(self, obj: Evaluation) -> str:
        return reverse("monitoring:evaluation", args=[obj.key])
