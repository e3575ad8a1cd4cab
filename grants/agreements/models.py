"""The project, its agreement and its plan: budget lines, activities, tranches, milestones, holds."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from grants.agreements.rules import MILESTONES
from grants.agreements.states import AgreementStatus, AmendmentStatus, ProjectStatus
from grants.calls.rules import BUDGET_CATEGORIES
from orgs.registry.models import Organization
from portal import clock
from portal.access import Role
from portal.accounts.models import new_key

USER = settings.AUTH_USER_MODEL

READERS = (
    Role.BUREAU_OFFICER, Role.BUREAU_HEAD, Role.BUREAU_LEADER, Role.BUREAU_FINANCE, Role.FINANCE, Role.CASHIER,
    Role.STREET, Role.COMMUNITY, Role.OPERATOR, Role.AUDITOR, Role.SUPERVISOR,
)  # fmt: skip


def person(label: str = "", **options: Any) -> models.ForeignKey:
    """Return a key to a person who did something. People who acted are never deleted."""
    return models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", verbose_name=label, **options)


class ProjectQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> ProjectQuerySet:
        """Staff: the subtree of their grants. Members: projects that their organization does or is paid for."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        mine = Organization.objects.of_member(user).values("pk")
        return self.filter(user.scope(*READERS) | Q(organization__in=mine) | Q(payee__in=mine))

    def running(self) -> ProjectQuerySet:
        return self.filter(status__in=(ProjectStatus.ACTIVE, ProjectStatus.FINISHING))


class Project(models.Model):
    """What an award becomes once it is drafted into an agreement. `code` is the award's."""

    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    code = models.CharField(_("编号"), max_length=32, unique=True)
    award = models.OneToOneField("awards.Award", on_delete=models.PROTECT, related_name="project")
    organization = models.ForeignKey(
        "registry.Organization", on_delete=models.PROTECT, related_name="projects", verbose_name=_("实施单位")
    )
    payee = models.ForeignKey(
        "registry.Organization", on_delete=models.PROTECT, related_name="paid_projects", verbose_name=_("收款单位")
    )
    region = models.ForeignKey("regions.Region", on_delete=models.PROTECT, verbose_name=_("所属区域"))
    title = models.CharField(_("项目"), max_length=120)
    amount = models.BigIntegerField(_("立项资助"))
    status = models.CharField(
        _("状态"), max_length=12, choices=ProjectStatus, default=ProjectStatus.PREPARING, editable=False
    )
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("结束日期"))
    due_on = models.DateField(_("办理期限"), null=True, blank=True)
    created_by = person()
    created_at = models.DateTimeField(default=clock.now, editable=False)
    closed_by = person(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    certificate_number = models.CharField(
        _("结项证书号"), max_length=40, unique=True, null=True, blank=True, editable=False
    )

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("项目")
        verbose_name_plural = _("项目")
        ordering = ["-code"]
        indexes = [models.Index(fields=["status", "due_on"], name="project_by_status_and_due")]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=ProjectStatus.values), name="project_status_is_known"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="project_amount_is_positive"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="project_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(
                    status__in=(ProjectStatus.CLOSED_PASS, ProjectStatus.CLOSED_FAIL),
                    closed_at__isnull=False,
                    certificate_number__isnull=False,
                )
                | (
                    ~Q(status__in=(ProjectStatus.CLOSED_PASS, ProjectStatus.CLOSED_FAIL))
                    & Q(closed_at__isnull=True, certificate_number__isnull=True)
                ),
                name="project_is_closed_with_a_certificate",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_running(self) -> bool:
        return self.status in (ProjectStatus.ACTIVE, ProjectStatus.FINISHING)


class PartyCode(models.TextChoices):
    """Parties are data: two, three or four of them (domain.md § 0.17), in this order on the paper."""

    BUREAU = "BUREAU", _("主办单位")
    OPERATOR = "OPERATOR", _("承办单位")
    ORGANIZATION = "ORGANIZATION", _("实施单位")
    COMMUNITY = "COMMUNITY", _("落地社区")


class AgreementQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> AgreementQuerySet:
        return self.filter(project__in=Project.objects.visible_to(user).values("pk"))


