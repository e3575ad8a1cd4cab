"""The secretary's screens: panels, their console, the ranking."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from grants.calls.queries import scoring
from grants.review import commands, forms, queries
from grants.review.models import Panel
from grants.review.policies import policy
from grants.review.staff.defence import PanelFormView, PanelPickView, ScheduleView, ShortlistView
from grants.review.states import PanelState
from portal.access.forms import reason_form
from portal.access.staff import DateColumn, Denial, DueColumn, FormCommandView, MoveView, ScopedViewSet, StateColumn
from portal.spreadsheets.commands import workbook


class PanelMove(MoveView):
    model = Panel
    policy = policy

    def success_url(self, obj: Any) -> str:
        return reverse("staff_panels:console", args=[obj.pk])


class Open(PanelMove):
    action = "open"
    command = commands.open_panel
    title = _("开始评分")
    submit_label = _("开始评分")
    success_message = _("评分已经开始，专家已收到通知。")

    def consequences(self, obj: Panel) -> list[str]:
        return [
            str(
                _("专家先作出承诺和回避声明，再看到匿名材料。")
                if obj.is_blind
                else _("专家先作出承诺和回避声明，再看到材料，材料显示申报单位名称和评估等级。")
            ),
            str(_("评审组的专家和项目从此不能再改，换人通过回避登记递补。")),
        ]

    def tells(self, obj: Panel) -> list[str]:
        return [str(one.user) for one in obj.members.select_related("user")]


class Remind(PanelMove):
    action = "remind"
    command = commands.remind
    title = _("催办")
    submit_label = _("发送催办")
    success_message = _("催办已发出。")

    def consequences(self, obj: Panel) -> list[str]:
        return [str(_("还没有提交评分的专家会收到催办消息，评分和截止时间不变。"))]

    def tells(self, obj: Panel) -> list[str]:
        return [str(one.member.user) for one in queries.progress(obj) if one.assigned and not one.is_done]


class Lock(PanelMove):
    action = "lock"
    command = commands.lock
    title = _("锁定评分")
    submit_label = _("锁定评分")
    success_message = _("评分已锁定。")

    def consequences(self, obj: Panel) -> list[str]:
        return [str(_("从此任何人都不能再改评分。")), str(_("锁定后可以看到成绩和排名。"))]


class Seal(PanelMove):
    action = "seal"
    command = commands.seal
    form_class = forms.SealForm
    title = _("封存评审汇总")
    submit_label = _("封存")
    success_message = _("评审结果汇总已封存。")

    def consequences(self, obj: Panel) -> list[str]:
        return [
            str(_("排名、各份有效总分和并列的排定办法连同校验码一起封存，不能再改。")),
            str(
                _("封存后由集体研究决定立项。")
                if obj.is_defence or not obj.round.has_defence
                else _("封存后按初评排名确定入围名单。")
            ),
            *(str(_("%s 的评分相差超过 25 分，须写明说明。") % code) for code in queries.wide_codes(obj)),
        ]


class ResetDue(PanelMove):
    action = "reset_due"
    command = commands.reset_due
    form_class = forms.DueForm
    title = _("改评分截止")
    submit_label = _("改评分截止")
    success_message = _("评分截止已改。")

    def consequences(self, obj: Panel) -> list[str]:
        return [str(_("评分截止改为下面的时间，已打的评分不变。"))]

    def get_initial(self) -> dict[str, Any]:
        return {"due_at": self.object.due_at}

    def tells(self, obj: Panel) -> list[str]:
        return [str(one.user) for one in obj.members.select_related("user")] if obj.status == PanelState.OPEN else []


class Cancel(PanelMove):
    action = "cancel"
    command = commands.cancel
    form_class = reason_form(300, least=5)
    title = _("取消评审组")
    submit_label = _("取消评审组")
    success_message = _("评审组已取消，其项目等待另一个评审组。")

    def consequences(self, obj: Panel) -> list[str]:
        words = _("%(n)s 个项目回到待安排答辩，申报单位会收到通知；专家名单只留作记录。")
        if not obj.is_defence:
            words = _("%(n)s 个项目回到待评审，专家名单只留作记录。")
        return [str(words % {"n": obj.dossiers.count()})]


def main_step(allowed: set[str], has_experts: bool, has_dossiers: bool) -> str:
    """Return what the panel waits for: the last step that may be taken and has what it needs."""
    middle = ["assign"] * (has_experts and has_dossiers) + ["enter", "schedule"] * has_experts
    return next((step for step in ("seal", "lock", "open", *middle, "seat", "remind") if step in allowed), "")


class ConsoleView(Denial, WagtailAdminTemplateMixin, TemplateView):
    """S1: one panel on one screen. No score is read here before the lock."""

    template_name = "review/console.html"
    header_icon = "group"

    def get_page_title(self) -> str:
        return str(self.panel)

    def get_page_subtitle(self) -> str:
        return str(self.panel.round)

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        panels = Panel.objects.visible_to(request.user).select_related("round", "secretary")
        self.panel = get_object_or_404(panels, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        policy.require(request.user, "view", self.panel)
        return super().get(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("staff_panels:index"), "label": _("评审组")},
            {"url": "", "label": str(self.panel)},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        panel, user = self.panel, self.request.user
        acts = []
        for action, label in (
            ("seat", _("加入专家")),
            ("enter", _("加入项目")),
            ("schedule", _("安排答辩")),
            ("assign", _("分配项目")),
            ("open", _("开始评分")),
            ("reset_due", _("改评分截止")),
            ("remind", _("催办")),
            ("step_in", _("整组递补")),
            ("lock", _("锁定评分")),
            ("seal", _("封存汇总")),
            ("cancel", _("取消评审组")),
        ):
            if policy.is_legal(action, panel) and user.has_role(*policy.roles_for(action)):
                reasons = policy.open_reasons(action, panel)
                acts.append(
                    {
                        "action": action,
                        "label": label,
                        "url": reverse(f"staff_panels:{action}", args=[panel.pk]),
                        "reasons": reasons,
                        "allowed": policy.allows(user, action, panel),
                    }
                )
        is_locked = panel.status in (PanelState.LOCKED, PanelState.SEALED)
        sealed = queries.sealed(panel)
        progress = queries.progress(panel)
        candidacies = list(panel.dossiers.select_related("application__organization"))
        main = main_step({act["action"] for act in acts if act["allowed"]}, bool(progress), bool(candidacies))
        return super().get_context_data(
            panel=panel,
            acts=[{**act, "is_main": act["action"] == main} for act in acts],
            progress=progress,
            candidacies=candidacies,
            slots=queries.slots_of(panel) if panel.is_defence else [],
            conflicts=queries.conflicts_of(panel),
            rows=queries.ranking(panel) if is_locked else [],
            scoring=scoring(panel.round, panel.stage),
            sealed=sealed,
            is_true=queries.is_true_to_seal(panel) if sealed else None,
            stages=[
                (state.label, state == panel.status)
                for state in PanelState
                if (state == PanelState.CANCELLED) <= (panel.status == PanelState.CANCELLED)
            ],
            **kwargs,
        )


class SeatView(PanelPickView):
    action = "seat"
    title = _("加入专家")
    submit_label = _("加入")
    success_message = _("专家已加入。")
    form_class = forms.SeatForm
    command = commands.seat


class EnterView(PanelPickView):
    action = "enter"
    title = _("加入项目")
    intro = _("评审编号由系统随机排定。匿名评审时，专家只看到编号和项目名称。")
    submit_label = _("加入评审")
    success_message = _("项目已进入评审。")
    form_class = forms.EnterForm
    command = commands.enter


class StepInView(PanelPickView):
    action = "step_in"
    title = _("整组递补")
    intro = _("专家谢绝后，由一位替补接手其全部项目；替补与申报单位有利害关系的仍须回避。")
    submit_label = _("递补")
    success_message = _("已递补，替补专家已收到通知。")
    form_class = forms.StepInForm
    command = commands.step_in

    def call(self, answers: dict[str, Any]) -> Any:
        return commands.step_in(answers["member"], answers["substitute"], by=self.request.user)


class FiguresView(Denial, View):
    """The sealed figures as a workbook, from which anybody can compute the ranking again."""

    def get(self, request: Any, pk: int) -> HttpResponse:
        panels = Panel.objects.visible_to(request.user).select_related("round", "ranking")
        panel = get_object_or_404(panels.filter(status=PanelState.SEALED), pk=pk)
        policy.require(request.user, "view", panel)
        content = workbook(queries.figures(panel))
        headers = {
            "Content-Disposition": f'attachment; filename="ranking-{panel.pk}.xlsx"',
            "Cache-Control": "no-store",
        }
        return HttpResponse(
            content,
            content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            headers=headers,
        )


class AssignView(PanelFormView):
    action = "assign"
    title = _("分配项目")
    intro = _("每位专家评审全部项目，顺序各自随机。与申报单位有成员关系的专家自动回避。")
    submit_label = _("分配")
    success_message = _("项目已分配。")
    command = commands.assign


class MakeView(FormCommandView):
    title = _("成立评审组")
    submit_label = _("成立评审组")
    success_message = _("评审组已成立，请加入专家和项目。")
    form_class = forms.PanelForm
    command = commands.make_panel
    roles_required = policy.roles_for("add")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def get_success_url(self) -> str:
        return reverse("staff_panels:console", args=[self.result.pk])

    def get_cancel_url(self) -> str:
        return reverse("staff_panels:index")

    def call(self, answers: dict[str, Any]) -> Any:
        return commands.make_panel(answers.pop("round"), by=self.request.user, **answers)


class PanelViewSet(ScopedViewSet):
    model = Panel
    name = "staff_panels"
    empty_words = _("还没有评审组。评审秘书成立评审组后会出现在这里。")
    list_link = "staff_panels:console"
    menu_label = _("评审组")
    icon = "group"
    list_display = [
        "name", "stage", "round", "secretary", DateColumn("due_at", label=_("评分截止"), sort_key="due_at"), StateColumn(),
        DueColumn("due_on", label=_("办理期限")),
    ]  # fmt: skip
    list_filter = ["round", "stage", "status"]
    search_fields = ["name", "round__title"]
    list_export = ["name", "stage", "round", "status", "due_at", "secretary"]
    inspect_view_fields = [
        "round",
        "name",
        "stage",
        "status",
        "is_blind",
        "secretary",
        "due_at",
        "opened_at",
        "locked_at",
    ]
    actions = [("view", _("打开控制台"), "staff_panels:console")]
    moves = [Open, Remind, ResetDue, Lock, Seal, Cancel]
    links = [(_("成立评审组"), "staff_panels:make", "add")]

    def get_urlpatterns(self) -> list:
        return [
            *super().get_urlpatterns(),
            path("new/", MakeView.as_view(), name="make"),
            path("<int:pk>/console/", ConsoleView.as_view(), name="console"),
            path("<int:pk>/seat/", SeatView.as_view(), name="seat"),
            path("<int:pk>/enter/", EnterView.as_view(), name="enter"),
            path("<int:pk>/schedule/", ScheduleView.as_view(), name="schedule"),
            path("<int:pk>/step_in/", StepInView.as_view(), name="step_in"),
            path("<int:pk>/figures/", FiguresView.as_view(), name="figures"),
            path("shortlist/<int:pk>/", ShortlistView.as_view(), name="shortlist"),
            path("<int:pk>/assign/", AssignView.as_view(), name="assign"),
        ]
