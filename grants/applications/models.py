"""Applications: the draft in sections, its budget and plan, and every submitted version for ever."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from grants.applications.states import HANDED_IN, PHASES, S
from grants.calls.rules import BUDGET_CATEGORIES
from orgs.registry.models import Organization
from portal import clock
from portal.access import Role
from portal.accounts.models import new_key
from portal.fields.models import AppendOnly
from portal.lifecycle import MoveNotAllowed

READERS = (
    Role.BUREAU_OFFICER, Role.BUREAU_HEAD, Role.BUREAU_LEADER, Role.BUREAU_FINANCE, Role.STREET,
    Role.PANEL_SECRETARY, Role.AUDITOR, Role.SUPERVISOR,
)  # fmt: skip
"""Staff who read applications of their subtree once handed in. Experts read in review, by assignment."""


class Series(models.Model):
    """The last number given out for a prefix such as "VEN-2026"."""

    prefix = models.CharField(max_length=20, unique=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("编号序列")
        verbose_name_plural = _("编号序列")

    def __str__(self) -> str:
        return f"{self.prefix}: {self.last}"


class ApplicationQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> ApplicationQuerySet:
        """Members: their organization's. Staff: what was handed in from their subtree."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        own = Q(organization__in=Organization.objects.of_member(user).values("pk"))
        return self.filter(own | (user.scope(*READERS) & Q(submitted_at__isnull=False)))

    def screened(self, round: Any) -> ApplicationQuerySet:
        """The applications of `round` that passed screening."""
        return self.filter(round=round, status=S.SCREEN_PASSED)

    def handed_in(self) -> ApplicationQuerySet:
        return self.filter(status__in=HANDED_IN)


class Application(models.Model):
    """One project asked for by one organization in one round.

    slot: 1..round limit, given at submission; unique per round and organization, so the database
    refuses one too many. amount_requested: fen, the grant part of the budget lines.
    """

    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    token = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    number = models.CharField(_("申报编号"), max_length=20, unique=True, editable=False)
    round = models.ForeignKey("calls.Round", on_delete=models.PROTECT, related_name="applications")
    form_version = models.ForeignKey("dynforms.FormVersion", on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(
        "registry.Organization", on_delete=models.PROTECT, related_name="applications", verbose_name=_("申报单位")
    )
    payee = models.ForeignKey(
        "registry.Organization", null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        verbose_name=_("收款单位"),
    )  # fmt: skip
    slot = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    slot_limit = models.PositiveSmallIntegerField(editable=False)
    status = models.CharField(_("状态"), max_length=14, choices=S, default=S.DRAFT, editable=False)
    stage = models.CharField(_("阶段"), max_length=20, choices=PHASES, default="", blank=True, editable=False)
    title = models.CharField(_("项目名称"), max_length=30, blank=True)
    category = models.CharField(_("类别"), max_length=20, blank=True)
    region = models.ForeignKey("regions.Region", on_delete=models.PROTECT, verbose_name=_("实施地"))
    starts_on = models.DateField(_("开始日期"), null=True, blank=True)
    ends_on = models.DateField(_("结束日期"), null=True, blank=True)
    amount_requested = models.BigIntegerField(_("申请资助额"), default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True, editable=False)
    version = models.ForeignKey(
        "Version", null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    due_on = models.DateField(_("办理期限"), null=True, blank=True, editable=False)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("申报")
        verbose_name_plural = _("申报")
        ordering = ["-number"]
        indexes = [models.Index(fields=["round", "status"]), models.Index(fields=["status", "due_on"])]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "organization", "slot"],
                condition=~Q(status=S.WITHDRAWN),
                name="one_application_per_round_organization_and_slot",
            ),
            models.CheckConstraint(
                condition=Q(slot__isnull=True) | Q(slot__gte=1) & Q(slot__lte=F("slot_limit")),
                name="application_slot_is_within_the_limit",
            ),
            models.CheckConstraint(condition=Q(status__in=S.values), name="application_has_a_known_status"),
            models.CheckConstraint(
                condition=~Q(status__in=HANDED_IN)
                | Q(slot__isnull=False, version__isnull=False, submitted_at__isnull=False),
                name="handed_in_application_has_slot_version_and_time",
            ),
            models.CheckConstraint(
                condition=Q(amount_requested__gte=0), name="application_asks_for_no_negative_amount"
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.number

    @property
    def phase(self) -> str:
        """The code of what has become of it: the stage of the floors above where there is one, else the status."""
        return self.stage if self.status == S.SCREEN_PASSED and self.stage in PHASES else self.status

    def get_phase_display(self) -> str:
        return str(PHASES.get(self.phase) or self.get_status_display())

    @property
    def submission(self) -> Version:
        """The version handed in. Raises MoveNotAllowed for a draft; the database keeps state and version together."""
        if self.version is None:
            raise MoveNotAllowed(gettext("这份申报还没有提交。"))
        return self.version

    @property
    def date_for_applicant(self) -> date | None:
        """The day the applicant acts or is answered by; none once screening or, for a draft, the window is over."""
        is_waiting = self.status in (S.SUBMITTED, S.RETURNED)
        is_open = self.status == S.DRAFT and not self.round.has_closed(clock.now())
        return self.due_on if is_waiting or is_open else None


class Section(models.Model):
    """One page of the wizard. code: overview, organization, eligibility, plan, budget, attachments, or a form section id.

    answers: question id -> JSON value (form sections only); version: counts saves, compared and swapped.
    """

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="sections")
    code = models.CharField(max_length=40)
    answers = models.JSONField(default=dict, blank=True)
    version = models.PositiveIntegerField(default=0)
    is_done = models.BooleanField(_("写完了"), default=False)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    saved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("章节")
        verbose_name_plural = _("章节")
        constraints = [
            models.UniqueConstraint(fields=["application", "code"], name="one_section_per_application_and_code")
        ]

    def __str__(self) -> str:
        return self.code


