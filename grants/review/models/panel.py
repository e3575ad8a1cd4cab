"""A panel, the people on it, what it judges, who judges which, and who must not."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from grants.review.states import BLOCKING, UNSEEN, Candidate, ConflictState, PanelState
from orgs.registry.models import Membership
from portal import clock
from portal.access import Role
from portal.accounts.models import new_key

READERS = (
    Role.PANEL_SECRETARY, Role.BUREAU_OFFICER, Role.BUREAU_HEAD, Role.BUREAU_LEADER, Role.AUDITOR, Role.SUPERVISOR,
)  # fmt: skip


class Stage(models.TextChoices):
    PAPER = "PAPER", _("初评")
    DEFENCE = "DEFENCE", _("答辩")


class PanelQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> PanelQuerySet:
        """Staff: the rounds of their subtree. Experts: panels they sit on, once these are open."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        seats = PanelMember.objects.filter(user_id=user.pk, panel=OuterRef("pk"))
        seated = Exists(seats) & ~Q(status__in=UNSEEN)
        return self.filter(user.scope(*READERS, field="round__region") | seated)

    def unsealed(self) -> PanelQuerySet:
        """Those whose result is still to come; one that is cancelled, or a draft that judges nothing, has none."""
        judged = Exists(Candidacy.objects.filter(Q(panel=OuterRef("pk")) | Q(defence__panel=OuterRef("pk"))))
        return self.exclude(status__in=[PanelState.SEALED, PanelState.CANCELLED]).filter(
            ~Q(status=PanelState.DRAFT) | judged
        )


class Panel(models.Model):
    """Five experts and a substitute who judge some applications of one round. due_at: end of scoring."""

    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    round = models.ForeignKey("calls.Round", on_delete=models.PROTECT, related_name="panels", verbose_name=_("批次"))
    name = models.CharField(_("评审组"), max_length=40)
    stage = models.CharField(_("环节"), max_length=8, choices=Stage, default=Stage.PAPER)
    status = models.CharField(_("状态"), max_length=9, choices=PanelState, default=PanelState.DRAFT, editable=False)
    is_blind = models.BooleanField(_("匿名评审"), default=True)
    secretary = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("评审秘书")
    )
    seed = models.CharField(max_length=22, default=new_key, editable=False)
    due_at = models.DateTimeField(_("评分截止"), null=True, blank=True)
    due_on = models.DateField(_("办理期限"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    opened_at = models.DateTimeField(_("开评时间"), null=True, blank=True, editable=False)
    locked_at = models.DateTimeField(_("锁定时间"), null=True, blank=True, editable=False)

    objects = PanelQuerySet.as_manager()

    class Meta:
        verbose_name = _("评审组")
        verbose_name_plural = _("评审组")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=PanelState.values), name="panel_has_a_known_status"),
            models.UniqueConstraint(
                fields=["round", "name", "stage"],
                condition=~Q(status=PanelState.CANCELLED),
                name="one_panel_per_round_name_and_stage",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.get_stage_display()}"

    @property
    def is_defence(self) -> bool:
        return self.stage == Stage.DEFENCE

    @property
    def dossiers(self) -> models.QuerySet[Candidacy]:
        """What this panel judges: entered for the paper review, scheduled for a defence."""
        if self.is_defence:
            return Candidacy.objects.filter(defence__panel=self).order_by("defence__position")
        return self.candidacies.all()


class SeatQuerySet(models.QuerySet):
    """Rows of a panel: candidacies and seats."""

    def visible_to(self, user: Any) -> SeatQuerySet:
        """Staff of the round's region."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(user.scope(*READERS, field="panel__round__region"))


class Candidacy(models.Model):
    """An application before a panel. code: the only name an expert sees, e.g. "P-07"."""

    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    application = models.OneToOneField(
        "applications.Application", on_delete=models.PROTECT, related_name="candidacy", verbose_name=_("申报")
    )
    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="candidacies", verbose_name=_("评审组"))
    code = models.CharField(_("评审编号"), max_length=8)
    status = models.CharField(
        _("状态"), max_length=18, choices=Candidate, default=Candidate.IN_REVIEW, editable=False
    )
    due_on = models.DateField(_("办理期限"), null=True, blank=True, editable=False)

    objects = SeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("参评项目")
        verbose_name_plural = _("参评项目")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["panel", "code"], name="one_candidacy_per_panel_and_code"),
            models.CheckConstraint(condition=Q(status__in=Candidate.values), name="candidacy_has_a_known_status"),
        ]

    def __str__(self) -> str:
        return self.code


class PanelMember(models.Model):
    """A seat. declared_at: promise and conflicts given (E2); submitted_at: all scores handed in (E4);
    declined_at: gave the seat back, a substitute steps in."""

    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="members", verbose_name=_("评审组"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="panel_seats", verbose_name=_("专家")
    )
    is_substitute = models.BooleanField(_("替补"), default=False)
    is_finance = models.BooleanField(_("财务专家"), default=False)
    added_at = models.DateTimeField(default=clock.now, editable=False)
    declared_at = models.DateTimeField(_("承诺时间"), null=True, blank=True, editable=False)
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True, editable=False)
    declined_at = models.DateTimeField(_("谢绝时间"), null=True, blank=True, editable=False)
    decline_reason = models.CharField(_("谢绝原因"), max_length=200, blank=True, editable=False)

    objects = SeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("评审专家")
        verbose_name_plural = _("评审专家")
        ordering = ["is_substitute", "pk"]
        constraints = [models.UniqueConstraint(fields=["panel", "user"], name="one_seat_per_panel_and_person")]

    def __str__(self) -> str:
        return str(self.user)


class ConflictQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> ConflictQuerySet:
        """Staff of the round's region; an expert sees own conflicts on the own screens only."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(user.scope(*READERS, field="candidacy__panel__round__region"))


