"""What grantees, visitors and evaluators type."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from grants.agreements.models import PlannedActivity, Project
from grants.monitoring import rules
from grants.monitoring.models import Evaluation
from grants.monitoring.queries import Indicator
from grants.monitoring.states import VisitKind, VisitResult
from portal.access.forms import reason_form
from portal.accounts.models import User
from portal.components.forms import DayInput, mark_conditional
from portal.files.forms import ManyFilesField, UploadField

IMAGES = ("jpg", "jpeg", "png", "webp")
MOST_PHOTOS = 12


def day(label: Any, message: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=DayInput(),
        error_messages={"required": message, "invalid": _("日期应为有效日期，例如 2026-08-14。")},
    )


def text(label: Any, rows: int, limit: int, *, help_text: Any = "", required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=limit,
        required=required,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows, "data-limit": limit}),
        error_messages={"required": _("请填写这一项。")},
    )


def hours(label: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=False, min_value=0, max_digits=6, decimal_places=1,
        error_messages={"invalid": _("工时应为数字，例如 12.5。"), "min_value": _("工时不能是负数。")},
    )  # fmt: skip


class ActivityForm(forms.Form):
    planned = forms.ModelChoiceField(
        label=_("对应计划"), queryset=PlannedActivity.objects.none(), required=False, empty_label=_("计划外活动")
    )
    name = forms.CharField(label=_("活动主题"), max_length=60, error_messages={"required": _("请填写活动主题。")})
    held_on = day(_("活动日期"), _("请填写活动日期。"))
    place = forms.CharField(label=_("地点"), max_length=80, error_messages={"required": _("请填写地点。")})
    capacity = forms.IntegerField(label=_("场地容量（人）"), required=False, min_value=1, max_value=100_000)
    persons = forms.IntegerField(
        label=_("参加人数"), min_value=0, max_value=100_000, help_text=_("以签到表为准。"),
        error_messages={"required": _("请填写参加人数。"), "invalid": _("人数应为整数，例如 63。")},
    )  # fmt: skip
    staff_hours = hours(_("工作人员工时"))
    volunteer_hours = hours(_("志愿者工时"))
    summary = text(_("情况"), 4, 500, required=False)
    photos = ManyFilesField(
        label=_("照片"), required=False, most=MOST_PHOTOS, accept=IMAGES, help_text=_("至少2张，一次可选多张。"),
        error_messages={"many": _("一次最多上传 %(most)d 张照片，其余请另记一条。")},
    )  # fmt: skip
    sheet = UploadField(label=_("签到表"), required=False)
    is_another = forms.BooleanField(label=_("这是另一场活动，不是重复登记"), required=False, widget=forms.HiddenInput)
    token = forms.RegexField(r"^[A-Za-z0-9_-]{22}$", required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, project: Project, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["planned"].queryset = project.planned_activities.all()  # type: ignore[attr-defined]

    def add_error(self, field: str | None, error: Any) -> None:
        """The question whether it is another one is shown once there is a reason to ask."""
        if field == "is_another":
            self.fields[field].widget = forms.CheckboxInput()
        super().add_error(field, error)


class VisitForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("种类"), choices=VisitKind, widget=forms.RadioSelect,
        help_text=_("辅导过项目的人不能再评估它。"), error_messages={"required": _("请选择种类。")},
    )  # fmt: skip
    visited_on = day(_("日期"), _("请填写走访日期。"))
    place = forms.CharField(label=_("地点"), max_length=80, error_messages={"required": _("请填写地点。")})
    found = text(_("情况"), 4, 500)
    result = forms.ChoiceField(label=_("结论"), choices=VisitResult, widget=forms.RadioSelect, initial="NORMAL")


class ReportForm(forms.Form):
    """Texts of a report, one note per indicator, and one more piece of evidence."""

    done = text(_("开展情况"), 6, 2000, required=False, help_text=_("做了什么，按计划的进展。至少20字。"))
    effect = text(_("成效"), 6, 2000, required=False, help_text=_("服务对象有什么改变，有什么依据。至少20字。"))
    problems = text(_("问题和打算"), 4, 2000, required=False, help_text=_("遇到什么困难，下一步怎么办。至少4字。"))
    file = UploadField(
        label=_("补充材料"), required=False, help_text=_("每次保存可以上传一份，例如产品清单、受益人确认。")
    )

    def __init__(self, *args: Any, indicators: Sequence[Indicator], **kwargs: Any):
        super().__init__(*args, **kwargs)
        mark_conditional(self, "done", "effect", "problems")  # submitting asks for them
        self.indicators = indicators
        for one in indicators:
            self.fields[f"note_{one.planned.pk}"] = forms.CharField(
                label=one.planned.name, max_length=200, required=False, initial=one.note
            )

    def note_fields(self) -> list[tuple[Indicator, forms.BoundField]]:
        return [(one, self[f"note_{one.planned.pk}"]) for one in self.indicators]

    def answers(self) -> dict[str, Any]:
        """Return the arguments of commands.save_report."""
        data = self.cleaned_data
        notes = {one.planned.pk: data[f"note_{one.planned.pk}"] for one in self.indicators}
        return {**{name: data[name] for name in ("done", "effect", "problems")}, "notes": notes}


class SheetForm(forms.Form):
    """One number and one note per item; blanks are allowed until the sheet is submitted."""

    bonus = forms.DecimalField(
        label=_("加分"), required=False, min_value=0, max_value=rules.BONUS_MAX, decimal_places=1,
        help_text=_("媒体报道、推广、另筹资金等，至多5分。"), widget=forms.NumberInput(attrs={"data-points": 1}),
    )  # fmt: skip
    deduction = forms.DecimalField(
        label=_("扣分"), required=False, min_value=0, max_value=rules.DEDUCTION_MAX, decimal_places=1,
        help_text=_("报告逾期、投诉未答复等，至多10分。"), widget=forms.NumberInput(attrs={"data-points": -1}),
    )  # fmt: skip
    opinion = text(_("评估意见"), 5, 1000, required=False, help_text=_("至少20字；总分不足60分时至少50字。"))

    def __init__(self, *args: Any, evaluation: Evaluation, **kwargs: Any):
        added, taken = rules.plain(evaluation.bonus), rules.plain(evaluation.deduction)
        initial = {"bonus": added, "deduction": taken, "opinion": evaluation.opinion}
        super().__init__(*args, **{**kwargs, "initial": initial})
        mark_conditional(self, "opinion")  # submitting asks for it
        self.scores = list(evaluation.scores.all())
        for one in self.scores:
            # "满意度（不低于85%）": Django fills the limits into the sentence once more.
            name = one.name.replace("%", "%%")
            self.fields[f"p_{one.code}"] = forms.DecimalField(
                label=one.name, required=False, min_value=0, max_value=one.max_points, decimal_places=1,
                initial=one.points, widget=forms.NumberInput(attrs={"data-points": 1}),
                error_messages={
                    "invalid": _("分数应为数字，例如 12.5。"),
                    "max_value": _("“%(name)s”应为0至%(most)s分。") % {"name": name, "most": rules.plain(one.max_points)},
                    "min_value": _("“%(name)s”应为0至%(most)s分。") % {"name": name, "most": rules.plain(one.max_points)},
                },
            )  # fmt: skip
            self.fields[f"n_{one.code}"] = forms.CharField(
                label=_("说明"), max_length=200, required=False, initial=one.note
            )

    def rows(self) -> list[dict[str, Any]]:
        """Return the items with their fields; `first` marks the first row of a dimension and counts it."""
        spans: dict[str, int] = {}
        for one in self.scores:
            spans[one.dimension] = spans.get(one.dimension, 0) + 1
        seen: set[str] = set()
        rows = []
        for one in self.scores:
            rows.append(
                {
                    "score": one,
                    "points": self[f"p_{one.code}"],
                    "note": self[f"n_{one.code}"],
                    "span": 0 if one.dimension in seen else spans[one.dimension],
                }
            )
            seen.add(one.dimension)
        return rows

    def sums(self) -> rules.Sums:
        return rules.sums(self.scores)

    def answers(self) -> dict[str, Any]:
        """Return the arguments of commands.save_sheet and commands.evaluate."""
        data = self.cleaned_data
        return {
            "points": {one.code: data[f"p_{one.code}"] for one in self.scores},
            "notes": {one.code: data[f"n_{one.code}"] for one in self.scores},
            "bonus": data["bonus"] or Decimal(0),
            "deduction": data["deduction"] or Decimal(0),
            "opinion": data["opinion"],
        }


class RectifyForm(forms.Form):
    rectification = text(_("整改情况"), 6, 1000, help_text=_("逐项写明整改措施和结果，至少20字。"))


class RemarkForm(forms.Form):
    remark = text(_("审核意见"), 3, 500, help_text=_("写明需要修改的内容，单位据此修改。"))


class OptionalRemarkForm(forms.Form):
    remark = text(_("审核意见"), 3, 500, required=False)


ReasonForm = reason_form(200)


class EvaluatorChoice(forms.ModelChoiceField):
    def label_from_instance(self, user: User) -> str:
        return str(user)


class AssignForm(forms.Form):
    evaluator = EvaluatorChoice(
        label=_("评估人"), queryset=User.objects.none(), empty_label=_("请选择"),
        help_text=_("该单位的（原）成员和辅导过这个项目的人不能评估它。"),
        error_messages={"required": _("请选择评估人。")},
    )  # fmt: skip

    def __init__(self, *args: Any, evaluators: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["evaluator"].queryset = evaluators  # type: ignore[attr-defined]
