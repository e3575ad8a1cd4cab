"""Administrative divisions: province → city → district → street/town → community/village → grid."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node


class Level(models.TextChoices):
    PROVINCE = "PROVINCE", _("省")
    CITY = "CITY", _("市")
    DISTRICT = "DISTRICT", _("区(县)")
    STREET = "STREET", _("街道(镇)")
    COMMUNITY = "COMMUNITY", _("社区(村)")
    GRID = "GRID", _("网格")


class Region(MP_Node):
    """One division. `code`: GB/T 2260 (2, 4, 6 digits), then 9 and 12 digits; unique for ever."""

    code = models.CharField(_("代码"), max_length=15, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    level = models.CharField(_("级别"), max_length=12, choices=Level)
    is_village = models.BooleanField(_("村"), default=False)
    valid_from = models.DateField(_("启用日期"), null=True, blank=True)
    valid_to = models.DateField(_("停用日期"), null=True, blank=True)
    successors = models.ManyToManyField("self", symmetrical=False, blank=True, verbose_name=_("承继区划"))

    node_order_by = ["code"]

    class Meta:
        verbose_name = _("行政区划")
        verbose_name_plural = _("行政区划")

    def __str__(self) -> str:
        return self.name