class Conflict(models.Model):
    """A conflict of interest of one expert with one candidacy."""

    class Reason(models.TextChoices):
        EMPLOYER = "EMPLOYER", _("现在或三年内同单位")
        BOARD = "BOARD", _("任理事、监事或顾问")
        RELATIVE = "RELATIVE", _("亲属")
        PARTNER = "PARTNER", _("合作或师生关系")
        FUNDING = "FUNDING", _("资助或经济往来")
        OTHER = "OTHER", _("其他")

    class Origin(models.TextChoices):
        DECLARED = "DECLARED", _("评审前声明")
        LATER = "LATER", _("评审中声明")
        RULE = "RULE", _("系统查出")

    member = models.ForeignKey(
        PanelMember, on_delete=models.PROTECT, related_name="conflicts", verbose_name=_("专家")
    )
    candidacy = models.ForeignKey(
        Candidacy, on_delete=models.PROTECT, related_name="conflicts", verbose_name=_("项目")
    )
    status = models.CharField(
        _("状态"), max_length=10, choices=ConflictState, default=ConflictState.OPEN, editable=False
    )
    reason = models.CharField(_("原因"), max_length=10, choices=Reason)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    origin = models.CharField(_("来源"), max_length=8, choices=Origin)
    declared_at = models.DateTimeField(default=clock.now, editable=False)
    due_on = models.DateField(_("办理期限"), null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        verbose_name=_("决定人"),
    )
    decided_at = models.DateTimeField(null=True, blank=True, editable=False)
    decision = models.CharField(_("决定理由"), max_length=200, blank=True, editable=False)

    objects = ConflictQuerySet.as_manager()

    class Meta:
        verbose_name = _("回避登记")
        verbose_name_plural = _("回避登记")
        ordering = ["-declared_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["member", "candidacy"], name="one_conflict_per_expert_and_candidacy"),
            models.CheckConstraint(condition=Q(status__in=ConflictState.values), name="conflict_has_a_known_status"),
        ]

    def __str__(self) -> str:
        return f"{self.member} · {self.candidacy}"

    @property
    def why(self) -> str:
        """The reason in words; the declaration before the review asks whether there is one, not which."""
        if self.origin == self.Origin.DECLARED and self.reason == self.Reason.OTHER:
            return self.note or str(_("专家声明有利害关系"))
        return self.get_reason_display()


class AssignmentQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> AssignmentQuerySet:
        """The dossiers of one expert: own seat, promise given, no conflict standing, panel open or later."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.without_conflict().filter(
            member__user_id=user.pk, member__declared_at__isnull=False, removed_at__isnull=True
        ).exclude(member__panel__status__in=UNSEEN)  # fmt: skip

    def active(self) -> AssignmentQuerySet:
        return self.filter(removed_at__isnull=True)

    def without_conflict(self) -> AssignmentQuerySet:
        standing = Conflict.objects.filter(
            member=OuterRef("member"), candidacy=OuterRef("candidacy"), status__in=BLOCKING
        )
        return self.filter(~Exists(standing)).filter(~self.employment())

    def employed(self) -> AssignmentQuerySet:
        """Those whose expert belongs to the applicant (X13)."""
        return self.filter(self.employment())

    @staticmethod
    def employment() -> Q:
        """The expert belongs to the applicant, and the secretary has not decided that this does not matter."""
        at_home = Membership.objects.filter(
            user=OuterRef("member__user"), organization=OuterRef("candidacy__application__organization")
        )
        cleared = Conflict.objects.filter(
            member=OuterRef("member"), candidacy=OuterRef("candidacy"), status=ConflictState.DISMISSED,
            origin=Conflict.Origin.RULE,
        )  # fmt: skip
        return Q(Exists(at_home), ~Exists(cleared))


class Assignment(models.Model):
    """One expert judges one candidacy. position: own random order; is_skipped: put at the end."""

    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    member = models.ForeignKey(
        PanelMember, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("专家")
    )
    candidacy = models.ForeignKey(
        Candidacy, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("项目")
    )
    position = models.PositiveSmallIntegerField(default=0)
    is_skipped = models.BooleanField(_("已跳过"), default=False)
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("分配人")
    )
    assigned_at = models.DateTimeField(default=clock.now, editable=False)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("评审分配")
        verbose_name_plural = _("评审分配")
        ordering = ["is_skipped", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["member", "candidacy"], name="one_assignment_per_expert_and_candidacy")
        ]

    def __str__(self) -> str:
        return f"{self.member} · {self.candidacy}"
