"""What stands against the moves of reports and evaluations."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.agreements.models import Milestone
from grants.agreements.rules import MIDTERM, NOT_MET
from grants.monitoring import queries, rules
from grants.monitoring.models import Activity, Evaluation, Report
from grants.monitoring.states import ReportKind, ReportStatus
from portal.lifecycle import Reason

TEXTS = (
    ("done", gettext_lazy("开展情况"), 20),
    ("effect", gettext_lazy("成效"), 20),
    ("problems", gettext_lazy("问题和打算"), 4),
)


def project_is_running(report: Report) -> list[Reason]:
    if report.project.is_running:
        return []
    return [Reason("not_running", _("项目不在实施期，不能提交报告。"))]


def report_is_complete(report: Report) -> list[Reason]:
    """Texts, at least one activity and one piece of evidence; the final report follows the midterm."""
    reasons = [
        Reason(name, _("“%(label)s”至少%(least)s字，现为%(now)s字。") % {"label": label, "least": least, "now": now})
        for name, label, least in TEXTS
        if (now := len(getattr(report, name).strip())) < least
    ]
    if not Activity.objects.filter(project=report.project_id).exists():
        reasons.append(Reason("activities", _("还没有记录过活动。指标由活动记录汇总，请先记录活动。")))
    if (
        not report.evidence.exists()
        and not Activity.objects.filter(project=report.project_id, evidence__isnull=False).exists()
    ):
        reasons.append(Reason("evidence", _("还没有证据材料。请在活动记录或本报告中上传照片、签到表等。")))
    if (
        report.kind == ReportKind.FINAL
        and not Milestone.objects.filter(project=report.project_id, code=MIDTERM, met_at__isnull=False).exists()
    ):
        reasons.append(Reason("midterm", _("不能提交末期报告：%(why)s。") % {"why": NOT_MET[MIDTERM]}))
    return reasons


def report_is_accepted(evaluation: Evaluation) -> list[Reason]:
    own = Report.objects.filter(project=evaluation.project_id, kind=evaluation.kind, status=ReportStatus.ACCEPTED)
    if own.exists():
        return []
    word = ReportKind(evaluation.kind).label
    return [Reason("report", _("%(report)s还没有审核通过，不能评分。") % {"report": word})]


def evaluator_is_independent(evaluation: Evaluation) -> list[Reason]:
    """The evaluator neither belongs to the organization nor coached the project (domain.md § 3, A15)."""
    evaluator = evaluation.task.evaluator
    reasons = []
    if queries.belongs(evaluator, evaluation.project):
        reasons.append(Reason("member", _("评估人是（曾是）这个单位的成员，须回避，请收回任务另派。")))
    if queries.coached(evaluator, evaluation.project):
        reasons.append(Reason("coach", _("评估人辅导过这个项目，不能再评估它，请收回任务另派。")))
    return reasons


def sheet_is_complete(evaluation: Evaluation) -> list[Reason]:
    scores = list(evaluation.scores.all())
    items = [rules.Item(one.code, one.dimension, one.name, one.max_points) for one in scores]
    points = {one.code: one.points for one in scores}
    return rules.sheet_reasons(items, points, evaluation.bonus, evaluation.deduction, evaluation.opinion)
