"""Accounting months. They are closed in order, and reopened from the last one backwards."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from grants.funds.states import PeriodStatus
from portal import clock
from portal.fields.models import AppendOnly


class Period(models.Model):
    """One month. Its status changes only through a PeriodChange (by trigger)."""

    code = models.CharField(_("会计期间"), max_length=7, unique=True, help_text=_("例如 2026-03"))
    starts_on = models.DateField(_("自"), unique=True)
    ends_on = models.DateField(_("至"), unique=True)
    status = models.CharField(
        _("状态"), max_length=8, choices=PeriodStatus, default=PeriodStatus.OPEN, editable=False
    )
    last_change = models.BigIntegerField(null=True, editable=False)

    class Meta:
        verbose_name = _("会计期间")
        verbose_name_plural = _("会计期间")
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="period_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(status__in=PeriodStatus.values), name="period_status_is_known"),
        ]

    def __str__(self) -> str:
        return self.code


class PeriodChange(AppendOnly):
    """Closing or reopening a month: two persons and a reason."""

    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="changes", verbose_name=_("会计期间"))
    status = models.CharField(_("改为"), max_length=8, choices=PeriodStatus)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("经办")
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("批准")
    )
    reason = models.CharField(_("理由"), max_length=200)
    made_at = models.DateTimeField(_("时间"), default=clock.now)

    class Meta:
        verbose_name = _("结账记录")
        verbose_name_plural = _("结账记录")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(made_by=F("approved_by")), name="period_change_has_four_eyes"),
            models.CheckConstraint(condition=~Q(reason=""), name="period_change_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.period_id} {self.status}"
