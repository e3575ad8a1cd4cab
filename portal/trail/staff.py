"""U7 操作日志: who did what, for those who check the others. Nothing here can be edited from anywhere."""

from __future__ import annotations

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.log_actions import registry

from portal.access import Role
from portal.access.staff import DateColumn, ScopedViewSet
from portal.trail import queries
from portal.trail.models import Event
from portal.trail.policies import policy


def actions() -> list[tuple[str, Any]]:
    """Return (code, label) of every registered act of ours."""
    return sorted((code, label) for code, label in registry.get_choices() if not code.startswith("wagtail."))


class EventFilterSet(WagtailFilterSet):
    timestamp = django_filters.DateFromToRangeFilter(label=_("时间"), widget=DateRangePickerWidget)
    action = django_filters.ChoiceFilter(label=_("操作"), choices=actions)
    role = django_filters.ChoiceFilter(label=_("角色"), choices=Role.choices)
    user = django_filters.CharFilter(label=_("操作人（账号）"), field_name="user__username", lookup_expr="iexact")
    object_id = django_filters.CharFilter(label=_("对象编号"))
    request_id = django_filters.CharFilter(label=_("请求编号"))

    class Meta:
        model = Event
        fields: list[str] = []


class EventViewSet(ScopedViewSet):
    model = Event
    name = "staff_events"
    url_prefix = "trail"
    icon = "history"
    menu_label = _("操作日志")
    menu_order = 800
    menu_name = "trail"
    add_to_admin_menu = True
    policy = policy
    inspect_template = "trail/inspect.html"
    list_display = (
        DateColumn("timestamp", label=_("时间"), sort_key="timestamp", width="15%"),
        Column("user", label=_("操作人"), accessor="user_display_name", width="12%"),
        Column("role", label=_("角色"), accessor="get_role_display", width="11%"),
        Column("action", label=_("操作"), accessor="act", sort_key="action", width="12%"),
        Column("label", label=_("对象")),
        Column("reason", label=_("理由")),
    )
    list_select_related = ("user", "content_type")
    filterset_class = EventFilterSet
    search_fields = ("label", "reason", "object_id", "request_id")
    labels = {
        "id": _("序号"), "user_display_name": _("操作人"), "act": _("操作"), "action": _("操作代码"),
        "object_verbose_name": _("对象类型"), "object_id": _("对象编号"), "label": _("对象"), "request_id": _("请求编号"),
        "timestamp": _("时间"),
    }  # fmt: skip
    list_export = (
        "id", "timestamp", "user_display_name", "role", "act", "action", "object_verbose_name", "object_id",
        "label", "reason", "before", "after", "request_id",
    )  # fmt: skip
    inspect_view_fields = (
        "id", "timestamp", "user_display_name", "role", "act", "label", "object_id", "reason", "request_id",
    )  # fmt: skip
    late_fields = ("role", "reason", "request_id")

    def extra(self, user: Any, event: Event) -> dict[str, Any]:
        return {"entry": queries.entry(event), "chain": queries.chain(), "seal": queries.seal_of(event)}


events = EventViewSet()
