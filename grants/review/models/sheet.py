"""Declarations, score sheets, and the sealed ranking."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from grants.review.models.panel import READERS, Assignment, Panel, PanelMember
from grants.review.states import PanelState, Sheet
from portal import clock
from portal.fields.models import AppendOnly, Trigger, append_only, refusal


class Declaration(AppendOnly):
    """What an expert answered about one applicant of the round (E2), before seeing any dossier."""

    class Answer(models.TextChoices):
        NONE = "NONE", _("无关")
        CONFLICT = "CONFLICT", _("需回避")
        UNSURE = "UNSURE", _("不确定")

    member = models.ForeignKey(PanelMember, on_delete=models.PROTECT, related_name="declarations")
    organization = models.ForeignKey("registry.Organization", on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(_("回答"), max_length=8, choices=Answer)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    declared_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("回避声明")
        verbose_name_plural = _("回避声明")
        constraints = [
            models.UniqueConstraint(
                fields=["member", "organization"], name="one_declaration_per_expert_and_applicant"
            )
        ]

    def __str__(self) -> str:
        return f"{self.member}：{self.get_answer_display()}"


class ScoreSheetQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> ScoreSheetQuerySet:
        """Staff of the round's region, once the panel is locked."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        locked = Q(assignment__member__panel__status__in=[PanelState.LOCKED, PanelState.SEALED])
        return self.filter(user.scope(*READERS, field="assignment__member__panel__round__region") & locked)


class ScoreSheet(models.Model):
    """One expert's judgement of one candidacy. total: set when every criterion has points; version: counts saves."""

    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="sheet")
    status = models.CharField(_("状态"), max_length=10, choices=Sheet, default=Sheet.DRAFT, editable=False)
    total = models.DecimalField(_("合计"), max_digits=5, decimal_places=1, null=True, blank=True, editable=False)
    comment = models.TextField(_("总评语"), max_length=500, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)
    saved_at = models.DateTimeField(null=True, blank=True, editable=False)
    submitted_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ScoreSheetQuerySet.as_manager()

    class Meta:
        verbose_name = _("评分表")
        verbose_name_plural = _("评分表")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Sheet.values), name="sheet_has_a_known_status"),
            models.CheckConstraint(
                condition=~Q(status__in=[Sheet.COMPLETE, Sheet.SUBMITTED]) | Q(total__isnull=False) & ~Q(comment=""),
                name="complete_sheet_has_a_total_and_a_comment",
            ),
            models.CheckConstraint(
                condition=Q(total__isnull=True) | Q(total__gte=0) & Q(total__lte=100), name="sheet_total_is_0_to_100"
            ),
        ]

    def __str__(self) -> str:
        return str(self.assignment)


class Score(models.Model):
    """What one criterion got, in steps of half a point; a comment may come before the points.

    max_points: copied, so that the database can judge.
    """

    sheet = models.ForeignKey(ScoreSheet, on_delete=models.PROTECT, related_name="scores")
    criterion = models.ForeignKey("calls.Criterion", on_delete=models.PROTECT, related_name="+")
    points = models.DecimalField(_("得分"), max_digits=4, decimal_places=1, null=True, blank=True)
    max_points = models.PositiveSmallIntegerField(editable=False)
    comment = models.CharField(_("评语"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("得分")
        verbose_name_plural = _("得分")
        constraints = [
            models.UniqueConstraint(fields=["sheet", "criterion"], name="one_score_per_sheet_and_criterion"),
            models.CheckConstraint(
                condition=Q(points__gte=0) & Q(points__lte=F("max_points")), name="score_is_0_to_its_maximum"
            ),
        ]

    def __str__(self) -> str:
        return f"{'——' if self.points is None else self.points} / {self.max_points}"


class Ranking(AppendOnly):
    """The panel's summary, sealed. rows: queries.RankRow as JSON; sha256: of rule, seed and rows.

    note: what the panel says to marks that lie far apart.
    """

    panel = models.OneToOneField(Panel, on_delete=models.PROTECT, related_name="ranking")
    rule = models.CharField(_("计分办法"), max_length=8)
    rows = models.JSONField()
    sha256 = models.CharField(_("校验码"), max_length=64)
    note = models.CharField(_("离散说明"), max_length=500, blank=True)
    sealed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sealed_at = models.DateTimeField(_("封存时间"))

    class Meta:
        verbose_name = _("评审结果汇总")
        verbose_name_plural = _("评审结果汇总")

    def __str__(self) -> str:
        return f"{self.panel} {self.sha256[:8]}"


STANDING = (
    "EXISTS (SELECT 1 FROM review_scoresheet s JOIN review_assignment a ON a.id = s.assignment_id"
    " JOIN review_conflict c ON c.member_id = a.member_id AND c.candidacy_id = a.candidacy_id"
    " WHERE s.id = NEW.sheet_id AND c.status IN ('UNSURE', 'OPEN'))"
)
LOCKED = (
    "EXISTS (SELECT 1 FROM review_scoresheet s JOIN review_assignment a ON a.id = s.assignment_id"
    " JOIN review_panelmember m ON m.id = a.member_id JOIN review_panel p ON p.id = m.panel_id"
    " WHERE s.id = {row}.sheet_id AND p.status <> 'OPEN')"
)


def triggers() -> list[Trigger]:
    """No score against a standing conflict, none outside an open panel; declarations and rankings stay."""
    score = "review_score"
    return [
        refusal("score_has_no_conflict", score, "BEFORE INSERT", when=STANDING),
        refusal("changed_score_has_no_conflict", score, "BEFORE UPDATE", when=STANDING),
        refusal("score_belongs_to_an_open_panel", score, "BEFORE INSERT", when=LOCKED.format(row="NEW")),
        refusal("locked_score_is_never_changed", score, "BEFORE UPDATE", when=LOCKED.format(row="NEW")),
        refusal("locked_score_is_never_deleted", score, "BEFORE DELETE", when=LOCKED.format(row="OLD")),
        *append_only("review_ranking"),
        *append_only("review_declaration"),
        *append_only("review_shortlist"),
    ]
