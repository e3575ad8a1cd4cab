"""Activities, visits, reports and evaluations of a running project."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from grants.agreements.models import READERS, Project
from grants.monitoring import rules
from grants.monitoring.states import (
    EvaluationKind,
    EvaluationStatus,
    ReportKind,
    ReportStatus,
    TaskStatus,
    VisitKind,
    VisitResult,
)
from orgs.registry.models import Organization
from portal import clock
from portal.accounts.models import new_key
from portal.fields.models import AppendOnly


class FollowedQuerySet(models.QuerySet):
    """Rows that hang on a project: whoever sees the project, and its evaluators by their task."""

    def visible_to(self, user: Any) -> FollowedQuerySet:
        if not user.is_authenticated or not user.is_active:
            return self.none()
        asked = Q(project__in=EvaluationTask.objects.in_force().filter(evaluator=user).values("project"))
        return self.filter(Q(project__in=Project.objects.visible_to(user).values("pk")) | asked)


class Activity(models.Model):
    """One event that took place. `marks`: codes of rules.MARKS found when it was recorded."""

    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    project = models.ForeignKey("agreements.Project", on_delete=models.PROTECT, related_name="activities")
    planned = models.ForeignKey(
        "agreements.PlannedActivity",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="held",
        verbose_name=_("对应计划"),
    )
    name = models.CharField(_("活动主题"), max_length=60)
    held_on = models.DateField(_("活动日期"))
    place = models.CharField(_("地点"), max_length=80)
    capacity = models.PositiveIntegerField(_("场地容量"), null=True, blank=True)
    persons = models.PositiveIntegerField(_("参加人数"))
    staff_hours = models.DecimalField(_("工作人员工时"), max_digits=6, decimal_places=1, default=0)
    volunteer_hours = models.DecimalField(_("志愿者工时"), max_digits=6, decimal_places=1, default=0)
    summary = models.TextField(_("情况"), max_length=500, blank=True)
    marks = models.JSONField(_("提示"), default=list, editable=False)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("记录时间"), default=clock.now)

    objects = FollowedQuerySet.as_manager()

    class Meta:
        verbose_name = _("活动")
        verbose_name_plural = _("活动")
        ordering = ["-held_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.name} · {self.held_on:%Y-%m-%d}"

    @property
    def mark_words(self) -> list[str]:
        return [gettext(rules.MARKS[code]) for code in self.marks]

    @property
    def marks_text(self) -> str:
        return "、".join(self.mark_words)


class EvidenceQuerySet(models.QuerySet):
    def readable_by(self, user: Any) -> EvidenceQuerySet:
        """The files of everything that this person sees."""
        return self.filter(
            Q(activity__in=Activity.objects.visible_to(user))
            | Q(report__in=Report.objects.visible_to(user))
            | Q(visit__in=Visit.objects.visible_to(user))
            | Q(evaluation__in=Evaluation.objects.visible_to(user))
        )


class Evidence(models.Model):
    """A file of an activity, report, visit or rectification."""

    class Kind(models.TextChoices):
        PHOTO = "PHOTO", _("照片")
        SHEET = "SHEET", _("签到表")
        OTHER = "OTHER", _("其他材料")

    activity = models.ForeignKey(Activity, null=True, blank=True, on_delete=models.PROTECT, related_name="evidence")
    report = models.ForeignKey("Report", null=True, blank=True, on_delete=models.PROTECT, related_name="evidence")
    visit = models.ForeignKey("Visit", null=True, blank=True, on_delete=models.PROTECT, related_name="evidence")
    evaluation = models.ForeignKey(
        "Evaluation", null=True, blank=True, on_delete=models.PROTECT, related_name="evidence"
    )
    kind = models.CharField(_("种类"), max_length=8, choices=Kind, default=Kind.OTHER)
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("证据")
        verbose_name_plural = _("证据")
        constraints = [
            models.CheckConstraint(
                condition=Q(activity__isnull=False, report__isnull=True, visit__isnull=True, evaluation__isnull=True)
                | Q(activity__isnull=True, report__isnull=False, visit__isnull=True, evaluation__isnull=True)
                | Q(activity__isnull=True, report__isnull=True, visit__isnull=False, evaluation__isnull=True)
                | Q(activity__isnull=True, report__isnull=True, visit__isnull=True, evaluation__isnull=False),
                name="evidence_belongs_to_one_thing",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.file}"


class Visit(models.Model):
    """A tracking or coaching visit. Whoever coached a project never evaluates it."""

    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    project = models.ForeignKey("agreements.Project", on_delete=models.PROTECT, related_name="visits")
    kind = models.CharField(_("种类"), max_length=8, choices=VisitKind)
    visitor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("走访人")
    )
    visited_on = models.DateField(_("日期"))
    place = models.CharField(_("地点"), max_length=80)
    found = models.TextField(_("情况"), max_length=500)
    result = models.CharField(_("结论"), max_length=12, choices=VisitResult, default=VisitResult.NORMAL)
    recorded_at = models.DateTimeField(default=clock.now)

    objects = FollowedQuerySet.as_manager()

    class Meta:
        verbose_name = _("走访")
        verbose_name_plural = _("走访")
        ordering = ["-visited_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.visited_on:%Y-%m-%d}"


class Report(models.Model):
    """A midterm or final report. Its figures are read from activities and the ledger, never typed."""

    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    project = models.ForeignKey(
        "agreements.Project", on_delete=models.PROTECT, related_name="reports", verbose_name=_("项目")
    )
    kind = models.CharField(_("种类"), max_length=8, choices=ReportKind)
    done = models.TextField(_("开展情况"), max_length=2000, blank=True)
    effect = models.TextField(_("成效"), max_length=2000, blank=True)
    problems = models.TextField(_("问题和打算"), max_length=2000, blank=True)
    status = models.CharField(
        _("状态"), max_length=12, choices=ReportStatus, default=ReportStatus.DRAFT, editable=False, db_index=True
    )
    due_on = models.DateField(_("办理期限"), null=True, blank=True)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=clock.now)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    remark = models.CharField(_("审核意见"), max_length=500, blank=True)

    objects = FollowedQuerySet.as_manager()

    class Meta:
        verbose_name = _("项目报告")
        verbose_name_plural = _("项目报告")
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=ReportStatus.values), name="report_status_is_known"),
            models.UniqueConstraint(fields=["project", "kind"], name="one_report_per_project_and_kind"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("submitted_by")), name="report_has_four_eyes"
            ),
            models.CheckConstraint(
                condition=Q(status=ReportStatus.DRAFT) | Q(submitted_at__isnull=False),
                name="report_past_draft_was_submitted",
            ),
        ]

    @property
    def current_due_on(self) -> date | None:
        """The date, as long as the project runs: of one that has ended nothing is overdue."""
        return self.due_on if self.project.is_running else None

    def __str__(self) -> str:
        return f"{self.project} · {self.get_kind_display()}"


class ReportNote(models.Model):
    """The grantee's word on one indicator; its figures come from the recorded activities."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="notes")
    planned = models.ForeignKey("agreements.PlannedActivity", on_delete=models.PROTECT, related_name="+")
    text = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "planned"], name="one_note_per_indicator")]

    def __str__(self) -> str:
        return self.text


