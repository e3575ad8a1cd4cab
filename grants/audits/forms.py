"""What auditors, heads and organizations type."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from grants.agreements.models import Project
from grants.audits import rules
from grants.audits.models import Engagement, SampleItem
from grants.audits.states import Method, Result, Severity
from portal.access.forms import reason_form
from portal.accounts.models import User
from portal.components.forms import DayInput
from portal.dynforms.forms import MoneyField
from portal.files.forms import ManyFilesField
from portal.regions.models import Region

MOST_FILES = 20


def text(label: Any, rows: int, limit: int, *, help_text: Any = "", required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=limit,
        required=required,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": _("请填写这一项。")},
    )


def day(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=DayInput(),
        error_messages={"required": _("请填写日期。"), "invalid": _("日期应为有效日期，例如 2026-08-14。")},
        **options,
    )


class EngagementForm(forms.Form):
    title = forms.CharField(label=_("任务名称"), max_length=80, error_messages={"required": _("请填写任务名称。")})
    region = forms.ModelChoiceField(
        label=_("区域"), queryset=Region.objects.none(), error_messages={"required": _("请选择区域。")}
    )
    projects = forms.ModelMultipleChoiceField(
        label=_("审计项目"), queryset=Project.objects.none(), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请至少选择一个项目。")},
    )  # fmt: skip
    period_from = day(_("审计期间起"))
    period_to = day(_("审计期间止"))
    auditors = forms.ModelMultipleChoiceField(
        label=_("其他审计人员"), queryset=User.objects.none(), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("核查整改的人不能是发现问题的人，建议至少两人。"),
    )  # fmt: skip
    firm = forms.CharField(label=_("受托机构"), max_length=60, required=False)

    def __init__(self, *args: Any, regions: Any, projects: Any, auditors: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name, rows in (("region", regions), ("projects", projects), ("auditors", auditors)):
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
        self.fields["projects"].label_from_instance = lambda one: format_html(  # type: ignore[attr-defined]
            '<span>{}<small class="c-sub">{}</small></span>', one.title, one.code
        )


class NameAuditorForm(forms.Form):
    auditor = forms.ModelChoiceField(
        label=_("审计人员"), queryset=User.objects.none(), error_messages={"required": _("请选择审计人员。")}
    )

    def __init__(self, *args: Any, auditors: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["auditor"].queryset = auditors  # type: ignore[attr-defined]


class DrawForm(forms.Form):
    method = forms.ChoiceField(label=_("方法"), choices=Method, widget=forms.RadioSelect, initial=Method.RANDOM)
    size = forms.IntegerField(
        label=_("样本量（笔）"), required=False, min_value=1, help_text=_("不填按总体的20%抽取，不足一笔的按一笔计。"),
        error_messages={"invalid": _("样本量应为整数，例如 12。"), "min_value": _("样本量至少1笔。")},
    )  # fmt: skip
    seed = forms.CharField(
        label=_("种子"), max_length=64, required=False, help_text=_("可以填写当场摇号的结果；不填由系统生成并公开。")
    )

    def clean_size(self) -> int:
        return self.cleaned_data["size"] or 0


class RedrawForm(DrawForm):
    reason = forms.CharField(
        label=_("重抽理由"), max_length=200, help_text=_("写明原样本为什么不能用，例如总体漏了一个月的支出。"),
        error_messages={"required": _("请写明重抽理由。")},
    )  # fmt: skip
    field_order = ("reason",)


class TestForm(forms.Form):
    result = forms.ChoiceField(
        label=_("结果"), choices=Result, widget=forms.RadioSelect,
        error_messages={"required": _("请选择结果。")},
    )  # fmt: skip
    note = text(_("说明"), 3, 300, required=False, help_text=_("不符的写明哪里不符。"))


TestForm.__test__ = False  # type: ignore[attr-defined]  # pytest would take the form for a test


class ItemChoice(forms.ModelChoiceField):
    def label_from_instance(self, item: SampleItem) -> str:
        return f"{item.position}. {item.expenditure.item} · {item.expenditure.invoice_number}"


def grades(one: rules.FindingType) -> str:
    return "、".join(str(Severity(each).label) for each in one.severities)


class FindingForm(forms.Form):
    project = forms.ModelChoiceField(
        label=_("项目"), queryset=Project.objects.none(), error_messages={"required": _("请选择项目。")}
    )
    item = ItemChoice(
        label=_("样本项"), queryset=SampleItem.objects.none(), required=False, empty_label=_("不针对单笔支出")
    )
    code = forms.ChoiceField(
        label=_("问题类型"),
        choices=lambda: [
            ("", gettext("请选择")),
            *((one.code, f"{one.code} {gettext(one.name)}（{grades(one)}）") for one in rules.FINDING_TYPES.values()),
        ],
    )
    severity = forms.ChoiceField(
        label=_("等级"), choices=Severity, widget=forms.RadioSelect,
        help_text=_("须在类型允许的范围内；同一单位屡犯的自动提高一级。"),
    )  # fmt: skip
    fact = text(_("事实"), 5, rules.FACT_MAX, help_text=_("时间、金额、凭证和情况，不超过500字。"))
    clause = forms.CharField(
        label=_("依据条款"), max_length=120, error_messages={"required": _("请填写依据的条款。")}
    )
    amount = MoneyField(label=_("涉及金额（元）"), required=False, help_text=_("不涉及金额的不填。"))
    advice = forms.CharField(label=_("处理建议"), max_length=300, required=False)
    files = ManyFilesField(most=MOST_FILES, label=_("证据"), required=False, help_text=_("可以一次选多份。"))

    def __init__(self, *args: Any, engagement: Engagement, items: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = engagement.projects.all()  # type: ignore[attr-defined]
        self.fields["item"].queryset = items  # type: ignore[attr-defined]

    def clean_amount(self) -> int:
        return self.cleaned_data["amount"] or 0


ReasonForm = reason_form(300)


class ConclusionForm(forms.Form):
    conclusion = text(_("审计结论"), 6, 2000, help_text=_("没有发现问题也要写明。"))


class OrderForm(forms.Form):
    measures = text(_("整改要求"), 4, 500)
    deadline = day(_("整改期限"), required=False, help_text=_("不填为20个工作日。"))


class DisallowForm(forms.Form):
    fen = MoneyField(label=_("剔除金额（元）"), error_messages={"required": _("请填写剔除金额。")})


class VerifyForm(forms.Form):
    text = text(_("核查情况"), 4, 300, help_text=_("看了哪些材料，结论是什么。"))


class RespondForm(forms.Form):
    text = text(_("意见"), 5, 1000, help_text=_("同意的写“同意”；不同意的写明理由和证据。"))
    files = ManyFilesField(most=MOST_FILES, label=_("证明材料"), required=False)


class ReplyForm(forms.Form):
    text = text(_("整改措施和结果"), 6, 1000)
    files = ManyFilesField(
        most=MOST_FILES, label=_("证明材料"), help_text=_("例如退款回单、补开的发票、制度文本。"),
        error_messages={"required": _("请上传整改的证明材料。")},
    )  # fmt: skip
