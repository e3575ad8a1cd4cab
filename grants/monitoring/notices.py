"""Letters about reports and evaluations."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_noop as _  # a letter is kept in the language of the house

from grants.agreements.models import Project
from grants.monitoring.models import Evaluation, EvaluationTask, Report
from orgs.registry.models import MemberRole
from portal.accounts.models import User
from portal.notices.commands import queue


@translation.override(settings.LANGUAGE_CODE)
def writers(project: Project) -> list[User]:
    members = project.organization.memberships.active().select_related("user")
    return [one.user for one in members if one.role in (MemberRole.ADMIN, MemberRole.WRITER)]


@translation.override(settings.LANGUAGE_CODE)
def report_returned(report: Report) -> None:
    queue(
        "monitoring.report_returned",
        writers(report.project),
        _("%(report)s需要修改") % {"report": report},
        _("审核意见：%(remark)s 请在 %(due)s 前修改后重新提交。")
        % {"remark": report.remark, "due": f"{report.due_on:%Y-%m-%d}"},
        about=report,
        url=reverse("monitoring:report", args=[report.project.key, report.kind.lower()]),
    )


@translation.override(settings.LANGUAGE_CODE)
def report_accepted(report: Report) -> None:
    queue(
        "monitoring.report_accepted",
        writers(report.project),
        _("%(report)s已审核通过") % {"report": report},
        _("下一步由评估人评估。结果出来后会通知您。"),
        about=report,
        url=reverse("monitoring:report", args=[report.project.key, report.kind.lower()]),
    )


@translation.override(settings.LANGUAGE_CODE)
def assigned(task: EvaluationTask) -> None:
    queue(
        "monitoring.assigned",
        [task.evaluator],
        _("有一项评估任务：%(task)s") % {"task": task},
        _("请在 %(due)s 前完成评分。您是该单位成员或辅导过该项目的，请告知经办人改派。")
        % {"due": f"{task.due_on:%Y-%m-%d}"},
        about=task,
        url=reverse("monitoring:evaluation", args=[task.evaluation.key]),
    )


@translation.override(settings.LANGUAGE_CODE)
def evaluated(evaluation: Evaluation) -> None:
    words = {"evaluation": evaluation, "total": evaluation.total, "grade": evaluation.get_grade_display()}
    if evaluation.due_on:
        body = _("总分 %(total)s，等级：%(grade)s。请在 %(due)s 前完成整改并提交整改情况，之后复评一次。") % {
            **words,
            "due": f"{evaluation.due_on:%Y-%m-%d}",
        }
    else:
        body = _("总分 %(total)s，等级：%(grade)s。") % words
    queue(
        "monitoring.evaluated",
        writers(evaluation.project),
        _("%(evaluation)s有结果") % words,
        body,
        about=evaluation,
        url=reverse("monitoring:evaluation", args=[evaluation.key]),
    )
