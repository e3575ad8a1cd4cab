"""Cleaning what applicants and officers type. Drafts take what there is; only unreadable input is an error."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from grants.applications import rules
from grants.applications.models import Source
from grants.calls.models import Round
from grants.calls.rules import BUDGET_CATEGORIES
from orgs.registry.models import Organization
from portal.components.forms import DayInput, check_day
from portal.dynforms.forms import MoneyField, WholeNumberField
from portal.files.forms import UploadField
from portal.files.rules import SCANS
from portal.regions.models import Level, Region

PAPERS = (*SCANS, "docx", "xlsx")
ROW = re.compile(r"^row-(\d{1,9})-")
MANY_ROWS = 200


class StartForm(forms.Form):
    """Which organization applies. token makes a double click one draft."""

    organization = forms.ModelChoiceField(Organization.objects.none(), label=_("申报单位"), to_field_name="key")
    title = forms.CharField(label=_("项目名称"), max_length=30, required=False, help_text=_("以后可以再改"))
    token = forms.RegexField(r"^[A-Za-z0-9_-]{22}$", widget=forms.HiddenInput)

    def __init__(self, *args: Any, organizations: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = organizations
        if len(organizations) == 1:
            self.fields["organization"].initial = organizations[0]
            self.fields["organization"].empty_label = None


class RegionChoice(forms.ModelChoiceField):
    """Equal names are told apart by the street above and the code."""

    names: Mapping[str, str] = {}

    def label_from_instance(self, region: Region) -> str:
        above = self.names.get(region.path[:-4], "")
        return (
            f"{above} {region.name}（{region.code}）"
            if region.level == Level.COMMUNITY
            else (gettext("%(name)s（全域）") % {"name": region.name})
        )


class OverviewForm(forms.Form):
    title = forms.CharField(
        label=_("项目名称"), max_length=30, help_text=_("4 至 30 字，建议写成“服务对象+服务内容”")
    )
    category = forms.ChoiceField(label=_("项目类别"), widget=forms.RadioSelect)
    region = RegionChoice(
        Region.objects.none(), label=_("实施地"), help_text=_("选到社区（村）；跨社区的选街道（镇）")
    )
    starts_on = forms.DateField(
        label=_("开始日期"),
        widget=DayInput(),
        error_messages={"invalid": _("没有这一天，请写成 2026-04-01 的样子")},
    )
    ends_on = forms.DateField(
        label=_("结束日期"),
        widget=DayInput(),
        error_messages={"invalid": _("没有这一天，请写成 2026-04-01 的样子")},
    )
    use_required_attribute = False

    def __init__(self, *args: Any, round: Round, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = [(one, one) for one in round.category_names]
        inside = Region.objects.filter(path__startswith=round.region.path, level__in=[Level.STREET, Level.COMMUNITY])
        self.fields["region"].queryset = inside.order_by("path")
        self.fields["region"].names = dict(inside.filter(level=Level.STREET).values_list("path", "name"))
        period = (
            (gettext("%(starts_on)s 至 %(ends_on)s") % {"starts_on": round.starts_on, "ends_on": round.ends_on})
            if round.starts_on
            else ""
        )
        self.fields["starts_on"].help_text = _("在 %(period)s 之内，%(least)s 至 %(most)s 个月") % {
            "period": period, "least": round.min_months, "most": round.max_months,
        }  # fmt: skip

    def full_clean(self) -> None:
        # A draft asks for nothing: what is missing is told when the section is called done.
        for field in self.fields.values():
            field.required = False
        super().full_clean()
        for field in self.fields.values():
            field.required = True

    def readable(self) -> dict[str, Any]:
        """Return what can be stored now. An empty region stays as it was: the column needs one."""
        given = {name: value for name, value in self.cleaned_data.items() if name not in self.errors}
        if given.get("region") is None:
            given.pop("region", None)
        return given


class MonthField(forms.Field):
    """ "2026-04" as the first day of the month."""

    widget = forms.DateInput(attrs={"type": "month"}, format="%Y-%m")

    def to_python(self, value: Any) -> Any:
        if not value:
            return None
        try:
            year, month = str(value).strip().split("-")[:2]
            first = date(int(year), int(month), 1)
        except (ValueError, TypeError):
            raise forms.ValidationError(_("月份应写成 2026-04 的样子"))
        return check_day(first)


class QuantityField(forms.DecimalField):
    def __init__(self, **kwargs: Any):
        super().__init__(
            max_digits=8, decimal_places=2, min_value=0,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            error_messages={"invalid": _("数量应为数字，例如 120")}, **kwargs,
        )  # fmt: skip


class Row(forms.Form):
    """A row of an editable table. Blank rows are no rows."""

    use_required_attribute = False
    telling: tuple[str, ...] = ()
    """Fields of which one must be filled for the row to count."""
    defaults: Mapping[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label

    @property
    def is_blank(self) -> bool:
        return not any(self.data.get(self.add_prefix(name), "").strip() for name in self.telling)

    def values(self) -> dict[str, Any]:
        found = dict(self.cleaned_data)
        return {name: self.defaults.get(name) if value is None else value for name, value in found.items()}


class BudgetRow(Row):
    category = forms.ChoiceField(
        label=_("科目"), choices=[(code, _(name)) for code, name in BUDGET_CATEGORIES.items()]
    )
    item = forms.CharField(label=_("支出内容"), max_length=40, required=False)
    basis = forms.CharField(label=_("测算依据"), max_length=80, required=False)
    unit_price = MoneyField(label=_("单价（元）"), required=False)
    quantity = QuantityField(label=_("数量"), required=False)
    unit = forms.CharField(label=_("单位"), max_length=8, required=False)
    times = WholeNumberField(label=_("次数"), required=False, min_value=1, max_value=9999)
    source = forms.ChoiceField(label=_("来源"), choices=Source.choices)

    telling = ("item", "unit_price", "basis")
    defaults = {"unit_price": 0, "quantity": 1, "times": 1}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            given = self.values()
            if rules.line_amount(given["unit_price"], given["quantity"], given["times"]) > 10**12:
                self.add_error("unit_price", _("小计太大，请核对单价和数量"))
        return cleaned


class PlanRow(Row):
    name = forms.CharField(label=_("活动"), max_length=40)
    month = MonthField(label=_("月份"))
    times = WholeNumberField(label=_("次数"), min_value=1, max_value=999)
    persons = WholeNumberField(label=_("每次人数"), min_value=1, max_value=100_000)
    place = forms.CharField(label=_("地点"), max_length=40, required=False)
    output = forms.CharField(label=_("产出"), max_length=60, required=False)

    telling = ("name", "month", "persons", "place", "output")


def posted_rows(kind: type[Row], data: Any) -> list[Row]:
    """Return the rows of a posted table in the order they stood on the page, blank ones left out."""
    numbers = dict.fromkeys(found.group(1) for key in data if (found := ROW.match(key)))
    rows = [kind(data, prefix=f"row-{number}") for number in numbers]
    return [row for row in rows if not row.is_blank]


def shown_rows(kind: type[Row], initials: Iterable[Mapping[str, Any]], spare: int) -> list[Row]:
    """Return unbound rows: the stored ones and some blank ones."""
    stored = [kind(initial=one, prefix=f"row-{n}") for n, one in enumerate(initials)]
    return [*stored, *(kind(prefix=f"row-{len(stored) + n}") for n in range(spare))]


class AttachmentForm(forms.Form):
    code = forms.CharField(widget=forms.HiddenInput)
    file = UploadField(label=_("要上传的文件"), accept=PAPERS, max_size=20 * 1024 * 1024)


class CommitmentForm(forms.Form):
    commitment = forms.BooleanField(
        label=_("我已阅读并承诺"), error_messages={"required": _("请阅读承诺内容，并勾选“我已阅读并承诺”")}
    )


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("原因"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class ScreenForm(forms.Form):
    """The officer's decision. Each decision reads its own fields."""

    decision = forms.ChoiceField(
        label=_("决定"), choices=[("pass", _("通过")), ("return", _("退回补正")), ("fail", _("初审不通过"))],
        error_messages={
            "required": _("没有选择决定，请按“通过”“退回补正”或“初审不通过”。"),
            "invalid_choice": _("没有“%(value)s”这种决定，请按“通过”“退回补正”或“初审不通过”。"),
        },
    )  # fmt: skip
    note = forms.CharField(label=_("说明"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    codes = forms.MultipleChoiceField(
        label=_("原因代码"),
        required=False,
        choices=lambda: [(code, f"{code} {gettext(text)}") for code, text in rules.CODES.items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("没有原因代码“%(value)s”，请在 E01 至 E20 中选择。")},
    )


class CorrectionRow(forms.Form):
    section = forms.ChoiceField(
        label=_("章节"),
        error_messages={
            "required": _("请选择这条补正内容在申报表的哪一节。"),
            "invalid_choice": _("申报表里没有章节“%(value)s”，请重新选择。"),
        },
    )
    text = forms.CharField(
        label=_("要补正的内容"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, sections: list[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["section"].choices = [("", _("请选择章节")), *sections]


CorrectionRows = forms.formset_factory(CorrectionRow, extra=5)


def screen_faults(form: ScreenForm, rows: Any) -> list[str]:
    """Return in words what is wrong with a decision, field by field."""
    every = [form, *rows.forms]
    found = [(one.fields[name].label, text) for one in every for name, texts in one.errors.items() for text in texts]
    return [*(f"{label}：{text}" for label, text in found), *rows.non_form_errors()]
