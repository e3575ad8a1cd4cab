"""Reports, evaluations, activities in the admin."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column

from grants.agreements.models import Project
from grants.monitoring import commands, queries, rules
from grants.monitoring.forms import AssignForm, OptionalRemarkForm, ReasonForm, RemarkForm
from grants.monitoring.models import Activity, Evaluation, EvaluationTask, Report
from grants.monitoring.policies import (
    activity_policy,
    evaluation_policy,
    project_policy,
    report_policy,
    task_policy,
)
from grants.monitoring.states import EvaluationKind
from portal.access.staff import (
    DateColumn,
    DueColumn,
    FormCommandView,
    MoveView,
    NameColumn,
    NumberColumn,
    ScopedViewSet,
    StateColumn,
)

PROJECT = Column("project", label=_("项目"), accessor="project.title")
ORGANIZATION = Column("organization", label=_("单位"), accessor="project.organization.name")
SEARCH = ["project__code", "project__title", "project__organization__name"]


class AcceptReport(MoveView):
    model, policy, action, command = Report, report_policy, "accept", commands.accept_report
    form_class = OptionalRemarkForm
    title = submit_label = _("审核通过")
    success_message = _("报告已审核通过。")

    def consequences(self, obj: Report) -> list[str]:
        lines = [_t("报告通过后不能再改，可以安排评估人评估。")]
        if obj.kind == EvaluationKind.FINAL:
            lines.append(_t("里程碑“末期报告”完成，项目进入结项阶段。"))
        return lines

    def tells(self, obj: Report) -> list[str]:
        return [_t("单位负责人和经办人")]


class ReturnReport(MoveView):
    model, policy, action, command = Report, report_policy, "send_back", commands.return_report
    form_class = RemarkForm
    title = submit_label = _("退回修改")
    success_message = _("报告已退回，单位有10个工作日修改。")

    def consequences(self, obj: Report) -> list[str]:
        return [_t("报告回到填写状态，单位按意见修改后重新提交，有10个工作日；已提交的这一稿留存。")]

    def tells(self, obj: Report) -> list[str]:
        return [_t("单位负责人和经办人")]


class ReportViewSet(ScopedViewSet):
    model = Report
    name = "staff_reports"
    empty_words = _("还没有报告。单位提交中期、末期报告后会出现在这里。")
    policy = report_policy
    icon = "doc-full-inverse"
    menu_label = _("项目报告")
    menu_order = 50
    add_to_admin_menu = True
    list_display = [
        NameColumn("project", label=_("项目"), accessor="project.title", sub="get_kind_display"),
        ORGANIZATION,
        StateColumn(),
        DateColumn("submitted_at", label=_("提交时间"), sort_key="submitted_at"),
        DueColumn("current_due_on", label=_("办理期限"), sort_key="due_on"),
    ]
    list_filter = ["status", "kind"]
    search_fields = SEARCH
    list_export = ["project.code", "project.title", "kind", "status", "submitted_at", "due_on"]
    list_select_related = ["project__organization", "project__award"]
    inspect_view_fields = ["due_on"]
    inspect_template = "monitoring/staff_report.html"
    moves = [AcceptReport, ReturnReport]

    def extra(self, user: Any, obj: Report) -> dict[str, Any]:
        may_assign = project_policy.user_has_permission_for_instance(user, "assign", obj.project)
        return {
            "version": queries.latest(obj),
            "evidence": obj.evidence.select_related("file"),
            "tasks": EvaluationTask.objects.filter(project=obj.project, kind=obj.kind).select_related(
                "evaluator", "evaluation"
            ),
            "assign_url": reverse("staff_evaluation_assign", args=[obj.project_id, obj.kind]) if may_assign else "",
        }


class Assign(FormCommandView):
    """Choose the evaluator of one project."""

    form_class = AssignForm
    title = submit_label = _("安排评估")
    intro = _("评估人收到通知，可以查看这个项目的资料并填写评估表；收回任务后不能再看。")
    success_message = _("已安排，并通知了评估人。")

    def check(self, request: HttpRequest) -> None:
        self.project = get_object_or_404(Project.objects.visible_to(request.user), pk=self.kwargs["pk"])
        self.kind = self.kwargs["kind"]
        if self.kind not in EvaluationKind.values:
            raise Http404
        project_policy.require(request.user, "assign", self.project)

    def get_page_subtitle(self) -> str:
        return f"{EvaluationKind(self.kind).label} · {self.project.title}"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "evaluators": queries.evaluators(self.project)}

    def call(self, answers: dict[str, Any]) -> EvaluationTask:
        return commands.assign(self.project, by=self.request.user, kind=self.kind, **answers)

    def get_success_url(self) -> str:
        return reverse("staff_evaluation_tasks:index")

    def get_cancel_url(self) -> str:
        return reverse("staff_reports:index")


class Release(MoveView):
    model, policy, action, command = EvaluationTask, task_policy, "release", commands.release
    form_class = ReasonForm
    title = submit_label = _("收回任务")
    success_message = _("任务已收回，评估人不能再看到这个项目。")

    def consequences(self, obj: EvaluationTask) -> list[str]:
        return [_t("评估人立即看不到这个项目，已填的评估表留存。之后可以另派他人。")]


class TaskViewSet(ScopedViewSet):
    model = EvaluationTask
    name = "staff_evaluation_tasks"
    empty_words = _("没有评估任务。报告审核通过后，由经办人安排评估。")
    policy = task_policy
    icon = "tasks"
    menu_label = _("评估任务")
    menu_order = 60
    add_to_admin_menu = True
    list_display = [
        NameColumn("project", label=_("项目"), accessor="project.title", sub="get_kind_display"),
        ORGANIZATION,
        Column("evaluator", label=_("评估人"), accessor="evaluator"),
        NumberColumn("attempt", label=_("次数"), sort_key="attempt"),
        DateColumn("assigned_at", label=_("安排时间"), sort_key="assigned_at"),
        StateColumn(),
        Column("result", label=_("结果"), accessor="evaluation.get_grade_display"),
        DueColumn("current_due_on", label=_("办理期限"), sort_key="due_on"),
    ]
    list_filter = ["status", "kind"]
    search_fields = SEARCH
    list_export = ["project.code", "kind", "attempt", "evaluator", "status", "evaluation.total", "evaluation.grade"]
    list_select_related = ["project__organization", "evaluator", "evaluation"]
    inspect_view_fields = ["due_on"]
    inspect_template = "monitoring/staff_task.html"
    moves = [Release]

    def extra(self, user: Any, obj: EvaluationTask) -> dict[str, Any]:
        return {"evaluation": obj.evaluation, **scored(obj.evaluation)}


def scored(one: Evaluation) -> dict[str, Any]:
    """Return what monitoring/scores.html takes. One query."""
    scores = list(one.scores.all())
    return {"scores": scores, "sums": rules.sums(scores)}


class EvaluationViewSet(ScopedViewSet):
    model = Evaluation
    name = "staff_evaluations"
    empty_words = _("还没有评估结果。评估人提交评估表后会出现在这里。")
    policy = evaluation_policy
    icon = "success"
    menu_label = _("评估结果")
    menu_order = 70
    add_to_admin_menu = True
    list_display = [
        NameColumn("project", label=_("项目"), accessor="project.title", sub="get_kind_display"),
        ORGANIZATION,
        NumberColumn("total", label=_("总分"), sort_key="total"),
        Column("grade", label=_("等级"), accessor="get_grade_display", sort_key="grade"),
        StateColumn(),
        DateColumn("submitted_at", label=_("评估时间"), sort_key="submitted_at"),
        DueColumn("current_due_on", label=_("办理期限"), sort_key="due_on"),
    ]
    list_filter = ["status", "kind", "grade"]
    search_fields = SEARCH
    list_export = ["project.code", "project.title", "kind", "total", "grade", "status", "submitted_at"]
    list_select_related = ["project__organization"]
    inspect_view_fields = [
        "project", "kind", "submitted_at", "due_on", "total", "grade", "bonus", "deduction", "opinion",
        "rectification",
    ]  # fmt: skip
    late_fields = ("due_on", "submitted_at", "total", "grade", "opinion", "rectification")
    inspect_template = "monitoring/staff_evaluation.html"

    def extra(self, user: Any, obj: Evaluation) -> dict[str, Any]:
        return scored(obj) if obj.total is not None else {}


class ActivityViewSet(ScopedViewSet):
    model = Activity
    name = "staff_activities"
    empty_words = _("还没有活动记录。单位登记的活动会出现在这里。")
    policy = activity_policy
    icon = "calendar-alt"
    menu_label = _("活动记录")
    menu_order = 45
    add_to_admin_menu = True
    list_display = [
        Column("name", label=_("活动"), sort_key="name"),
        PROJECT,
        DateColumn("held_on", label=_("日期"), sort_key="held_on"),
        Column("place", label=_("地点")),
        NumberColumn("persons", label=_("人数"), sort_key="persons"),
        Column("marks", label=_("提示"), accessor="marks_text"),
    ]
    list_filter = ["held_on"]
    search_fields = ["name", "place", *SEARCH]
    list_export = [
        "project.code",
        "name",
        "held_on",
        "place",
        "persons",
        "staff_hours",
        "volunteer_hours",
        "marks_text",
    ]
    list_select_related = ["project"]
    labels = {
        "project": _("项目"), "marks_text": _("提示"), "recorded_by": _("登记人"), "persons": _("参加人数（人）"),
        "staff_hours": _("工作人员工时（小时）"), "volunteer_hours": _("志愿者工时（小时）"), "capacity": _("场地容量（人）"),
    }  # fmt: skip
    late_fields = ("planned", "capacity", "marks_text")
    inspect_view_fields = [
        "project", "planned", "name", "held_on", "place", "capacity", "persons", "staff_hours", "volunteer_hours",
        "summary", "marks_text", "recorded_by", "recorded_at",
    ]  # fmt: skip
    inspect_template = "monitoring/staff_activity.html"

    def extra(self, user: Any, obj: Activity) -> dict[str, Any]:
        return {"evidence": obj.evidence.select_related("file")}
