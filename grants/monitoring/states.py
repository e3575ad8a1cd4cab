"""The lives of a report, of an evaluation and of its task."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.access import Role
from portal.lifecycle import Lifecycle, begin, move


class ReportKind(models.TextChoices):
    MIDTERM = "MIDTERM", _("中期报告")
    FINAL = "FINAL", _("末期报告")


class EvaluationKind(models.TextChoices):
    MIDTERM = "MIDTERM", _("中期评估")
    FINAL = "FINAL", _("末期评估")


class ReportStatus(models.TextChoices):
    DRAFT = "DRAFT", _("填写中")
    SUBMITTED = "SUBMITTED", _("待审核")
    RETURNED = "RETURNED", _("退回修改")
    ACCEPTED = "ACCEPTED", _("已通过")


REPORT = Lifecycle(
    {
        "submit": move(
            ReportStatus.DRAFT,
            ReportStatus.RETURNED,
            to=ReportStatus.SUBMITTED,
            guards=["report_is_complete", "project_is_running"],
            owner=Role.BUREAU_OFFICER,
            days=5,
        ),
        "send_back": move(ReportStatus.SUBMITTED, to=ReportStatus.RETURNED, owner=Role.ORG_ADMIN, days=10),
        "accept": move(ReportStatus.SUBMITTED, to=ReportStatus.ACCEPTED, owner=Role.BUREAU_OFFICER, days=5),
    },
    starts=[begin(ReportStatus.DRAFT, owner=Role.ORG_ADMIN, until="the report's day")],
)
"""An accepted report waits for its evaluator."""


class EvaluationStatus(models.TextChoices):
    ASSIGNED = "ASSIGNED", _("待评估")
    PASSED = "PASSED", _("通过")
    FAILED = "FAILED", _("不通过，待整改")
    RECTIFIED = "RECTIFIED", _("已整改，待复评")


ASSIGNED_DAYS = 15
"""Working days an evaluator has from the assignment."""

RECTIFY_DAYS = 20
"""Working days to rectify after a total under 60 (domain.md § 6.3)."""

EVALUATION = Lifecycle(
    {
        "pass": move(
            EvaluationStatus.ASSIGNED,
            to=EvaluationStatus.PASSED,
            guards=["report_is_accepted", "evaluator_is_independent", "sheet_is_complete"],
        ),
        "fail": move(
            EvaluationStatus.ASSIGNED,
            to=EvaluationStatus.FAILED,
            guards=["report_is_accepted", "evaluator_is_independent", "sheet_is_complete"],
            owner=Role.ORG_ADMIN,
            days=RECTIFY_DAYS,
        ),
        "rectify": move(EvaluationStatus.FAILED, to=EvaluationStatus.RECTIFIED, owner=Role.BUREAU_OFFICER, days=5),
    },
    starts=[begin(EvaluationStatus.ASSIGNED, owner=Role.EVALUATOR, days=ASSIGNED_DAYS)],
)
"""A rectified evaluation waits for its repetition."""


class TaskStatus(models.TextChoices):
    OPEN = "OPEN", _("待评估")
    DONE = "DONE", _("已评估")
    RELEASED = "RELEASED", _("已收回")


TASK = Lifecycle(
    {
        "finish": move(TaskStatus.OPEN, to=TaskStatus.DONE),
        "release": move(TaskStatus.OPEN, to=TaskStatus.RELEASED),
    },
    starts=[begin(TaskStatus.OPEN, owner=Role.EVALUATOR, days=ASSIGNED_DAYS)],
)


class VisitKind(models.TextChoices):
    TRACK = "TRACK", _("跟踪走访")
    COACH = "COACH", _("辅导")


class VisitResult(models.TextChoices):
    NORMAL = "NORMAL", _("正常")
    FOLLOW_UP = "FOLLOW_UP", _("需跟进")
