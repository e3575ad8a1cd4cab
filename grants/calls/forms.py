"""Cleaning what an officer types about a round."""

from __future__ import annotations

from decimal import Decimal
from secrets import token_hex
from typing import Any

from django import forms
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from grants.calls import guards
from grants.calls.models import CallPage, Criterion, Envelope, ProgrammeType, Round, TrancheRule
from grants.calls.rules import BUDGET_CATEGORIES
from grants.funds.models import FundSource
from grants.funds.queries import available_of
from portal.access import Role
from portal.access.forms import reason_form
from portal.accounts.models import User
from portal.components.forms import DayInput
from portal.dynforms.forms import MoneyField
from portal.money import yuan
from portal.regions.models import Level, Region

DAY = {"type": "date", "aria-label": _("日期")}
TIME = {"type": "time", "step": "1", "aria-label": _("时间")}
WHOLE = {
    "min_months": (1, 60), "max_months": (1, 60), "applications_per_organization": (1, 50),
    "awards_per_organization": (1, 50), "experts": (3, 15), "defence_places": (0, 500), "paper_percent": (0, 100),
    "publicity_days": (5, 60), "screening_days": (1, 60), "correction_days": (1, 30),
}  # fmt: skip
"""Field -> the least and the most that make sense."""

SUSPICIOUS = 100_000
"""A ceiling or an envelope below 1,000 yuan was most likely typed in 万元."""


class LargeMoneyField(MoneyField):
    """Yuan; asks back where the amount looks like 万元."""

    def clean(self, value: Any) -> Any:
        fen = super().clean(value)
        if fen == 0:
            raise forms.ValidationError(_("金额应大于 0。"))
        if fen is not None and fen < SUSPICIOUS:
            raise forms.ValidationError(
                _("%(typed)s 元太小，是不是 %(meant)s 元？本栏以元为单位，请写全，例如 38,000 或 3.8万。"),
                params={"typed": yuan(fen), "meant": yuan(fen * 10_000)},
            )
        return fen


def regions_of(user: User) -> Q:
    """Return the condition "a region that this officer works in"."""
    found = Q(pk__in=[])
    for grant in user.grants_now:
        if grant.role == Role.BUREAU_OFFICER:
            found |= Q(path__startswith=grant.region.path)
    return found


def year_field(label: Any, most: int) -> forms.IntegerField:
    words = dict.fromkeys(("invalid", "min_value", "max_value"), _("年度应为四位数，例如 2026。"))
    return forms.IntegerField(label=label, min_value=2000, max_value=most, error_messages=words)


def whole_field(label: Any, help_text: Any, least: int, most: int) -> forms.IntegerField:
    words = _("应为 %(least)s 到 %(most)s 之间的整数。") % {"least": least, "most": most}
    return forms.IntegerField(
        label=label, help_text=help_text, min_value=least, max_value=most,
        error_messages={"invalid": words, "min_value": words, "max_value": words},
    )  # fmt: skip


UNITS = {
    "min_months": _("最短实施期（月）"), "max_months": _("最长实施期（月）"), "experts": _("每项评审专家（人）"), "applications_per_organization": _("每单位最多申报（项）"),
    "awards_per_organization": _("每单位最多立项（项）"), "defence_places": _("答辩入围（项）"), "paper_percent": _("初评占比（%）"),
    "publicity_days": _("公示期（工作日）"), "screening_days": _("资格审查（工作日）"), "correction_days": _("补正（工作日）"),
}  # fmt: skip
"""What a figure of a round is called where it stands without its sentence: with its unit."""


