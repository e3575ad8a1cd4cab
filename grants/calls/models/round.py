"""A round and everything that is dated data on it: money, rubric, rules, tranches."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from grants.calls import rules
from grants.calls.states import S, Stage
from portal import clock
from portal.access import Role
from portal.accounts.models import new_key

READERS = (
    Role.BUREAU_OFFICER, Role.BUREAU_HEAD, Role.BUREAU_LEADER, Role.BUREAU_FINANCE, Role.FINANCE, Role.CASHIER,
    Role.STREET, Role.PANEL_SECRETARY, Role.AUDITOR, Role.SUPERVISOR, Role.SYS_ADMIN,
)  # fmt: skip

PUBLIC_STATES = (S.PUBLISHED, S.OPEN, S.CLOSED, S.SUSPENDED, S.ARCHIVED)


class ProgrammeType(models.Model):
    """A programme differs by form, route, ceiling and payment: data, not branches in code."""

    class Code(models.TextChoices):
        VENTURE = "VENTURE", _("公益创投")
        MICRO = "MICRO", _("微民生")
        FACILITY = "FACILITY", _("社区用房补助")
        REWARD = "REWARD", _("以奖代补")
        PURCHASE = "PURCHASE", _("政府购买服务")

    class Route(models.TextChoices):
        PANEL = "PANEL", _("专家评审")
        CASE = "CASE", _("一事一议")

    class Payment(models.TextChoices):
        ADVANCE = "ADVANCE", _("分期预付")
        AFTER = "AFTER", _("验收后支付")

    code = models.CharField(_("代码"), max_length=12, choices=Code, unique=True)
    name = models.CharField(_("名称"), max_length=40)
    prefix = models.CharField(_("编号前缀"), max_length=4, unique=True)
    route = models.CharField(_("立项方式"), max_length=8, choices=Route)
    payment = models.CharField(_("支付方式"), max_length=8, choices=Payment)
    ceiling = models.BigIntegerField(_("最高资助额（分）"), null=True, blank=True)

    class Meta:
        verbose_name = _("项目类型")
        verbose_name_plural = _("项目类型")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class RoundQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> RoundQuerySet:
        """Staff: rounds of their subtree and of the regions above it. Anyone else: what is published."""
        if not user.is_authenticated or not user.is_active or not user.has_role(*READERS):
            return self.public()
        mine = Q(pk__in=[])
        for grant in user.grants_now:
            if grant.role in READERS:
                above = [grant.region.path[:end] for end in range(4, len(grant.region.path), 4)]
                mine |= Q(region__path__startswith=grant.region.path) | Q(region__path__in=above)
        return self.filter(mine)

    def public(self) -> RoundQuerySet:
        return self.filter(status__in=PUBLIC_STATES)

    def in_window(self, moment: datetime) -> RoundQuerySet:
        """Rounds that take applications at `moment`, whatever the job has done about their status."""
        return self.filter(status__in=TAKING, opens_at__lte=moment, closes_at__gte=moment.replace(microsecond=0))


TAKING = (S.PUBLISHED, S.OPEN, S.CLOSED)
"""A submission is judged by the window. The job may mark the round closed while one waits for a lock."""


class Round(models.Model):
    """One call of one programme in one region and year. Amounts in fen."""

    class ScoreRule(models.TextChoices):
        TRIMMED = "TRIMMED", _("去掉最高最低分后平均")
        MEAN = "MEAN", _("直接平均")

    class Absence(models.TextChoices):
        GIVEN_UP = "GIVEN_UP", _("视为放弃，不排名")
        ZERO = "ZERO", _("答辩计 0 分，参加排名")

    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    code = models.CharField(_("批次代码"), max_length=20, unique=True)
    title = models.CharField(_("名称"), max_length=80)
    programme = models.ForeignKey(ProgrammeType, on_delete=models.PROTECT, verbose_name=_("项目类型"))
    region = models.ForeignKey("regions.Region", on_delete=models.PROTECT, verbose_name=_("区域"))
    year = models.PositiveSmallIntegerField(_("年度"))
    status = models.CharField(_("状态"), max_length=12, choices=S, default=S.DRAFT, editable=False)
    stage = models.CharField(_("阶段"), max_length=12, choices=Stage, default="", blank=True, editable=False)
    opens_at = models.DateTimeField(_("申报开始"), null=True, blank=True)
    closes_at = models.DateTimeField(_("申报截止"), null=True, blank=True)
    ceiling = models.BigIntegerField(_("每项最高资助额"), default=0)
    publicity_days = models.PositiveSmallIntegerField(_("公示工作日"), default=5, validators=[MinValueValidator(5)])
    score_rule = models.CharField(_("计分办法"), max_length=8, choices=ScoreRule, default=ScoreRule.TRIMMED)
    paper_percent = models.PositiveSmallIntegerField(
        _("初评占比"), default=40, validators=[MaxValueValidator(100)], help_text=_("其余为答辩；不设答辩时不用")
    )
    defence_places = models.PositiveSmallIntegerField(
        _("答辩入围数"), default=0, help_text=_("按初评排名取前几名参加答辩；0 为不设答辩")
    )
    absence = models.CharField(_("答辩缺席"), max_length=8, choices=Absence, default=Absence.GIVEN_UP)
    experts = models.PositiveSmallIntegerField(_("每项评审专家数"), default=5)
    applications_per_organization = models.PositiveSmallIntegerField(
        _("每单位申报数"), default=2, validators=[MinValueValidator(1)]
    )
    awards_per_organization = models.PositiveSmallIntegerField(_("每单位立项数"), default=1)
    starts_on = models.DateField(_("实施期自"), null=True, blank=True)
    ends_on = models.DateField(_("实施期至"), null=True, blank=True)
    min_months = models.PositiveSmallIntegerField(_("最短月数"), default=6)
    max_months = models.PositiveSmallIntegerField(_("最长月数"), default=12)
    screening_days = models.PositiveSmallIntegerField(_("资格审查工作日"), default=10)
    correction_days = models.PositiveSmallIntegerField(_("补正工作日"), default=3)
    host = models.CharField(_("主办单位"), max_length=60, default="", blank=True)
    contact = models.CharField(_("咨询单位"), max_length=60, default="", blank=True)
    phone = models.CharField(_("咨询电话"), max_length=20, default="", blank=True)
    categories = models.TextField(_("项目类别"), default="为老\n助残\n儿童青少年\n救助帮困\n社区治理与其他公益")
    forbidden = models.TextField(
        _("不得列支"), default="固定资产\n基建\n日常房租\n招待\n旅游\n礼品\n现金慰问", help_text=_("每行一个词")
    )
    due_on = models.DateField(_("办理期限"), null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("批次")
        verbose_name_plural = _("批次")
        ordering = ["-year", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=S.values), name="round_has_a_known_status"),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="round_closes_after_it_opens"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="round_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(ceiling__gte=0), name="round_ceiling_is_not_negative"),
            models.CheckConstraint(condition=Q(paper_percent__lte=100), name="round_paper_share_is_a_percentage"),
            models.CheckConstraint(
                condition=~Q(status__in=[S.PUBLISHED, S.OPEN, S.CLOSED]) | Q(published_by__isnull=False),
                name="published_round_names_its_publisher",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def takes_applications(self, moment: datetime) -> bool:
        """Decide by the printed window, not by the job that opens and closes."""
        return self.status in TAKING and rules.is_within(moment, self.opens_at, self.closes_at)

    def has_closed(self, moment: datetime) -> bool:
        return bool(self.closes_at) and moment.replace(microsecond=0) > self.closes_at

    @property
    def has_review(self) -> bool:
        """Whether experts score; a programme decided case by case goes from the screening to the meeting."""
        return self.programme.route == ProgrammeType.Route.PANEL

    @property
    def has_defence(self) -> bool:
        return self.defence_places > 0

    @property
    def category_names(self) -> list[str]:
        return [line.strip() for line in self.categories.splitlines() if line.strip()]

    @property
    def forbidden_words(self) -> list[str]:
        return [line.strip() for line in self.forbidden.splitlines() if line.strip()]


class Criterion(models.Model):
    """One line of the rubric. bands: [{"from": 0, "to": 4, "text": "…"}]"""

    class Stage(models.TextChoices):
        PAPER = "PAPER", _("初评")
        DEFENCE = "DEFENCE", _("答辩")
        MIDTERM = "MIDTERM", _("中期评估")
        FINAL = "FINAL", _("末期评估")

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="criteria")
    stage = models.CharField(_("环节"), max_length=8, choices=Stage, default=Stage.PAPER)
    code = models.CharField(_("代码"), max_length=8)
    name = models.CharField(_("名称"), max_length=40)
    max_points = models.PositiveSmallIntegerField(
        _("分值"), validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    guidance = models.TextField(_("评分说明"), blank=True)
    bands = models.JSONField(_("分档"), default=list, blank=True)
    for_finance = models.BooleanField(_("仅财务专家"), default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("评分项")
        verbose_name_plural = _("评分项")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["round", "stage", "code"], name="one_criterion_per_round_stage_and_code"),
            models.CheckConstraint(
                condition=Q(max_points__gte=1) & Q(max_points__lte=100), name="criterion_has_1_to_100_points"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.max_points}"


class BudgetRule(models.Model):
    """A cap on a category: share of the grant part in 1/10,000, or price of one unit in fen."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="budget_rules")
    category = models.CharField(
        _("科目"), max_length=2, choices=[(code, _(name)) for code, name in rules.BUDGET_CATEGORIES.items()]
    )
    max_permyriad = models.PositiveIntegerField(_("占申请资助额上限（万分比）"), null=True, blank=True)
    max_unit_price = models.BigIntegerField(_("单价上限"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("预算规则")
        verbose_name_plural = _("预算规则")
        ordering = ["category"]
        constraints = [
            models.UniqueConstraint(fields=["round", "category"], name="one_budget_rule_per_round_and_category"),
            models.CheckConstraint(
                condition=Q(max_permyriad__isnull=True) | Q(max_permyriad__lte=10_000),
                name="budget_rule_caps_at_most_everything",
            ),
        ]

    def __str__(self) -> str:
        return self.get_category_display()

    @property
    def cap(self) -> str:
        """The share in words, "" where only the price of a unit is capped."""
        return "" if self.max_permyriad is None else rules.percent(self.max_permyriad)


class TrancheRule(models.Model):
    """One instalment of the template, in whole percent of the award."""

    class Milestone(models.TextChoices):
        AGREEMENT = "agreement", _("协议签署")
        MIDTERM = "midterm", _("中期评估通过")
        FINAL = "final", _("末期评估通过")

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="tranche_rules")
    number = models.PositiveSmallIntegerField(_("期次"))
    percent = models.PositiveSmallIntegerField(_("比例"), validators=[MinValueValidator(1), MaxValueValidator(100)])
    milestone = models.CharField(_("条件"), max_length=12, choices=Milestone)

    class Meta:
        verbose_name = _("拨付安排")
        verbose_name_plural = _("拨付安排")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="one_tranche_rule_per_round_and_number"),
            models.CheckConstraint(
                condition=Q(percent__gte=1) & Q(percent__lte=100), name="tranche_is_1_to_100_percent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.percent}%"


class EligibilityRule(models.Model):
    """One condition of taking part, with its screening code (E01–E20) and the clause quoted.

    number: the rule's parameter where it has one (days, months, or 1/10,000 of the total budget);
    words: a list, one per line (kinds of payee for E01). valid_from: a rule may start later than the round.
    """

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="eligibility_rules")
    code = models.CharField(_("代码"), max_length=3)
    text = models.CharField(_("条件"), max_length=160)
    clause = models.CharField(_("依据"), max_length=160, blank=True)
    number = models.IntegerField(_("参数"), null=True, blank=True)
    words = models.TextField(_("清单"), blank=True)
    valid_from = models.DateField(_("自"), default=clock.today)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("资格规则")
        verbose_name_plural = _("资格规则")
        ordering = ["position", "code", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["round", "code", "valid_from"], name="one_rule_per_round_code_and_date")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


class AttachmentRule(models.Model):
    """A paper that an application must or may carry."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="attachment_rules")
    code = models.CharField(_("代码"), max_length=20)
    name = models.CharField(_("名称"), max_length=40)
    why = models.CharField(_("用途"), max_length=120, blank=True)
    is_required = models.BooleanField(_("必交"), default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("附件要求")
        verbose_name_plural = _("附件要求")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["round", "code"], name="one_attachment_rule_per_round_and_code")
        ]

    def __str__(self) -> str:
        return self.name
