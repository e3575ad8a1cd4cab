"""The deciding body's resolution, and the awards it makes."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from grants.awards.states import HOLDING, Meeting, S
from grants.calls.models import ProgrammeType
from grants.publicity.models import Publicity
from grants.publicity.states import S as Publishing
from orgs.registry.models import Organization
from portal import clock
from portal.access import Role
from portal.accounts.models import new_key
from portal.search.models import BigramField, Indexed

READERS = (
    Role.BUREAU_OFFICER, Role.BUREAU_HEAD, Role.BUREAU_LEADER, Role.BUREAU_FINANCE, Role.FINANCE, Role.CASHIER,
    Role.STREET, Role.PANEL_SECRETARY, Role.AUDITOR, Role.SUPERVISOR,
)  # fmt: skip


class ResolutionQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> ResolutionQuerySet:
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(user.scope(*READERS, field="round__region"))


class Resolution(models.Model):
    """集体研究决定: drafted by an officer from the minutes, confirmed by a leader, then it counts."""

    class Kind(models.TextChoices):
        PARTY_GROUP = "PARTY_GROUP", _("党组会议")
        BUREAU = "BUREAU", _("局长办公会议")
        SPECIAL = "SPECIAL", _("专题会议")

    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    round = models.ForeignKey(
        "calls.Round", on_delete=models.PROTECT, related_name="resolutions", verbose_name=_("批次")
    )
    status = models.CharField(_("状态"), max_length=8, choices=Meeting, default=Meeting.DRAFT, editable=False)
    kind = models.CharField(_("会议类型"), max_length=12, choices=Kind)
    met_on = models.DateField(_("会议日期"))
    minutes_number = models.CharField(_("纪要文号"), max_length=40)
    attendees = models.TextField(_("出席人员"), max_length=500)
    recusals = models.TextField(_("回避情况"), max_length=500, blank=True)
    cut_reason = models.CharField(_("资金线说明"), max_length=300, blank=True, editable=False)
    publicity = models.ForeignKey(
        "publicity.Publicity",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        verbose_name=_("公示"),
    )
    due_on = models.DateField(_("办理期限"), null=True, blank=True, editable=False)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False, verbose_name=_("录入人")
    )
    drafted_at = models.DateTimeField(default=clock.now, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        verbose_name=_("确认人"),
    )
    recorded_at = models.DateTimeField(_("确认时间"), null=True, blank=True, editable=False)

    objects = ResolutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("集体研究决定")
        verbose_name_plural = _("集体研究决定")
        ordering = ["-met_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["round", "minutes_number"], name="one_resolution_per_round_and_minutes"),
            models.CheckConstraint(
                condition=Q(recorded_by__isnull=True) | ~Q(recorded_by=F("drafted_by")),
                name="resolution_has_four_eyes",
            ),
            models.CheckConstraint(
                condition=~Q(status=Meeting.RECORDED) | Q(recorded_by__isnull=False),
                name="recorded_resolution_names_who_recorded_it",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.minutes_number}"


class ResolutionItem(models.Model):
    """What the meeting said of one application. amount: fen proposed; reason: for every departure from the ranking."""

    class Verdict(models.TextChoices):
        PROPOSED = "PROPOSED", _("拟立项")
        RESERVE = "RESERVE", _("备选")
        NOT_PROPOSED = "NOT_PROPOSED", _("不立项")

    resolution = models.ForeignKey(
        Resolution, on_delete=models.CASCADE, related_name="items", verbose_name=_("会议结果")
    )
    application = models.ForeignKey(
        "applications.Application", on_delete=models.PROTECT, related_name="+", verbose_name=_("申报")
    )
    position = models.PositiveSmallIntegerField(_("名次"))
    rank = models.PositiveSmallIntegerField(_("原名次"), null=True, blank=True)
    verdict = models.CharField(_("结果"), max_length=12, choices=Verdict)
    amount = models.BigIntegerField(_("建议额"), default=0)
    reason = models.CharField(_("调整理由"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("会议结果")
        verbose_name_plural = _("会议结果")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["resolution", "application"], name="one_item_per_resolution_and_application"
            ),
            models.CheckConstraint(
                condition=~Q(verdict="PROPOSED") | Q(amount__gt=0), name="proposed_item_has_a_positive_amount"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.application}"


class AwardQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> AwardQuerySet:
        """Staff: their subtree. Members: their organization's once it is public what became of it."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        mine = Organization.objects.of_member(user).values("pk")
        told = Publicity.objects.exclude(status=Publishing.DRAFT).values("pk")
        listed = Q(publicity__in=told) | Q(status=S.NOT_PROPOSED, resolution__publicity__in=told)
        own = (Q(organization__in=mine) | Q(payee__in=mine)) & listed
        return self.filter(user.scope(*READERS) | own)

    def with_programme(self) -> AwardQuerySet:
        """With the name of the programme type, so that a list asks for it once."""
        types = ProgrammeType.objects.filter(code=models.OuterRef("programme"))
        return self.annotate(programme_name=models.Subquery(types.values("name")[:1]))

    def approved(self) -> AwardQuerySet:
        return self.filter(status=S.APPROVED)

    def holding(self) -> AwardQuerySet:
        return self.filter(status__in=HOLDING)


