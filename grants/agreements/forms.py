"""Questions about agreements, changes and closings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from grants.agreements import queries
from grants.agreements.models import Project
from portal import clock, money
from portal.access.forms import reason_form
from portal.components.forms import DayInput
from portal.files.forms import UploadField

ReasonForm = reason_form(300)


class NoteForm(forms.Form):
    note = forms.CharField(label=_("意见"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}))


class DraftForm(forms.Form):
    operator = forms.CharField(
        label=_("承办单位"), max_length=80, required=False, help_text=_("没有承办单位的留空。")
    )
    community = forms.CharField(
        label=_("落地社区"), max_length=80, required=False, help_text=_("作为协议一方列名的社区；没有的留空。")
    )


class SignedForm(forms.Form):
    file = UploadField(label=_("签署件"), accept=("pdf",), help_text=_("各方盖章签字后的扫描件，PDF。"))
    signed_on = forms.DateField(
        label=_("签署日期"),
        widget=DayInput(),
        initial=clock.today,
        error_messages={"required": _("请填写签署日期。"), "invalid": _("日期应为 2026-04-28 的样式。")},
    )

    def clean_signed_on(self) -> Any:
        found = self.cleaned_data["signed_on"]
        if found > clock.today():
            raise forms.ValidationError(_("签署日期不能晚于今天。"))
        return found


class ReleaseForm(forms.Form):
    """Which tranches will not be paid."""

    numbers = forms.MultipleChoiceField(
        label=_("不再拨付的期次"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请选择期次。")},
    )
    reason = forms.CharField(label=_("原因"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, project: Project, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["numbers"].choices = [  # type: ignore[attr-defined]
            (str(one.number), gettext("%(one)s %(amount)s 元") % {"one": one, "amount": money.yuan(one.amount)})
            for one in queries.releasable(project)
        ]


class AmendmentForm(forms.Form):
    """New amounts of the budget lines, in yuan."""

    reason = forms.CharField(
        label=_("调整理由"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写明调整理由。")},
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.lines = list(project.budget_lines.all())
        for line in self.lines:
            self.fields[f"line_{line.pk}"] = forms.CharField(
                label=f"{line.category} {line.item}",
                initial=money.yuan(line.amount),
                help_text=_("原核定 %s 元") % money.yuan(line.amount),
                error_messages={"required": _("请填写金额，不用的填 0。")},
            )
        self.order_fields([*(f"line_{line.pk}" for line in self.lines), "reason"])

    def clean(self) -> dict[str, Any]:
        amounts: dict[str, int] = {}
        for line in self.lines:
            name = f"line_{line.pk}"
            if name not in self.cleaned_data:
                continue
            try:
                amounts[str(line.pk)] = money.parse(self.cleaned_data[name])
            except money.NotMoney as error:
                self.add_error(name, str(error))
        return {"amounts": amounts, "reason": self.cleaned_data.get("reason", "")}
