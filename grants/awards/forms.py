"""Forms of deciding."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from grants.awards import rules
from grants.awards.commands import Item
from grants.awards.models import Resolution, ResolutionItem
from grants.publicity.forms import first_day
from portal import money
from portal.access.forms import reason_form
from portal.components.forms import DayInput
from portal.lifecycle import Reason, require_none


class MeetingForm(forms.ModelForm):
    class Meta:
        model = Resolution
        fields = ["kind", "met_on", "minutes_number", "attendees", "recusals"]
        widgets = {
            "met_on": DayInput(),
            "attendees": forms.Textarea(attrs={"rows": 2}),
            "recusals": forms.Textarea(attrs={"rows": 2}),
        }


class ItemForm(forms.Form):
    """One line of the meeting's table. position: the meeting's rank; amount: yuan as people type it."""

    application = forms.IntegerField(widget=forms.HiddenInput)
    position = forms.IntegerField(label=_("名次"), min_value=1, max_value=999)
    verdict = forms.ChoiceField(label=_("结果"), choices=ResolutionItem.Verdict)
    amount = forms.CharField(label=_("建议额"), required=False, max_length=20)
    reason = forms.CharField(label=_("调整理由"), required=False, max_length=200)

    def clean_amount(self) -> int:
        text = self.cleaned_data["amount"].strip()
        if not text:
            return 0
        try:
            return money.parse(text)
        except money.NotMoney as fault:
            raise forms.ValidationError(str(fault)) from fault

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("verdict") == rules.PROPOSED and values.get("amount") == 0:
            self.add_error("amount", _("拟立项的项目请填写建议额。"))
        return values


ItemFormSet = forms.formset_factory(ItemForm, extra=0)


def items_of(formset: Any, applications: dict[int, Any]) -> list[Item]:
    """Return the items in the meeting's order. applications: pk -> what the table shows. Raises NotYet for another row."""
    rows = [form.cleaned_data for form in formset.forms]
    require_none(
        Reason(
            "foreign",
            _("第 %(position)s 行的项目（编号 %(application)s）不在这个批次的排名中，请刷新页面后重新录入。")
            % {"position": row["position"], "application": row["application"]},
        )
        for row in rows
        if row["application"] not in applications
    )
    rows.sort(key=lambda row: row["position"])
    return [Item(applications[row["application"]], row["verdict"], row["amount"], row["reason"]) for row in rows]


class PublicityForm(forms.Form):
    first_day = forms.DateField(label=_("公示首日"), widget=DayInput())
    document_number = forms.CharField(label=_("公示文号"), max_length=40, required=False)
    contact_phone = forms.CharField(label=_("咨询电话"), max_length=20)
    supervision_unit = forms.CharField(label=_("监督单位"), max_length=60)
    supervision_phone = forms.CharField(label=_("监督电话"), max_length=20)
    address = forms.CharField(label=_("书面和来访地址"), max_length=120)
    email = forms.EmailField(label=_("邮箱"), required=False)

    def clean_first_day(self) -> date:
        return first_day(self.cleaned_data["first_day"])


class ConfirmForm(forms.Form):
    document_number = forms.CharField(label=_("立项文号"), max_length=40, help_text=_("例如 镇民〔2026〕1号"))


ReasonForm = reason_form(300, least=5)
