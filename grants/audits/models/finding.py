"""A finding and its way: heard, issued, ordered, replied, verified, settled."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from grants.audits import rules
from grants.audits.models.engagement import READERS, Engagement, named_engagements
from grants.audits.models.sample import SampleItem
from grants.audits.states import FindingStatus, Outcome, Severity
from orgs.registry.models import Organization
from portal import clock
from portal.access import Role
from portal.accounts.models import new_key

BUSINESS_READERS = (
    Role.BUREAU_OFFICER, Role.BUREAU_FINANCE, Role.STREET, Role.AUDITOR,
)  # fmt: skip
"""They see a finding once it is issued, not the working notes before (screens.md § 3.8)."""

WORKING = (FindingStatus.OPEN, FindingStatus.HEARD)


class FindingQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> FindingQuerySet:
        """Named auditors, heads, leaders, supervisors: all. Business staff: issued. Members: from the hearing."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        named = Q(engagement__in=named_engagements(user)) | Q(engagement__planned_by=user)
        published = ~Q(status__in=WORKING) & ~Q(outcome=Outcome.DROPPED)
        own = Q(project__organization__in=Organization.objects.of_member(user), sent_at__isnull=False)
        return self.filter(
            named
            | user.scope(*READERS, field="project__region")
            | (user.scope(*BUSINESS_READERS, field="project__region") & published)
            | own
        )

    def unsettled(self) -> FindingQuerySet:
        return self.exclude(status=FindingStatus.SETTLED)

    def in_rectification(self) -> FindingQuerySet:
        return self.filter(status__in=[FindingStatus.ORDERED, FindingStatus.REPLIED, FindingStatus.VERIFIED])


class Finding(models.Model):
    """amount, disallowed: fen. severity: after raising; is_repeat says that it was raised."""

    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    number = models.CharField(_("编号"), max_length=24, unique=True)
    engagement = models.ForeignKey(
        Engagement, on_delete=models.PROTECT, related_name="findings", verbose_name=_("审计任务")
    )
    project = models.ForeignKey(
        "agreements.Project", on_delete=models.PROTECT, related_name="findings", verbose_name=_("项目")
    )
    item = models.ForeignKey(SampleItem, null=True, blank=True, on_delete=models.PROTECT, related_name="findings")
    expenditure = models.ForeignKey(
        "spending.Expenditure",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="findings",
        verbose_name=_("支出"),
    )
    code = models.CharField(_("问题类型"), max_length=4)
    severity = models.CharField(_("等级"), max_length=1, choices=Severity)
    is_repeat = models.BooleanField(_("屡查屡犯"), default=False)
    fact = models.TextField(_("事实"), max_length=rules.FACT_MAX)
    clause = models.CharField(_("依据条款"), max_length=120)
    amount = models.BigIntegerField(_("涉及金额"), default=0)
    advice = models.CharField(_("处理建议"), max_length=300, blank=True)
    disallowed = models.BigIntegerField(_("剔除金额"), default=0)
    posting = models.OneToOneField(
        "funds.Posting", null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    hold = models.OneToOneField(
        "agreements.Hold", null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    status = models.CharField(
        _("状态"), max_length=10, choices=FindingStatus, default=FindingStatus.OPEN, editable=False, db_index=True
    )
    outcome = models.CharField(_("结果"), max_length=10, choices=Outcome, blank=True, editable=False)
    due_on = models.DateField(_("办理期限"), null=True, blank=True)
    found_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("发现人")
    )
    found_at = models.DateTimeField(_("发现时间"), default=clock.now)
    sent_at = models.DateTimeField(_("征求意见时间"), null=True, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("核查人"),
    )
    verified_at = models.DateTimeField(_("核查时间"), null=True, blank=True)
    settled_at = models.DateTimeField(_("销号时间"), null=True, blank=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("审计问题")
        verbose_name_plural = _("审计问题")
        ordering = ["-found_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=FindingStatus.values), name="finding_status_is_known"),
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True) | ~Q(verified_by=F("found_by")),
                name="verifier_is_not_the_finder",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0, disallowed__gte=0), name="finding_amounts_are_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(disallowed=0) | Q(posting__isnull=False), name="disallowed_amount_is_posted"
            ),
            models.CheckConstraint(
                condition=~Q(status=FindingStatus.VERIFIED) | Q(verified_by__isnull=False),
                name="verified_finding_names_the_verifier",
            ),
            models.CheckConstraint(
                condition=~Q(status=FindingStatus.SETTLED) | ~Q(outcome=""), name="settled_finding_has_an_outcome"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def name(self) -> str:
        return gettext(rules.FINDING_TYPES[self.code].name)

    @property
    def is_holding(self) -> bool:
        """Join `hold` before asking many."""
        return self.hold is not None and self.hold.lifted_at is None


class FindingFile(models.Model):
    """Evidence of the auditor, or papers of the organization with one of its entries."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="files")
    entry = models.ForeignKey("Entry", null=True, blank=True, on_delete=models.PROTECT, related_name="files")
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("问题材料")
        verbose_name_plural = _("问题材料")

    def __str__(self) -> str:
        return str(self.file)


class Entry(models.Model):
    """One word in the thread between auditor and organization. Each round is kept."""

    class Kind(models.TextChoices):
        RESPONSE = "RESPONSE", _("陈述意见")
        REPLY = "REPLY", _("整改报告")
        SEND_BACK = "SEND_BACK", _("退回整改")
        VERIFY = "VERIFY", _("核查意见")
        DECISION = "DECISION", _("处理决定")

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(_("种类"), max_length=10, choices=Kind)
    text = models.TextField(_("内容"), max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("往来意见")
        verbose_name_plural = _("往来意见")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.at:%Y-%m-%d}"


class Order(models.Model):
    """整改通知书, signed by the division head."""

    finding = models.OneToOneField(Finding, on_delete=models.PROTECT, related_name="order")
    number = models.CharField(_("文号"), max_length=24, unique=True)
    measures = models.TextField(_("整改要求"), max_length=500)
    due_on = models.DateField(_("整改期限"))
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(_("签发时间"), default=clock.now)

    class Meta:
        verbose_name = _("整改通知")
        verbose_name_plural = _("整改通知")

    def __str__(self) -> str:
        return self.number