class RoundForm(forms.ModelForm):
    """Basics, window and parameters. The programme type, region and code are fixed once drafted."""

    code = forms.RegexField(
        r"^[A-Z0-9][A-Z0-9-]*$", label=_("批次代码"), max_length=20,
        error_messages={"invalid": _("批次代码只能用大写字母、数字和 -，例如 ZH-2026-1。")},
    )  # fmt: skip
    year = year_field(_("年度"), 2100)
    ceiling = LargeMoneyField(label=_("每项最高资助额（元）"))
    opens_at = forms.SplitDateTimeField(
        label=_("申报开始"),
        widget=forms.SplitDateTimeWidget(date_format="%Y-%m-%d", date_attrs=DAY, time_attrs=TIME),
    )
    closes_at = forms.SplitDateTimeField(
        label=_("申报截止"),
        help_text=_("到这一秒为止，之后不再接收；没有宽限。"),
        widget=forms.SplitDateTimeWidget(date_format="%Y-%m-%d", date_attrs=DAY, time_attrs=TIME),
    )

    class Meta:
        model = Round
        fields = [
            "code", "title", "programme", "region", "year", "host", "contact", "phone",
            "opens_at", "closes_at", "starts_on", "ends_on", "min_months", "max_months",
            "ceiling", "applications_per_organization", "awards_per_organization",
            "experts", "score_rule", "defence_places", "paper_percent", "absence", "publicity_days", "screening_days", "correction_days",
            "categories", "forbidden",
        ]  # fmt: skip
        widgets = {
            "starts_on": DayInput(),
            "ends_on": DayInput(),
            "categories": forms.Textarea(attrs={"rows": 5}),
            "forbidden": forms.Textarea(attrs={"rows": 5}),
        }
        help_texts = {"categories": _("每行一个")}

    def __init__(self, *args: Any, user: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["programme"].queryset = ProgrammeType.objects.all()
        levels = [Level.CITY, Level.DISTRICT, Level.STREET]
        self.fields["region"].queryset = Region.objects.filter(regions_of(user), level__in=levels)
        for name in ("starts_on", "ends_on", "contact", "phone", "host"):
            self.fields[name].required = True
        for name, (least, most) in WHOLE.items():
            given = self.fields[name]
            self.fields[name] = whole_field(given.label, given.help_text, least, most)
            self.fields[name].initial = given.initial
        for name, label in UNITS.items():
            self.fields[name].label = label
        if self.instance.pk:
            for name in ("code", "programme", "region"):
                self.fields[name].disabled = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for first, last, text in (
            ("opens_at", "closes_at", _("截止时间应晚于开始时间。")),
            ("starts_on", "ends_on", _("实施期结束应晚于开始。")),
        ):
            if cleaned.get(first) and cleaned.get(last) and cleaned[last] <= cleaned[first]:
                self.add_error(last, text)
        if (cleaned.get("max_months") or 60) < (cleaned.get("min_months") or 0):
            self.add_error("max_months", _("最长月数不能小于最短月数。"))
        return cleaned


class EnvelopeRow(forms.Form):
    source = forms.ModelChoiceField(FundSource.objects.none(), label=_("资金来源"))
    year = year_field(_("预算年度"), 2199)
    planned = LargeMoneyField(label=_("计划安排（元）"))

    def __init__(self, *args: Any, user: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["source"].queryset = FundSource.objects.near(user)


def with_blank(choices: Any) -> list[tuple[str, Any]]:
    """A spare row starts with nothing chosen; a first choice would count as filled in."""
    return [("", "——"), *choices]


class CriterionRow(forms.Form):
    stage = forms.ChoiceField(label=_("环节"), choices=with_blank(Criterion.Stage.choices))
    code = forms.CharField(label=_("代码"), max_length=8)
    name = forms.CharField(label=_("评分项"), max_length=40)
    max_points = forms.IntegerField(label=_("分值"), min_value=1, max_value=100)
    guidance = forms.CharField(
        label=_("评分说明"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    for_finance = forms.BooleanField(label=_("仅财务专家"), required=False)


class TrancheRow(forms.Form):
    percent = forms.IntegerField(label=_("比例（%）"), min_value=1, max_value=100)
    milestone = forms.ChoiceField(label=_("条件"), choices=with_blank(TrancheRule.Milestone.choices))


class BudgetRuleRow(forms.Form):
    category = forms.ChoiceField(
        label=_("科目"), choices=with_blank((code, _(name)) for code, name in BUDGET_CATEGORIES.items())
    )
    percent = forms.DecimalField(
        label=_("占申请资助额上限（%）"), required=False, min_value=0, max_value=100, decimal_places=2
    )
    max_unit_price = MoneyField(label=_("单价上限（元）"), required=False)
    note = forms.CharField(label=_("说明"), required=False, max_length=120, widget=forms.Textarea(attrs={"rows": 1}))

    def row(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        percent = given.pop("percent")
        return {**given, "max_permyriad": None if percent is None else int(percent * 100)}


class AttachmentRow(forms.Form):
    """code: what the answers are kept under; nobody reads it, a new paper gets one of its own."""

    code = forms.SlugField(label=_("代码"), max_length=20, required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("名称"), max_length=40)
    why = forms.CharField(label=_("用途"), required=False, max_length=120)
    is_required = forms.BooleanField(label=_("必交"), required=False)

    def row(self) -> dict[str, Any]:
        return {**self.cleaned_data, "code": self.cleaned_data["code"] or token_hex(4)}


class UniqueRows(forms.BaseFormSet):
    """Rows with a key that may stand once. Rows left blank or marked for deletion are not rows."""

    key: tuple[str, ...] = ()

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        """In a table only the head is seen; each field says its column and row."""
        super().add_fields(form, index)
        for field in form.fields.values():
            field.widget.attrs["aria-label"] = f"{field.label} {(index or 0) + 1}"

    def filled(self) -> list[Any]:
        return [form for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]

    def rows(self) -> list[dict[str, Any]]:
        found = []
        for form in self.filled():
            row = form.row() if hasattr(form, "row") else dict(form.cleaned_data)
            row.pop("DELETE", None)
            found.append(row)
        return found

    def clean(self) -> None:
        if any(self.errors) or not self.key:
            return
        seen = set()
        for form in self.filled():
            key = tuple(form.cleaned_data[name] for name in self.key)
            if key in seen:
                form.add_error(self.key[-1], _("这一行与上面的某一行重复，请改或删除。"))
            seen.add(key)


def rows_of(form: type[forms.Form], *key: str, extra: int = 2) -> type[UniqueRows]:
    base = type("Rows", (UniqueRows,), {"key": key})
    return forms.formset_factory(form, formset=base, extra=extra, can_delete=True)  # type: ignore[return-value]


ROW_SETS: dict[str, tuple[Any, type[UniqueRows]]] = {
    "envelopes": (_("资金安排"), rows_of(EnvelopeRow, "source", "year", extra=3)),
    "criteria": (_("评分表"), rows_of(CriterionRow, "stage", "code", extra=3)),
    "tranches": (_("拨付安排"), rows_of(TrancheRow, extra=1)),
    "budget_rules": (_("预算规则"), rows_of(BudgetRuleRow, "category")),
    "attachments": (_("附件清单"), rows_of(AttachmentRow, "name")),
}
"""Name of the command's argument -> heading and formset."""


def initial_rows(round: Round | None, name: str, template: Any) -> list[dict[str, Any]]:
    """Return what the rows of a set start with: the round's, or the template's for a new one."""
    if name == "envelopes":
        return [] if round is None else list(round.envelopes.values("source", "year", "planned"))
    if name == "criteria":
        fields = ("stage", "code", "name", "max_points", "guidance", "for_finance")
        return template.CRITERIA if round is None else list(round.criteria.values(*fields))
    if name == "tranches":
        pairs = template.TRANCHES if round is None else list(round.tranche_rules.values_list("percent", "milestone"))
        return [{"percent": percent, "milestone": milestone} for percent, milestone in pairs]
    if name == "budget_rules":
        fields = ("category", "max_permyriad", "max_unit_price", "note")
        rows = template.BUDGET_RULES if round is None else list(round.budget_rules.values(*fields))
        return [{**row, "percent": as_percent(row.get("max_permyriad"))} for row in rows]
    fields = ("code", "name", "why", "is_required")
    if round is None:
        return [{"is_required": True, **row} for row in template.ATTACHMENTS]
    return list(round.attachment_rules.values(*fields))


def as_percent(permyriad: int | None) -> Decimal | None:
    return None if permyriad is None else Decimal(permyriad) / 100


class NoticeForm(forms.Form):
    summary = forms.CharField(
        label=_("资助什么"),
        max_length=CallPage._meta.get_field("summary").max_length,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("写明资助哪些服务、给谁，一两句话；登在通知最前面，以后还可以改。"),
    )


class EnvelopeChoice(forms.ModelChoiceField):
    """room: what the choice says about the money of an envelope."""

    @staticmethod
    def room(obj: Envelope) -> str:
        words = _("还可下达 %(room)s 元，来源可用指标 %(has)s 元")
        return words % {"room": yuan(obj.planned - obj.amount), "has": yuan(available_of(obj.source, obj.year))}

    def label_from_instance(self, obj: Envelope) -> str:
        return f"{obj} · {self.room(obj)}"


class HoldingChoice(EnvelopeChoice):
    @staticmethod
    def room(obj: Envelope) -> str:
        return _("可以收回 %s 元") % yuan(min(obj.account.balance, obj.amount))


class AllocationForm(forms.Form):
    envelope = EnvelopeChoice(Envelope.objects.none(), label=_("资金来源"), empty_label=_("请选择"))
    fen = MoneyField(label=_("申请下达金额（元）"))

    def __init__(self, *args: Any, round: Round, **kwargs: Any):
        super().__init__(*args, **kwargs)
        rows = round.envelopes.filter(amount__lt=F("planned")).exclude(allocations__status="REQUESTED")
        self.fields["envelope"].queryset = rows.select_related("source")


class BackForm(forms.Form):
    envelope = HoldingChoice(Envelope.objects.none(), label=_("资金来源"), empty_label=_("请选择"))
    fen = MoneyField(label=_("申请收回金额（元）"))
    note = forms.CharField(label=_("事由"), max_length=200, error_messages={"required": _("请写明事由。")})

    def __init__(self, *args: Any, round: Round, **kwargs: Any):
        super().__init__(*args, **kwargs)
        rows = guards.holding(round).exclude(allocations__status="REQUESTED")
        self.fields["envelope"].queryset = rows.select_related("source", "account")


ReasonForm = reason_form(200)


class PageDecisionForm(forms.Form):
    approves = forms.TypedChoiceField(
        label=_("审核意见"),
        choices=[("yes", _("同意发布")), ("no", _("退回修改"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择同意发布还是退回修改。")},
    )
    reason = forms.CharField(
        label=_("退回原因"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("退回时必填，经办人按它修改。"),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        answers = self.cleaned_data
        if answers.get("approves") is False and not answers.get("reason"):
            self.add_error("reason", _("请写明退回的原因，经办人才知道改什么。"))
        return answers
