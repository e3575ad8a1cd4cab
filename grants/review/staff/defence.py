"""The screens of the short list and the defence."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column

from grants.calls.models import Round
from grants.review import commands, forms, queries
from grants.review.models import Panel, Shortlist, Slot
from grants.review.models.panel import READERS
from grants.review.policies import policy, shortlists, slots
from portal import clock
from portal.access.staff import (
    DateColumn,
    FormCommandView,
    InspectView,
    MoveView,
    NameColumn,
    NumberColumn,
    ScopedViewSet,
    StateColumn,
)


class PanelFormView(FormCommandView):
    """A form about one panel of mine. action: of the policy."""

    action = ""

    def check(self, request: Any) -> None:
        panels = Panel.objects.visible_to(request.user).select_related("round")
        self.panel = get_object_or_404(panels, pk=self.kwargs["pk"])
        policy.require(request.user, self.action, self.panel)

    def call(self, answers: dict[str, Any]) -> Any:
        return type(self).command(self.panel, by=self.request.user, **answers)

    def get_success_url(self) -> str:
        return reverse("staff_panels:console", args=[self.panel.pk])

    get_cancel_url = get_success_url


class PanelPickView(PanelFormView):
    """One whose form offers what belongs to the panel."""

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "panel": self.panel}


class ShortlistView(FormCommandView):
    """The paper ranking of a round with the line of the short list; cut it here, once."""

    template_name = "review/shortlist.html"
    header_icon = "list-ol"
    title = _("入围名单")
    submit_label = _("确定入围名单")
    success_message = _("入围名单已确定，申报单位已收到通知。")
    command = commands.cut_shortlist

    def check(self, request: Any) -> None:
        rounds = Round.objects.filter(request.user.scope(*READERS)).select_related("region", "programme")
        self.round = get_object_or_404(rounds.filter(defence_places__gt=0), pk=self.kwargs["pk"])
        if not shortlists.user_has_permission(request.user, "view"):
            raise shortlists.denial("view")
        if request.method == "POST" and not shortlists.user_has_permission(request.user, "cut"):
            raise shortlists.denial("cut")
        if request.method == "POST" and not self.is_near():
            raise PermissionDenied(_("入围名单由本区域的评审秘书或经办人确定。"))

    def is_near(self) -> bool:
        return shortlists.is_near(self.request.user, "cut", self.round)

    def call(self, answers: dict[str, Any]) -> Any:
        return commands.cut_shortlist(self.round, by=self.request.user)

    def get_page_subtitle(self) -> str:
        return str(self.round)

    def get_success_url(self) -> str:
        return reverse("staff_panels:shortlist", args=[self.round.pk])

    def get_cancel_url(self) -> str:
        return reverse("staff_panels:index")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        made = Shortlist.objects.filter(round=self.round).select_related("cut_by").first()
        reasons = [] if made else queries.uncut(self.round)
        rows, words = (made.rows, made.cut) if made else queries.cut(self.round)
        return super().get_context_data(
            round=self.round,
            made=made,
            rows=rows,
            words=words if rows else "",
            reasons=reasons,
            may_cut=not made and not reasons and self.is_near(),
            panels=Panel.objects.filter(round=self.round).order_by("-stage", "name"),
            left=queries.unscheduled(self.round).count() if made else 0,
            **kwargs,
        )


class ScheduleView(PanelPickView):
    action = "schedule"
    title = _("安排答辩")
    intro = _("先后顺序由系统抽签排定，一项接一项。同一负责人、同一地点的时间不能重叠。")
    submit_label = _("安排答辩")
    success_message = _("答辩已安排，申报单位已收到通知。")
    form_class = forms.ScheduleForm
    command = commands.schedule


class SlotMove(MoveView):
    model = Slot
    policy = slots

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("candidacy__application__organization", "panel__round")

    def success_url(self, obj: Any) -> str:
        return reverse("staff_panels:console", args=[obj.panel_id])


class Attend(SlotMove):
    action = "attend"
    command = commands.attend
    title = _("答辩签到")
    submit_label = _("登记到场")
    success_message = _("已登记到场，专家可以评分。")

    def consequences(self, obj: Slot) -> list[str]:
        return [str(_("登记到场时间，专家从此可以给这个项目评分。"))]


class Miss(SlotMove):
    action = "miss"
    command = commands.miss
    title = _("答辩缺席")
    submit_label = _("登记缺席")
    success_message = _("已登记缺席，申报单位已收到通知。")

    def consequences(self, obj: Slot) -> list[str]:
        return [
            str(_("按本批次的规定：缺席的%s。") % obj.panel.round.get_absence_display()),
            str(_("登记后不能再改，专家不再对它评分。")),
        ]

    def tells(self, obj: Slot) -> list[str]:
        return [str(_("%s 的负责人") % obj.candidacy.application.organization)]


class MoveSlot(SlotMove):
    action = "move"
    command = commands.move_slot
    form_class = forms.MoveSlotForm
    title = _("答辩改期")
    submit_label = _("改时间地点")
    success_message = _("已改期，申报单位已收到通知。")

    def consequences(self, obj: Slot) -> list[str]:
        return [str(_("签到以后不能再改；新的时间和地点不能与其他答辩冲突。"))]

    def get_initial(self) -> dict[str, Any]:
        starts_at = self.object.starts_at.astimezone(clock.ZONE)
        return {"starts_at": f"{starts_at:%Y-%m-%dT%H:%M}", "room": self.object.room}

    def tells(self, obj: Slot) -> list[str]:
        return [str(_("%s 的负责人") % obj.candidacy.application.organization)]


class SlotView(InspectView):
    def get_candidacy_display_value(self) -> str:
        return f"{self.object.candidacy} {self.object.candidacy.application.title}"


class SlotViewSet(ScopedViewSet):
    """Every defence of the region, in the order of time; a sign-in list when exported."""

    model = Slot
    name = "staff_slots"
    menu_label = _("答辩安排")
    icon = "calendar-alt"
    list_display = [
        NameColumn(
            "title",
            label=_("项目和单位"),
            accessor="candidacy.application.title",
            sub=lambda one: f"{one.candidacy.code} · {one.candidacy.application.organization}",
        ),
        NumberColumn("position", label=_("顺序"), sort_key="position"),
        DateColumn("starts_at", label=_("开始"), sort_key="starts_at"),
        "room",
        Column("panel", label=_("答辩组"), accessor="panel.name", sort_key="panel__name"),
        StateColumn("candidacy.status"),
        DateColumn("present_at", label=_("签到时间")),
    ]
    list_select_related = ["candidacy__application__organization", "panel__round"]
    list_filter = ["panel", "candidacy__status"]
    list_export = [
        "starts_at", "ends_at", "room", "panel", "position", "candidacy", "candidacy.application.title",
        "candidacy.application.organization", "present_at",
    ]  # fmt: skip
    search_fields = ["candidacy__code", "candidacy__application__title", "room"]
    inspect_view_class = SlotView
    inspect_template = "review/inspect_slot.html"
    inspect_view_fields = ["candidacy", "panel", "position", "starts_at", "ends_at", "room", "present_at", "noted_by"]
    moves = [Attend, Miss, MoveSlot]
