"""The short list of a round, and the defence: who speaks when and where, and who came."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from grants.review.models.panel import READERS, Candidacy, Panel
from portal.fields.models import AppendOnly


class Shortlist(AppendOnly):
    """The cut of one round, kept for ever. rows: queries.PlaceRow as JSON; cut: why the line stands where it does."""

    round = models.OneToOneField("calls.Round", on_delete=models.PROTECT, related_name="shortlist")
    places = models.PositiveSmallIntegerField(_("入围名额"))
    rows = models.JSONField()
    cut = models.CharField(_("入围线说明"), max_length=300)
    sha256 = models.CharField(_("校验码"), max_length=64)
    cut_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    cut_at = models.DateTimeField(_("确定时间"))

    class Meta:
        verbose_name = _("入围名单")
        verbose_name_plural = _("入围名单")

    def __str__(self) -> str:
        return f"{self.round} {self.sha256[:8]}"


class SlotQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> SlotQuerySet:
        """Staff of the round's region. Experts and applicants read their own on their own screens."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(user.scope(*READERS, field="panel__round__region"))


class Slot(models.Model):
    """When and where one candidacy is defended before a defence panel.

    position: order of speaking, drawn by the panel's seed. present_at: signed in; an absence is a state of the
    candidacy. noted_by: who recorded either.
    """

    candidacy = models.OneToOneField(
        Candidacy, on_delete=models.PROTECT, related_name="defence", verbose_name=_("项目")
    )
    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="slots", verbose_name=_("答辩组"))
    position = models.PositiveSmallIntegerField(_("顺序"))
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    room = models.CharField(_("地点"), max_length=60)
    present_at = models.DateTimeField(_("签到时间"), null=True, blank=True, editable=False)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False,
        verbose_name=_("登记人"),
    )  # fmt: skip

    objects = SlotQuerySet.as_manager()

    class Meta:
        verbose_name = _("答辩安排")
        verbose_name_plural = _("答辩安排")
        ordering = ["starts_at", "position"]
        constraints = [
            models.UniqueConstraint(fields=["panel", "position"], name="one_slot_per_panel_and_position"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="slot_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(present_at__isnull=True) | Q(noted_by__isnull=False), name="attendance_names_its_recorder"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidacy} · {self.panel}"

    @property
    def status(self) -> str:
        """The state of the candidacy, which a slot's moves walk."""
        return self.candidacy.status
