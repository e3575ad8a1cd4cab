"""Divisions in the admin: the tree as a list, and loading a table."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.access import Role
from portal.access.staff import DateColumn, FormCommandView, ScopedViewSet, YesColumn
from portal.regions import commands
from portal.regions.forms import LoadForm
from portal.regions.models import Region
from portal.regions.policies import policy
from portal.spreadsheets.commands import read_rows

COLUMNS = ("code", "name", "valid_from", "valid_to", "successors")


def load_table(*, table: Any, by: Any) -> tuple[int, int]:
    return commands.load(read_rows(table, COLUMNS), by=by)


class LoadView(FormCommandView):
    command = staticmethod(load_table)
    form_class = LoadForm
    roles_required = (Role.SYS_ADMIN,)
    title = _("导入行政区划")
    submit_label = _("导入")
    header_icon = "upload"

    def get_success_message(self) -> str:
        return _("已导入：新增 %(added)s 个，变更 %(changed)s 个。") % {
            "added": self.result[0],
            "changed": self.result[1],
        }

    def get_success_url(self) -> str:
        return reverse("staff_regions:index")

    get_cancel_url = get_success_url


class RegionViewSet(ScopedViewSet):
    model = Region
    policy = policy
    name = "staff_regions"
    icon = "site"
    menu_label = _("行政区划")
    add_to_settings_menu = True
    ordering = "path"
    list_display = (
        "name",
        "code",
        "level",
        YesColumn("is_village", label=_("是否村"), no=_("否"), sort_key="is_village"),
        DateColumn("valid_from", label=_("启用日期"), empty=_("未登记")),
        DateColumn("valid_to", label=_("停用日期"), empty=_("在用")),
    )
    list_filter = ("level", "is_village")
    search_fields = ("name", "code")
    links = ((_("导入行政区划"), "regions_load", "load"),)
    list_export = ("code", "name", "level", "valid_from", "valid_to")
    labels = {"successors": _("承继区划"), "predecessors": _("原区划")}
    inspect_view_fields = ("code", "name", "level", "valid_from", "valid_to", "successors", "predecessors")