class ReportVersion(AppendOnly):
    """What was handed in: text, indicators and money as they stood, with a hash. Never changed."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["report", "number"], name="report_versions_are_numbered")]

    def __str__(self) -> str:
        return f"{self.report} · {self.number}"


class EvaluationTaskQuerySet(models.QuerySet):
    def in_force(self) -> EvaluationTaskQuerySet:
        return self.exclude(status=TaskStatus.RELEASED)

    def visible_to(self, user: Any) -> EvaluationTaskQuerySet:
        """Staff: the subtree of their grants. The evaluator: his or her own, unless released."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        mine = Q(evaluator=user) & ~Q(status=TaskStatus.RELEASED)
        return self.filter(user.scope(*READERS, field="project__region") | mine)


class EvaluationTask(models.Model):
    """The object grant that opens one project to one evaluator."""

    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    project = models.ForeignKey(
        "agreements.Project", on_delete=models.PROTECT, related_name="evaluation_tasks", verbose_name=_("项目")
    )
    kind = models.CharField(_("种类"), max_length=8, choices=EvaluationKind)
    attempt = models.PositiveSmallIntegerField(_("次数"), default=1)
    evaluator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="evaluation_tasks", verbose_name=_("评估人")
    )
    status = models.CharField(
        _("状态"), max_length=10, choices=TaskStatus, default=TaskStatus.OPEN, editable=False, db_index=True
    )
    due_on = models.DateField(_("办理期限"), null=True, blank=True)
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField(default=clock.now)

    objects = EvaluationTaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("评估任务")
        verbose_name_plural = _("评估任务")
        ordering = ["-assigned_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=TaskStatus.values), name="evaluation_task_status_is_known"),
            models.UniqueConstraint(
                fields=["project", "kind", "attempt"],
                condition=~Q(status=TaskStatus.RELEASED),
                name="one_evaluator_per_attempt",
            ),
            models.CheckConstraint(
                condition=Q(attempt__gte=1, attempt__lte=rules.ATTEMPTS), name="evaluation_is_repeated_once"
            ),
            models.CheckConstraint(condition=~Q(evaluator=F("assigned_by")), name="nobody_assigns_himself"),
        ]

    def __str__(self) -> str:
        return f"{self.project} · {self.get_kind_display()}"


