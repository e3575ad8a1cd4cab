"""Administrative divisions: province → city → district → street/town → community/village → grid."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node, MP_NodeManager, MP_NodeQuerySet

from portal import clock


class Level(models.TextChoices):
    PROVINCE = "PROVINCE", _("省")
    CITY = "CITY", _("市")
    DISTRICT = "DISTRICT", _("区（县）")
    STREET = "STREET", _("街道（镇）")
    COMMUNITY = "COMMUNITY", _("社区（村）")
    GRID = "GRID", _("网格")


class RegionQuerySet(MP_NodeQuerySet):
    def active(self, on: date | None = None) -> RegionQuerySet:
        """The divisions in use on a day, today if none is named."""
        on = on or clock.today()
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=on), Q(valid_to__isnull=True) | Q(valid_to__gte=on)
        )

    def visible_to(self, user: Any) -> RegionQuerySet:
        """The subtrees of the person's role grants."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(user.scope(field=""))

    def within(self, region: Region) -> RegionQuerySet:
        return self.filter(path__startswith=region.path)


class RegionManager(MP_NodeManager.from_queryset(RegionQuerySet)):
    def get_queryset(self) -> RegionQuerySet:
        return RegionQuerySet(self.model, using=self._db).order_by("path")


class Region(MP_Node):
    """One division. `code`: GB/T 2260 (2, 4, 6 digits), then 9 and 12 digits; unique for ever."""

    code = models.CharField(_("代码"), max_length=15, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    level = models.CharField(_("级别"), max_length=12, choices=Level)
    is_village = models.BooleanField(_("村"), default=False)
    has_namesake = models.BooleanField(_("同级有重名"), default=False, editable=False)
    valid_from = models.DateField(_("启用日期"), null=True, blank=True)
    valid_to = models.DateField(_("停用日期"), null=True, blank=True)
    successors = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="predecessors", verbose_name=_("承继区划")
    )

    node_order_by = ["code"]

    objects = RegionManager()

    class Meta:
        verbose_name = _("行政区划")
        verbose_name_plural = _("行政区划")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_to__isnull=True)
                | Q(valid_to__gte=models.F("valid_from")),
                name="region_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name; with its code where another division beside it has the same: 俞范社区(330211002012)."""
        return f"{self.name}（{self.code}）" if self.has_namesake else self.name

    label.fget.short_description = _("名称")  # type: ignore[attr-defined]

    @property
    def is_active(self) -> bool:
        today = clock.today()
        return (self.valid_from is None or self.valid_from <= today) and (
            self.valid_to is None or self.valid_to >= today
        )
