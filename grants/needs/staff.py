"""Moderating needs in the admin."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from grants.needs import commands, forms
from grants.needs.models import Need
from grants.needs.policies import policy
from portal.access.staff import DateColumn, DueColumn, MoveView, NameColumn, RegionColumn, ScopedViewSet, StateColumn


class ListNeed(MoveView):
    model, policy, action, command, form_class = Need, policy, "list", commands.list_, forms.ListForm
    title = submit_label = _("列入清单")

    def consequences(self, obj: Need) -> list[str]:
        return [_("公开标题和公开内容出现在居民需求清单上，原话只在内部保留。")]

    def tells(self, obj: Need) -> list[str]:
        return [_("提出人")]

    def get_initial(self) -> dict[str, Any]:
        return {"title": self.object.raw_title, "text": self.object.raw_text}


class Decline(MoveView):
    model, policy, action, command, form_class = Need, policy, "decline", commands.decline, forms.DeclineForm
    title = submit_label = _("不列入")

    def consequences(self, obj: Need) -> list[str]:
        return [_("需求不公开，答复只有提出人看到。")]

    def tells(self, obj: Need) -> list[str]:
        return [_("提出人")]


class NeedViewSet(ScopedViewSet):
    model = Need
    name = "staff_needs"
    empty_words = _("没有新需求。居民和社区提交的需求会出现在这里。")
    policy = policy
    icon = "comment"
    menu_label = _("需求")
    menu_order = 5
    add_to_admin_menu = True
    list_display = [
        NameColumn("raw_title", label=_("需求"), sub="number", sort_key="number"),
        RegionColumn("region", label=_("社区（村）")),
        DateColumn("posted_at", label=_("提出时间"), sort_key="posted_at"),
        StateColumn(),
        DueColumn("due_on", label=_("办理期限"), sort_key="due_on"),
    ]
    list_filter = ["status"]
    search_fields = ["number", "raw_title", "title"]
    list_export = ["number", "title", "text", "status", "posted_at"]
    list_select_related = ["region"]
    inspect_view_fields = ["number", "region", "raw_title", "raw_text", "title", "text", "persons", "reason"]
    moves = [ListNeed, Decline]
