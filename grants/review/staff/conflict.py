"""The secretary's screens of conflicts: decide a doubt, replace an expert."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column

from grants.review import commands, forms
from grants.review.models import Conflict
from grants.review.policies import conflicts
from portal.access.staff import (
    DateColumn,
    DueColumn,
    InspectView,
    MoveView,
    NameColumn,
    ScopedViewSet,
    StateColumn,
)


class ConflictMove(MoveView):
    model = Conflict
    policy = conflicts
    form_class = forms.DecisionForm

    def success_url(self, obj: Any) -> str:
        return reverse("staff_panels:console", args=[obj.member.panel_id])


class Confirm(ConflictMove):
    action = "confirm"
    command = commands.confirm_conflict
    title = _("确认回避")
    submit_label = _("确认回避")
    success_message = _("已确认回避，请安排替补。")

    def consequences(self, obj: Conflict) -> list[str]:
        return [str(_("这位专家不评审这个项目，他对这个项目的评分不计入成绩。"))]


class Dismiss(ConflictMove):
    action = "dismiss"
    command = commands.dismiss_conflict
    title = _("认定无需回避")
    submit_label = _("认定无需回避")
    success_message = _("已认定无需回避，专家可以继续评审。")

    def consequences(self, obj: Conflict) -> list[str]:
        return [str(_("专家重新看到这份材料；封存的评分恢复为草稿。"))]


class Substitute(ConflictMove):
    action = "substitute"
    command = commands.substitute
    form_class = forms.SubstituteForm
    form_takes = "conflict"
    title = _("递补专家")
    submit_label = _("递补")
    success_message = _("已递补，替补专家已收到通知。")

    def consequences(self, obj: Conflict) -> list[str]:
        return [str(_("这个项目交给替补专家评审，原专家不再评审。"))]


class ConflictView(InspectView):
    def get_reason_display_value(self) -> str:
        return self.object.why

    def get_candidacy_display_value(self) -> str:
        return f"{self.object.candidacy} {self.object.candidacy.application.title}"


class ConflictViewSet(ScopedViewSet):
    model = Conflict
    name = "staff_conflicts"
    empty_words = _("没有回避记录。专家声明回避或系统发现关联后会出现在这里。")
    menu_label = _("回避登记")
    icon = "warning"
    list_display = [
        NameColumn("title", label=_("项目"), accessor="candidacy.application.title", sub="candidacy.code"),
        Column("panel", label=_("评审组"), accessor="member.panel"),
        Column("member", label=_("专家"), accessor="member", sort_key="member"),
        Column("why", label=_("原因"), accessor="why"),
        StateColumn(),
        DateColumn("declared_at", label=_("登记时间"), sort_key="declared_at"),
        DueColumn("due_on", label=_("办理期限")),
    ]
    list_select_related = ["candidacy__application", "member__user", "member__panel__round"]
    labels = {"declared_at": _("声明时间")}
    list_filter = ["status", "origin"]
    list_export = ["candidacy", "member", "reason", "origin", "status", "decision"]
    inspect_view_class = ConflictView
    late_fields = ("note", "decided_by", "decision")
    inspect_view_fields = [
        "candidacy",
        "member",
        "reason",
        "note",
        "origin",
        "status",
        "declared_at",
        "decided_by",
        "decision",
    ]
    moves = [Confirm, Dismiss, Substitute]
