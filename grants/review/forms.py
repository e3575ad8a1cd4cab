"""Forms of the review: the secretary's and the expert's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from grants.applications.models import Application
from grants.calls.models import Round
from grants.review import queries
from grants.review.models import Candidacy, Conflict, Declaration, PanelMember
from grants.review.models.panel import Stage
from portal import clock
from portal.access import Role
from portal.accounts.models import RoleGrant, User

WHEN = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


def still_to_come(moment: datetime) -> datetime:
    if moment <= clock.now():
        raise forms.ValidationError(_("评分截止时间已经过去，请填写以后的时间。"))
    return moment


class PanelForm(forms.Form):
    round = forms.ModelChoiceField(Round.objects.none(), label=_("批次"), empty_label=None)
    stage = forms.ChoiceField(
        label=_("环节"), choices=Stage, required=False, initial=Stage.PAPER, help_text=_("答辩组在确定入围名单后成立")
    )
    name = forms.CharField(label=_("评审组名称"), max_length=40, help_text=_("例如：甲组"))
    due_at = forms.DateTimeField(
        label=_("评分截止"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    is_blind = forms.BooleanField(
        label=_("匿名评审（专家看不到单位名称和等级）"),
        required=False,
        initial=True,
        help_text=_("评分表发布前已按匿名评审核对。不匿名的，材料显示单位名称和等级，评分项不变。"),
    )

    def clean_due_at(self) -> datetime:
        return still_to_come(self.cleaned_data["due_at"])

    def clean_stage(self) -> str:
        return self.cleaned_data["stage"] or Stage.PAPER

    def __init__(self, *args: Any, user: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["round"].queryset = Round.objects.filter(
            user.scope(Role.PANEL_SECRETARY), applications__status="SCREEN_PASSED"
        ).distinct()


class DueForm(forms.Form):
    due_at = forms.DateTimeField(label=_("新的评分截止"), widget=WHEN)
    reason = forms.CharField(
        label=_("理由"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("评分已经开始的必填，至少 5 个字，专家会看到；此时只能推迟。"),
    )  # fmt: skip

    def clean_due_at(self) -> datetime:
        return still_to_come(self.cleaned_data["due_at"])


class SeatForm(forms.Form):
    user = forms.ModelChoiceField(User.objects.none(), label=_("专家"), empty_label=None)
    is_substitute = forms.BooleanField(label=_("替补"), required=False)
    is_finance = forms.BooleanField(label=_("财务专家"), required=False)

    def __init__(self, *args: Any, panel: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        path = panel.round.region.path
        holders = RoleGrant.objects.in_force(clock.today()).filter(
            role__in=[Role.EXPERT, Role.EXPERT_FIN],
            region__path__in=[path[:end] for end in range(4, len(path) + 1, 4)],
        )
        people = User.objects.filter(pk__in=holders.values("user"), is_active=True)
        self.fields["user"].queryset = people.exclude(panel_seats__panel=panel).order_by("name")


class EnterForm(forms.Form):
    applications_ = forms.ModelMultipleChoiceField(
        Application.objects.none(), label=_("初审通过、还没有进入评审的项目"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, panel: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        rows = Application.objects.screened(panel.round).filter(candidacy__isnull=True).order_by("number")
        field = self.fields["applications_"]
        field.queryset = rows
        field.initial = list(rows)
        field.label_from_instance = lambda one: f"{one.number} {one.title}"


class ScheduleForm(forms.Form):
    candidacies = forms.ModelMultipleChoiceField(
        Candidacy.objects.none(), label=_("入围、还没有安排答辩的项目"), widget=forms.CheckboxSelectMultiple
    )
    starts_at = forms.DateTimeField(label=_("第一项开始"), widget=WHEN)
    minutes = forms.IntegerField(
        label=_("每项分钟数"), initial=15, min_value=5, max_value=120, help_text=_("讲述、提问和评分合计")
    )
    room = forms.CharField(label=_("地点"), max_length=60)

    def __init__(self, *args: Any, panel: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        rows = queries.unscheduled(panel.round)
        field = self.fields["candidacies"]
        field.queryset = rows
        field.initial = list(rows)
        field.label_from_instance = lambda one: (
            f"{one.code} {one.application.title}（{one.application.organization}）"
        )


class MoveSlotForm(forms.Form):
    starts_at = forms.DateTimeField(label=_("开始"), widget=WHEN)
    room = forms.CharField(label=_("地点"), max_length=60)


class SealForm(forms.Form):
    note = forms.CharField(
        label=_("离散说明"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("有项目的最高分与最低分相差超过 25 分时必填，至少 20 个字。"),
    )  # fmt: skip


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label=_("不能参加的原因"), min_length=5, max_length=200, widget=forms.Textarea(attrs={"rows": 3})
    )


class StepInForm(forms.Form):
    member = forms.ModelChoiceField(PanelMember.objects.none(), label=_("谢绝的专家"), empty_label=None)
    substitute = forms.ModelChoiceField(PanelMember.objects.none(), label=_("替补专家"), empty_label=None)

    def __init__(self, *args: Any, panel: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        seats = panel.members.select_related("user")
        self.fields["member"].queryset = seats.filter(declined_at__isnull=False)
        self.fields["substitute"].queryset = seats.filter(is_substitute=True, declined_at__isnull=True)


class DecisionForm(forms.Form):
    reason = forms.CharField(label=_("理由"), min_length=5, max_length=200, widget=forms.Textarea(attrs={"rows": 3}))


class SubstituteForm(forms.Form):
    member = forms.ModelChoiceField(PanelMember.objects.none(), label=_("替补专家"), empty_label=None)

    def __init__(self, *args: Any, conflict: Conflict, **kwargs: Any):
        super().__init__(*args, **kwargs)
        seats = PanelMember.objects.filter(panel=conflict.member.panel_id, is_substitute=True, declined_at=None)
        self.fields["member"].queryset = seats.select_related("user")


class RecusalForm(forms.Form):
    reason = forms.ChoiceField(label=_("回避原因"), choices=Conflict.Reason, widget=forms.RadioSelect)
    note = forms.CharField(label=_("说明"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 3}))


class DeclarationForm(forms.Form):
    """One choice per applicant, none preselected; and the promise."""

    promise = forms.BooleanField(
        label=_("我承诺保守评审秘密，独立、公正评分，不与申报单位私下接触。"),
        error_messages={"required": _("请先作出承诺。")},
    )

    def __init__(self, *args: Any, organizations: list[Any], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.organizations = organizations
        for one in organizations:
            self.fields[f"answer_{one.pk}"] = forms.ChoiceField(
                label=one.name,
                choices=Declaration.Answer.choices,
                widget=forms.RadioSelect,
                error_messages={"required": _("请对“%(name)s”作出选择。") % {"name": one.name}},
            )
            self.fields[f"note_{one.pk}"] = forms.CharField(
                label=_("说明（%(name)s）") % {"name": one.name}, max_length=200, required=False
            )

    def rows(self) -> list[dict[str, Any]]:
        return [
            {"organization": one, "answer": self[f"answer_{one.pk}"], "note": self[f"note_{one.pk}"]}
            for one in self.organizations
        ]

    def answers(self) -> dict[int, str]:
        return {one.pk: self.cleaned_data[f"answer_{one.pk}"] for one in self.organizations}

    def notes(self) -> dict[int, str]:
        return {one.pk: self.cleaned_data[f"note_{one.pk}"] for one in self.organizations}
