"""An audit engagement: which projects, which period, by whom."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from grants.audits.states import EngagementStatus
from portal import clock
from portal.access import Role
from portal.accounts.models import new_key

READERS = (Role.BUREAU_HEAD, Role.BUREAU_LEADER, Role.SUPERVISOR)
"""Who sees engagements in the own region without being named in them. Officers see findings once issued."""


class EngagementQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> EngagementQuerySet:
        """Heads, leaders and supervisors: their region. Auditors: the engagements they are named in."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(user.scope(*READERS) | Q(pk__in=named_engagements(user)) | Q(planned_by=user))


def named_engagements(user: Any) -> models.QuerySet:
    """Return the keys of engagements that name this person as auditor, as a subquery."""
    return EngagementUserObjectPermission.objects.filter(user_id=user.pk, permission__codename="audit").values(
        "content_object"
    )


class Engagement(models.Model):
    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    number = models.CharField(_("编号"), max_length=20, unique=True)
    title = models.CharField(_("审计任务"), max_length=80)
    region = models.ForeignKey("regions.Region", on_delete=models.PROTECT, verbose_name=_("区域"))
    projects = models.ManyToManyField("agreements.Project", through="EngagementProject", related_name="engagements")
    period_from = models.DateField(_("审计期间起"))
    period_to = models.DateField(_("审计期间止"))
    firm = models.CharField(_("受托机构"), max_length=60, blank=True)
    conclusion = models.TextField(_("审计结论"), max_length=2000, blank=True)
    status = models.CharField(
        _("状态"),
        max_length=12,
        choices=EngagementStatus,
        default=EngagementStatus.PLANNED,
        editable=False,
        db_index=True,
    )
    due_on = models.DateField(_("办理期限"), null=True, blank=True)
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("下达人")
    )
    planned_at = models.DateTimeField(_("下达时间"), default=clock.now)
    issued_at = models.DateTimeField(_("出具时间"), null=True, blank=True)
    closed_at = models.DateTimeField(_("办结时间"), null=True, blank=True)

    objects = EngagementQuerySet.as_manager()

    class Meta:
        verbose_name = _("审计任务")
        verbose_name_plural = _("审计任务")
        ordering = ["-planned_at", "-pk"]
        permissions = [("audit", "may audit this engagement")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=EngagementStatus.values), name="engagement_status_is_known"
            ),
            models.CheckConstraint(condition=Q(period_to__gte=F("period_from")), name="audited_period_is_forward"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class EngagementProject(models.Model):
    """A project within the scope."""

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="scope")
    project = models.ForeignKey("agreements.Project", on_delete=models.PROTECT, related_name="audited_in")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["engagement", "project"], name="project_is_in_scope_once")]

    def __str__(self) -> str:
        return str(self.project)


class EngagementUserObjectPermission(UserObjectPermissionBase):
    """Who audits: written by commands.name_auditor alone."""

    content_object = models.ForeignKey(Engagement, on_delete=models.CASCADE)


class EngagementGroupObjectPermission(GroupObjectPermissionBase):
    """Guardian wants the pair; no group is ever named."""

    content_object = models.ForeignKey(Engagement, on_delete=models.CASCADE)