class EvaluationQuerySet(FollowedQuerySet):
    def visible_to(self, user: Any) -> EvaluationQuerySet:
        """Members see only what is final; the evaluator sees the own sheet."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        own = Q(project__organization__in=Organization.objects.of_member(user)) & ~Q(status=EvaluationStatus.ASSIGNED)
        mine = Q(task__evaluator=user) & ~Q(task__status=TaskStatus.RELEASED)
        return self.filter(user.scope(*READERS, field="project__region") | own | mine)

    def public(self) -> EvaluationQuerySet:
        """What anybody may see of the result: the passed ones. One under rectification is not the last word."""
        return self.filter(status=EvaluationStatus.PASSED)


class Evaluation(models.Model):
    """The sheet of one task. total and grade exist once it is final."""

    class Grade(models.TextChoices):
        EXCELLENT = "EXCELLENT", _("优秀")
        GOOD = "GOOD", _("良好")
        PASS = "PASS", _("合格")  # noqa: S105  a grade, not a secret
        FAIL = "FAIL", _("不合格")

    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    task = models.OneToOneField(EvaluationTask, on_delete=models.PROTECT, related_name="evaluation")
    project = models.ForeignKey(
        "agreements.Project", on_delete=models.PROTECT, related_name="evaluations", verbose_name=_("项目")
    )
    kind = models.CharField(_("种类"), max_length=8, choices=EvaluationKind)
    bonus = models.DecimalField(_("加分"), max_digits=4, decimal_places=1, default=0)
    deduction = models.DecimalField(_("扣分"), max_digits=4, decimal_places=1, default=0)
    opinion = models.TextField(_("评估意见"), max_length=1000, blank=True)
    total = models.DecimalField(_("总分"), max_digits=5, decimal_places=2, null=True, blank=True)
    is_capped = models.BooleanField(_("因重大问题封顶"), default=False)
    grade = models.CharField(_("等级"), max_length=10, choices=Grade, blank=True)
    status = models.CharField(
        _("状态"),
        max_length=12,
        choices=EvaluationStatus,
        default=EvaluationStatus.ASSIGNED,
        editable=False,
        db_index=True,
    )
    due_on = models.DateField(_("办理期限"), null=True, blank=True)
    submitted_at = models.DateTimeField(_("评估时间"), null=True, blank=True)
    rectification = models.TextField(_("整改情况"), max_length=1000, blank=True)

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        verbose_name = _("评估")
        verbose_name_plural = _("评估")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=EvaluationStatus.values), name="evaluation_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(status=EvaluationStatus.ASSIGNED)
                | Q(status=EvaluationStatus.PASSED, total__gte=rules.PASS)
                | Q(status__in=[EvaluationStatus.FAILED, EvaluationStatus.RECTIFIED], total__lt=rules.PASS),
                name="evaluation_passes_from_sixty",
            ),
        ]

    @property
    def current_due_on(self) -> date | None:
        """The date, as long as the project runs: of one that has ended nothing is overdue."""
        return self.due_on if self.project.is_running else None

    def __str__(self) -> str:
        return f"{self.project} · {self.get_kind_display()}"


class EvaluationScore(models.Model):
    """Points of one item, with the item as it stood (code, dimension, name, maximum)."""

    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="scores")
    code = models.CharField(max_length=40)
    dimension = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    max_points = models.DecimalField(max_digits=5, decimal_places=1)
    points = models.DecimalField(max_digits=5, decimal_places=1, null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "code"], name="one_score_per_item"),
            models.CheckConstraint(
                condition=Q(points__isnull=True) | Q(points__gte=0, points__lte=F("max_points")),
                name="points_lie_in_the_item",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.points}"
