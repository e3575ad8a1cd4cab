"""What the jobs remember in the database: leases, the schedule and the signs of life."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal import clock


class Lease(models.Model):
    """Who alone may do `name` until when."""

    name = models.CharField(max_length=80, unique=True)
    holder = models.CharField(max_length=40)
    until = models.DateTimeField()

    class Meta:
        verbose_name = _("租约")
        verbose_name_plural = _("租约")

    def __str__(self) -> str:
        return self.name


class Schedule(models.Model):
    """When a scheduled job is due next, and how the last time went."""

    name = models.CharField(_("任务"), max_length=80, unique=True)
    next_run_at = models.DateTimeField(_("下次运行"))
    last_run_at = models.DateTimeField(_("上次运行"), null=True, blank=True)
    last_error = models.CharField(_("最近的错误"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("定时任务")
        verbose_name_plural = _("定时任务")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Heartbeat(models.Model):
    """The last sign of life of the worker or of the scheduler."""

    name = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("心跳")
        verbose_name_plural = _("心跳")

    def __str__(self) -> str:
        return self.name
