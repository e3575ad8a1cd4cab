"""Forms of publicity: the words of a list, an objection, the steps of handling."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from grants.publicity import commands, guards, rules
from grants.publicity.models import Objection, Publicity, PublicityRow
from portal import clock
from portal.access.forms import reason_form
from portal.components.forms import DayInput, mark_conditional
from portal.files.forms import ManyFilesField

NAMED_ONLY = _("实名的须填写，匿名的不用填写")


def first_day(day: date, keep: date | None = None) -> date:
    """Return a first day within bounds. keep: the one that stands already, e.g. of a wording correction."""
    if day != keep and not clock.today() <= day <= clock.today() + timedelta(days=rules.AHEAD):
        raise forms.ValidationError(_("公示首日应在今天起一年之内，请修改。"))
    return day


class TextsForm(forms.ModelForm):
    """The words of a draft. Rows come from the resolution and are not typed here."""

    class Meta:
        model = Publicity
        fields = [
            "title", "document_number", "basis", "experts", "contact_unit", "contact_phone", "supervision_unit",
            "supervision_phone", "address", "email", "days", "starts_on",
        ]  # fmt: skip
        widgets = {"starts_on": DayInput()}

    def clean_days(self) -> int:
        days = self.cleaned_data["days"]
        if not rules.LEAST_DAYS <= days <= rules.MOST_DAYS:
            raise forms.ValidationError(guards.days_words(days))
        return days

    def clean_starts_on(self) -> date:
        return first_day(self.cleaned_data["starts_on"], keep=self.initial.get("starts_on"))


class RewordForm(forms.Form):
    row = forms.ModelChoiceField(PublicityRow.objects.none(), label=_("名单中的项目"), empty_label=None)
    title = forms.CharField(label=_("公开的项目名称"), max_length=60)
    reason = forms.CharField(
        label=_("理由"), min_length=5, max_length=200, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("例如：名称中含有手机号，不能公开"),
    )  # fmt: skip

    def __init__(self, *args: Any, publicity: Publicity, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["row"].queryset = publicity.rows.all()
        self.fields["row"].label_from_instance = lambda row: f"{row.get_kind_display()} {row.position}. {row.title}"


class StartForm(forms.Form):
    secrecy_checked = forms.BooleanField(
        label=_("已完成保密审查，名单可以主动公开。"), error_messages={"required": _("请先完成保密审查并勾选确认。")}
    )


class CorrectionForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("更正类型"),
        choices=[
            (Publicity.Correction.WORDING.value, _("文字更正：公示期不变")),
            (Publicity.Correction.SUBSTANCE.value, _("实质更正：重新公示")),
        ],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("更正内容"), min_length=5, max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )
    first_day = forms.DateField(
        label=_("重新公示的首日"), required=False, widget=DayInput(),
        help_text=_("只有实质更正需要填写"),
    )  # fmt: skip

    def clean_first_day(self) -> date | None:
        day = self.cleaned_data["first_day"]
        return first_day(day) if day else None


class ObjectionForm(forms.Form):
    """Six questions; works without an account. website: a field people do not see, machines fill it."""

    row = forms.ModelChoiceField(PublicityRow.objects.none(), label=_("您对哪个项目有异议"), required=False)
    kind = forms.ChoiceField(label=_("异议类型"), choices=Objection.Kind, widget=forms.RadioSelect)
    facts = forms.CharField(
        label=_("事实"), max_length=2000, widget=forms.Textarea(attrs={"rows": 6, "data-limit": 2000}),
        help_text=_("写清时间、地点和经过，20 到 2000 个字。请不要写与异议无关的他人隐私。"),
    )  # fmt: skip
    evidence = ManyFilesField(
        label=_("证据"), required=False, most=rules.EVIDENCE_FILES, accept=rules.EVIDENCE_TYPES,
        max_size=rules.EVIDENCE_SIZE,
        help_text=_("照片、截图或文件，最多 5 份，每份须小于 10 MB；PDF、JPG、PNG、DOCX、XLSX。只有承办人员能看到。"),
    )  # fmt: skip
    is_named = forms.TypedChoiceField(
        label=_("是否署名"),
        choices=[
            ("1", _("实名：我们会书面答复您，您的身份只有承办人能看到")),
            ("0", _("匿名：作为线索核查，我们可能无法回复您")),
        ],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    name = forms.CharField(label=_("姓名或单位名称"), max_length=60, required=False, help_text=NAMED_ONLY)
    phone = forms.CharField(label=_("联系电话"), max_length=20, required=False, help_text=NAMED_ONLY)
    id_last4 = forms.RegexField(
        r"^[0-9]{3}[0-9Xx]$", label=_("证件号后四位"), required=False, help_text=_("单位加盖公章的和匿名的不用填写"),
        error_messages={"invalid": _("请填写证件号的最后四位，例如 0013。")},
    )  # fmt: skip
    website = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, publicity: Publicity, **kwargs: Any):
        super().__init__(*args, **kwargs)
        mark_conditional(self, "name", "phone", "id_last4")
        field = self.fields["row"]
        field.queryset = publicity.rows.all()
        field.empty_label = _("对整个名单或程序")
        field.label_from_instance = lambda row: f"{row.position}. {row.title}（{row.organization}）"

    def clean(self) -> dict[str, Any]:
        """Tell all that is missing at once; the command asks again."""
        data = super().clean() or {}
        told = commands.faults(
            data.get("kind", ""), data.get("facts", ""), bool(data.get("is_named")), data.get("name", ""),
            data.get("phone", ""),
        )  # fmt: skip
        for reason in told:
            if reason.code not in self.errors:
                self.add_error(reason.code, str(reason))
        return data

    def answers(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "website"}


ReasonForm = reason_form(300, least=5)


class FindingsForm(forms.Form):
    findings = forms.CharField(
        label=_("核查情况"), min_length=10, max_length=2000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("只供内部留存，不公开"),
    )  # fmt: skip


class AnswerForm(forms.Form):
    text = forms.CharField(
        label=_("答复内容"), min_length=10, max_length=2000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("反映人凭回执上的地址可以看到"),
    )  # fmt: skip