class Award(Indexed, models.Model):
    """A grant to one payee. amount: fen, the sum of its shares while money is held for it.

    code: the application's number, or the code of the imported list. slot: 1..round limit per
    organization while the award holds money, so that the database refuses one too many.
    budget: [{"category", "item", "amount"}], frozen at confirmation, adds up to amount.
    """

    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    code = models.CharField(_("编号"), max_length=24, unique=True)
    resolution = models.ForeignKey(
        Resolution,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="awards",
        editable=False,
        verbose_name=_("集体研究决定"),
    )
    round = models.ForeignKey(
        "calls.Round", null=True, blank=True, on_delete=models.PROTECT, related_name="awards", verbose_name=_("批次")
    )
    application = models.OneToOneField(
        "applications.Application",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="award",
        verbose_name=_("申报"),
    )
    programme = models.CharField(_("项目类型"), max_length=12, db_index=True)
    organization = models.ForeignKey(
        "registry.Organization", null=True, blank=True, on_delete=models.PROTECT, related_name="awards",
        verbose_name=_("实施单位"),
    )  # fmt: skip
    payee = models.ForeignKey(
        "registry.Organization", null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        verbose_name=_("收款单位"),
    )  # fmt: skip
    organization_name = models.CharField(_("单位名称"), max_length=60)
    region = models.ForeignKey("regions.Region", on_delete=models.PROTECT, verbose_name=_("区域"))
    title = models.CharField(_("项目"), max_length=60)
    year = models.PositiveSmallIntegerField(_("年度"))
    amount = models.BigIntegerField(_("资助金额"), default=0)
    status = models.CharField(_("状态"), max_length=12, choices=S, editable=False)
    position = models.PositiveSmallIntegerField(_("名次"), null=True, blank=True, editable=False)
    slot = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    publicity = models.ForeignKey(
        "publicity.Publicity",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        verbose_name=_("公示"),
    )
    budget = models.JSONField(_("预算"), default=list, blank=True, editable=False)
    document_number = models.CharField(_("立项文号"), max_length=40, blank=True, editable=False)
    paper_number = models.CharField(_("立项通知书编号"), max_length=40, blank=True, editable=False)
    proposed_at = models.DateTimeField(default=clock.now, editable=False)
    confirmed_at = models.DateTimeField(_("立项时间"), null=True, blank=True, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        verbose_name=_("立项人"),
    )
    reason = models.CharField(_("说明"), max_length=300, blank=True, editable=False)
    due_on = models.DateField(_("办理期限"), null=True, blank=True, editable=False)
    is_historic = models.BooleanField(_("历史数据"), default=False, editable=False)
    split_is_invented = models.BooleanField(_("分项为演示推算"), default=False, editable=False)

    objects = AwardQuerySet.as_manager()
    search_fields = [
        BigramField("title"), BigramField("organization_name"), BigramField("code"),
        BigramField("region_name", column="region__name"),
    ]  # fmt: skip

    class Meta:
        verbose_name = _("立项")
        verbose_name_plural = _("立项")
        ordering = ["year", "code"]
        indexes = [models.Index(fields=["programme", "year"]), models.Index(fields=["status", "due_on"])]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=S.values), name="award_has_a_known_status"),
            models.CheckConstraint(
                condition=~Q(status__in=HOLDING) | Q(amount__gt=0), name="award_that_holds_money_is_positive"
            ),
            models.CheckConstraint(
                condition=~Q(status=S.APPROVED)
                | Q(is_historic=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False) & ~Q(document_number=""),
                name="approved_award_has_a_document_number",
            ),
            models.UniqueConstraint(
                fields=["round", "organization", "slot"],
                condition=Q(status__in=HOLDING, slot__isnull=False),
                name="one_award_per_round_organization_and_slot",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=HOLDING) | Q(round__isnull=True) | Q(slot__isnull=False),
                name="award_of_a_round_takes_a_slot",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def region_name(self) -> str:
        return self.region.name

    def get_programme_display(self) -> str:
        """The name of the programme type; a list asks for it with `with_programme`."""
        if name := getattr(self, "programme_name", ""):
            return name
        return ProgrammeType.objects.filter(code=self.programme).values_list("name", flat=True).first() or ""


class AwardShare(models.Model):
    """The part of an award that one source and budget year pays. Data of the award; Σ = amount."""

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="shares")
    source = models.ForeignKey("funds.FundSource", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(_("预算年度"))
    amount = models.BigIntegerField(_("金额"))

    class Meta:
        verbose_name = _("资金来源")
        verbose_name_plural = _("资金来源")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["award", "source", "year"], name="one_share_per_award_source_and_year"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="award_share_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.amount}"