class Source(models.TextChoices):
    GRANT = "GRANT", _("资助")
    SELF = "SELF", _("自筹")
    OTHER = "OTHER", _("其他")


class BudgetLine(models.Model):
    """One line: unit_price (fen) × quantity × times = amount (fen, half up)."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="budget_lines")
    position = models.PositiveSmallIntegerField()
    category = models.CharField(
        _("科目"), max_length=2, choices=[(code, _(name)) for code, name in BUDGET_CATEGORIES.items()]
    )
    item = models.CharField(_("支出内容"), max_length=40)
    unit_price = models.BigIntegerField(_("单价"))
    quantity = models.DecimalField(_("数量"), max_digits=8, decimal_places=2)
    unit = models.CharField(_("单位"), max_length=8, blank=True)
    times = models.PositiveIntegerField(_("次数"), default=1)
    amount = models.BigIntegerField(_("小计"))
    source = models.CharField(_("来源"), max_length=5, choices=Source, default=Source.GRANT)
    basis = models.CharField(_("测算依据"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("预算行")
        verbose_name_plural = _("预算行")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="budget_line_is_not_negative"),
            models.UniqueConstraint(fields=["application", "position"], name="one_budget_line_per_position"),
        ]

    def __str__(self) -> str:
        return self.item


class PlannedItem(models.Model):
    """One planned activity. month: the first day of the month; persons: at each time."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="planned_items")
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(_("活动"), max_length=40)
    month = models.DateField(_("月份"))
    times = models.PositiveSmallIntegerField(_("次数"), default=1)
    persons = models.PositiveIntegerField(_("每次人数"))
    place = models.CharField(_("地点"), max_length=40, blank=True)
    output = models.CharField(_("产出"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("活动计划")
        verbose_name_plural = _("活动计划")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class Attachment(models.Model):
    """A paper of the application. code: of the round's AttachmentRule, or a question id. Removed rows stay."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="attachments")
    code = models.CharField(max_length=40)
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=clock.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("附件")
        verbose_name_plural = _("附件")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.code


class Version(AppendOnly):
    """What was handed in. Append-only: the database refuses UPDATE and DELETE.

    sha256: of the canonical JSON of everything else here, so that anyone can prove the content.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=30)
    overview = models.JSONField()
    answers = models.JSONField()
    form_version = models.ForeignKey("dynforms.FormVersion", on_delete=models.PROTECT, related_name="+")
    budget = models.JSONField()
    plan = models.JSONField()
    attachments = models.JSONField()
    amount_requested = models.BigIntegerField()
    commitment = models.TextField()
    sha256 = models.CharField(max_length=64)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()

    class Meta:
        verbose_name = _("提交版本")
        verbose_name_plural = _("提交版本")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["application", "number"], name="one_version_per_number")]

    def __str__(self) -> str:
        return f"{self.application} v{self.number}"


class Correction(models.Model):
    """The one list of everything to correct, told at once. items: [{"section", "text"}]"""

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="correction")
    items = models.JSONField(_("补正内容"))
    returned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    returned_at = models.DateTimeField()
    due_on = models.DateField(_("补正期限"))
    answered_at = models.DateTimeField(_("补正时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("补正")
        verbose_name_plural = _("补正")

    def __str__(self) -> str:
        return f"{self.application} {self.due_on}"

    def is_over(self, moment: datetime) -> bool:
        """The last day belongs to the applicant until midnight in Shanghai."""
        return moment.astimezone(clock.ZONE).date() > self.due_on


class Screening(models.Model):
    """The result of screening. checks: [{"code", "verdict", "evidence"}] as the officer saw them."""

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="screening")
    passed = models.BooleanField(_("通过"))
    codes = models.JSONField(_("原因代码"), default=list, blank=True)
    note = models.TextField(_("说明"), blank=True)
    checks = models.JSONField(default=list)
    screened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    screened_at = models.DateTimeField()

    class Meta:
        verbose_name = _("资格审查")
        verbose_name_plural = _("资格审查")
        constraints = [
            models.CheckConstraint(condition=Q(passed=True) | ~Q(codes=[]), name="failed_screening_names_its_reasons")
        ]

    def __str__(self) -> str:
        return f"{self.application} {self.passed}"
