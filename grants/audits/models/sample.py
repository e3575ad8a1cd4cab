"""A drawn sample: the population as it stood, the seed, the rows."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from grants.audits.models.engagement import Engagement
from grants.audits.states import Method, Result
from portal import clock
from portal.fields.models import AppendOnly


class Sample(AppendOnly):
    """One draw, locked when it is made. population: [[expenditure key, fen], …] in key order."""

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="samples")
    number = models.PositiveSmallIntegerField(_("次数"))
    method = models.CharField(_("方法"), max_length=10, choices=Method)
    size = models.PositiveIntegerField(_("样本量"))
    seed = models.CharField(_("种子"), max_length=64)
    population = models.JSONField(_("总体"))
    population_count = models.PositiveIntegerField(_("总体笔数"))
    population_sum = models.BigIntegerField(_("总体金额"))
    population_sha256 = models.CharField(_("总体指纹"), max_length=64)
    reason = models.CharField(_("重抽理由"), max_length=200, blank=True)
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField(_("抽取时间"), default=clock.now)

    class Meta:
        verbose_name = _("样本")
        verbose_name_plural = _("样本")
        ordering = ["engagement", "number"]
        constraints = [
            models.UniqueConstraint(fields=["engagement", "number"], name="samples_are_numbered"),
            models.CheckConstraint(condition=Q(number=1) | ~Q(reason=""), name="second_draw_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.engagement.number} · {self.number}"


class SampleItem(models.Model):
    """A drawn expenditure and what the auditor found."""

    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveIntegerField(_("序号"))
    expenditure = models.ForeignKey("spending.Expenditure", on_delete=models.PROTECT, related_name="+")
    amount = models.BigIntegerField(_("金额"))
    result = models.CharField(_("结果"), max_length=16, choices=Result, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    tested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    tested_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("样本项")
        verbose_name_plural = _("样本项")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["sample", "expenditure"], name="expenditure_is_drawn_once"),
            models.UniqueConstraint(fields=["sample", "position"], name="sample_items_are_numbered"),
            models.CheckConstraint(
                condition=Q(result="") | Q(tested_by__isnull=False), name="tested_item_names_the_tester"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position} · {self.expenditure}"