class Agreement(models.Model):
    """The terms of one project. Frozen from the first acceptance on."""

    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    project = models.OneToOneField(Project, on_delete=models.PROTECT, related_name="agreement")
    number = models.CharField(_("协议编号"), max_length=40, unique=True)
    status = models.CharField(
        _("状态"), max_length=12, choices=AgreementStatus, default=AgreementStatus.DRAFT, editable=False
    )
    clauses = models.JSONField(_("条款"), default=list)
    drafted_by = person(_("起草人"))
    drafted_at = models.DateTimeField(_("起草时间"), default=clock.now, editable=False)
    due_on = models.DateField(_("签约期限"), null=True, blank=True)
    signed_copy = models.ForeignKey(
        "files.StoredFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    signed_stored_by = person(null=True, blank=True)
    signed_on = models.DateField(_("签署日期"), null=True, blank=True)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("协议")
        verbose_name_plural = _("协议")
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=AgreementStatus.values), name="agreement_status_is_known"),
            models.CheckConstraint(
                condition=~Q(status=AgreementStatus.SIGNED) | Q(signed_copy__isnull=False, signed_on__isnull=False),
                name="signed_agreement_has_its_copy",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Party(models.Model):
    """One side of an agreement; `is_required`: the agreement waits for its acceptance."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="parties")
    code = models.CharField(max_length=12, choices=PartyCode)
    name = models.CharField(_("名称"), max_length=80)
    uscc = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    is_required = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("协议方")
        verbose_name_plural = _("协议方")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "code"], name="one_party_of_each_kind_per_agreement"),
            models.CheckConstraint(condition=Q(code__in=PartyCode.values), name="party_code_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_code_display()} {self.name}"


class Acceptance(models.Model):
    """A party said yes through one person. Two parties never speak through the same person."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="acceptances")
    party = models.CharField(max_length=12, choices=PartyCode)
    by = person()
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("确认")
        verbose_name_plural = _("确认")
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "party"], name="each_party_accepts_once"),
            models.UniqueConstraint(fields=["agreement", "by"], name="two_parties_accept_through_two_persons"),
        ]

    def __str__(self) -> str:
        return f"{self.get_party_display()} · {self.by}"


class BudgetLine(models.Model):
    """The approved budget, in the categories of the call. The lines add up to the award."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="budget_lines")
    position = models.PositiveSmallIntegerField(default=0)
    category = models.CharField(_("科目"), max_length=8)
    item = models.CharField(_("内容"), max_length=120)
    amount = models.BigIntegerField(_("核定"))

    class Meta:
        verbose_name = _("预算明细")
        verbose_name_plural = _("预算明细")
        ordering = ["project", "position", "pk"]
        constraints = [models.CheckConstraint(condition=Q(amount__gte=0), name="project_budget_line_is_not_negative")]

    def __str__(self) -> str:
        return f"{self.label} {self.item}"

    @property
    def label(self) -> str:
        return gettext(BUDGET_CATEGORIES.get(self.category, gettext_noop("其他")))


class PlannedActivity(models.Model):
    """What is promised: named services by month, times and persons: service contacts of all times together."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="planned_activities")
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(_("活动"), max_length=120)
    month = models.CharField(_("月份"), max_length=20, blank=True)
    times = models.PositiveIntegerField(_("次数"), default=1)
    persons = models.PositiveIntegerField(_("服务人次"), default=0)
    place = models.CharField(_("地点"), max_length=120, blank=True)
    output = models.CharField(_("产出"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("计划活动")
        verbose_name_plural = _("计划活动")
        ordering = ["project", "position", "pk"]

    def __str__(self) -> str:
        return self.name


class Tranche(models.Model):
    """One instalment of the plan. `milestone`: the mark that frees it. Zero tranches are not made."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="tranches")
    number = models.PositiveSmallIntegerField(_("期次"))
    percent = models.PositiveSmallIntegerField(_("比例"))
    amount = models.BigIntegerField(_("金额"))
    milestone = models.CharField(_("条件"), max_length=16)
    is_pay_after = models.BooleanField(_("验收后支付"), default=False)
    released_at = models.DateTimeField(_("核减时间"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("拨付计划")
        verbose_name_plural = _("拨付计划")
        ordering = ["project", "number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="tranches_of_a_project_are_numbered"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="tranche_amount_is_positive"),
            models.CheckConstraint(condition=Q(percent__lte=100), name="tranche_percent_is_at_most_100"),
        ]

    def __str__(self) -> str:
        return gettext("第 %s 期") % self.number

    @property
    def condition(self) -> str:
        """Say in words what frees it: "中期评估通过"."""
        return gettext(MILESTONES.get(self.milestone, self.milestone))


class Milestone(models.Model):
    """A mark that higher floors set and others read: "the mid-term report has passed"."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="milestones")
    code = models.CharField(max_length=16)
    due_on = models.DateField(_("计划日期"), null=True, blank=True)
    met_at = models.DateTimeField(null=True, blank=True)
    met_by = person(null=True, blank=True)
    path = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("里程碑")
        verbose_name_plural = _("里程碑")
        ordering = ["project", "due_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["project", "code"], name="a_milestone_stands_once_per_project")
        ]

    def __str__(self) -> str:
        return gettext(MILESTONES.get(self.code, self.code))

    @property
    def is_met(self) -> bool:
        return self.met_at is not None


class HoldQuerySet(models.QuerySet):
    def open(self) -> HoldQuerySet:
        return self.filter(lifted_at__isnull=True)


class Hold(models.Model):
    """A stop on every further payment of a project, until another person lifts it."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="holds")
    code = models.CharField(max_length=40)
    reason = models.CharField(_("原因"), max_length=300)
    path = models.CharField(max_length=200, blank=True)
    placed_by = person()
    placed_at = models.DateTimeField(default=clock.now, editable=False)
    lifted_by = person(null=True, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lift_reason = models.CharField(max_length=300, blank=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("暂缓拨付")
        verbose_name_plural = _("暂缓拨付")
        ordering = ["-placed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "code"], condition=Q(lifted_at__isnull=True), name="one_open_hold_per_cause"
            ),
            models.CheckConstraint(
                condition=Q(lifted_by__isnull=True) | ~Q(lifted_by=F("placed_by")),
                name="hold_is_lifted_by_another_person",
            ),
            models.CheckConstraint(
                condition=Q(lifted_by__isnull=True, lifted_at__isnull=True)
                | Q(lifted_by__isnull=False, lifted_at__isnull=False),
                name="lifted_hold_names_who_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.reason}"


class AmendmentKind(models.TextChoices):
    BUDGET = "BUDGET", _("预算调整")
    RELEASE = "RELEASE", _("核减未拨资金")
    END = "END", _("终止并追回")


class AmendmentQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> AmendmentQuerySet:
        return self.filter(project__in=Project.objects.visible_to(user).values("pk"))


class Amendment(models.Model):
    """A change of the budget between lines; money that will not be paid and goes back to the envelope; or the end
    of the project before its time, with what is to be claimed back."""

    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="amendments", verbose_name=_("项目"))
    number = models.PositiveSmallIntegerField(_("序号"))
    kind = models.CharField(_("类型"), max_length=8, choices=AmendmentKind, default=AmendmentKind.BUDGET)
    status = models.CharField(
        _("状态"), max_length=10, choices=AmendmentStatus, default=AmendmentStatus.REQUESTED, editable=False
    )
    reason = models.CharField(_("理由"), max_length=500)
    amounts = models.JSONField(default=dict)
    """Budget: line pk (text) -> new fen. Release: tranche number (text) -> fen. End: what it did, account kind -> fen."""
    before = models.JSONField(default=dict, editable=False)
    requested_by = person(_("提出人"))
    requested_at = models.DateTimeField(default=clock.now, editable=False)
    due_on = models.DateField(_("办理期限"), null=True, blank=True)
    decided_by = person(_("批复人"), null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(_("意见"), max_length=300, blank=True)

    objects = AmendmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("变更")
        verbose_name_plural = _("变更")
        ordering = ["project", "number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="amendments_of_a_project_are_numbered"),
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(status=AmendmentStatus.REQUESTED),
                name="one_open_amendment_per_project",
            ),
            models.CheckConstraint(condition=Q(status__in=AmendmentStatus.values), name="amendment_status_is_known"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requested_by")),
                name="amendment_has_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(code)s 第 %(number)s 次变更") % {"code": self.project.code, "number": self.number}
