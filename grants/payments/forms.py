"""Questions of the payment machine."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from grants.payments.models import BankLine, Payment
from portal import money
from portal.access.forms import reason_form
from portal.files.forms import UploadField


class YuanField(forms.CharField):
    """An amount typed in yuan; cleaned to fen. Empty is None where not required."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "inputmode": "decimal"}

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return money.parse(text)
        except money.NotMoney as error:
            raise forms.ValidationError(str(error)) from error


ReasonForm = reason_form(300)


class RequestForm(forms.Form):
    """explanation is asked for only where less than 70 % of the last tranche is accepted spending."""

    explanation = forms.CharField(
        label=_("上期资金使用说明"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("上一期认定支出不到 70%，请写明原因和后续安排，由民政局审核。"),
        error_messages={"required": _("请写明上期资金使用情况。")},
    )

    def __init__(self, *args: Any, needs_explanation: bool = False, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not needs_explanation:
            del self.fields["explanation"]


class ReceiptForm(forms.Form):
    file = UploadField(
        label=_("收款回执"), accept=("pdf", "jpg", "png"), help_text=_("加盖单位章的收款收据，PDF 或照片。")
    )


class AppropriateForm(forms.Form):
    """The finance bureau's own entry, or bureau finance in its name."""

    document_number = forms.CharField(
        label=_("指标文号"), max_length=60, error_messages={"required": _("请填写指标文号。")}
    )
    voucher_number = forms.CharField(
        label=_("支付凭证号"), max_length=60, error_messages={"required": _("请填写支付凭证号。")}
    )
    recorded_for = forms.CharField(
        label=_("财政局经办人"), max_length=60, required=False, help_text=_("局财务代录时必填。")
    )
    voucher = UploadField(
        label=_("支付凭证扫描件"), accept=("pdf", "jpg", "png"), required=False, help_text=_("局财务代录时必传。")
    )

    def __init__(self, *args: Any, in_its_name: bool = False, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["voucher"].required = in_its_name
        self.fields["recorded_for"].required = True
        if not in_its_name:
            del self.fields["recorded_for"]


class ExplainForm(forms.Form):
    note = forms.CharField(
        label=_("说明"), min_length=5, max_length=200, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("写明与银行核对的结果和处理办法，例如重复发放已登记追回。"),
    )  # fmt: skip


class ImportForm(forms.Form):
    """A bank's file, with the sums that the paper says."""

    file = UploadField(
        label=_("银行文件"),
        accept=("xlsx", "csv"),
        help_text=_(
            "xlsx 或 csv。列：流水号、日期、方向、金额、对方账号、对方户名、摘要、结果、说明。"
            "方向填“付”或“收”；结果填“成功”或“失败”，失败的在说明里写原因；付款的摘要里有拨付编号。"
        ),
    )
    total_out = YuanField(
        label=_("付出合计（元）"), required=False, help_text=_("对账单上的付出合计，元。填写后与文件核对。")
    )
    total_in = YuanField(
        label=_("收入合计（元）"), required=False, help_text=_("对账单上的收入合计，元。填写后与文件核对。")
    )


class ResultForm(forms.Form):
    file = UploadField(label=_("回盘文件"), accept=("xlsx", "csv"))


class BatchForm(forms.Form):
    payments = forms.ModelMultipleChoiceField(
        label=_("进入批次的拨付"),
        queryset=Payment.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请至少选择一笔拨付。")},
    )

    def __init__(self, *args: Any, payments: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        field: Any = self.fields["payments"]
        field.queryset = payments
        field.label_from_instance = lambda one: (
            gettext("%(code)s · %(title)s · %(payee)s · %(amount)s 元")
            % {
                "code": one.code,
                "title": one.project.title,
                "payee": one.project.payee,
                "amount": money.yuan(one.amount),
            }
        )


class RefundForm(forms.Form):
    """How much of each source comes back: one field per source, at most what is there."""

    reason = forms.CharField(label=_("原因"), max_length=300, initial=_("项目结余退回"))

    def __init__(self, *args: Any, held: dict[str, tuple[str, int]], reason: Any = "", **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.held = held
        if reason:
            self.fields["reason"].initial = reason
        for code, (name, fen) in held.items():
            self.fields[f"source_{code}"] = YuanField(
                label=name, initial=money.yuan(fen), required=False, help_text=_("最多 %s 元") % money.yuan(fen)
            )
        self.order_fields([*(f"source_{code}" for code in held), "reason"])

    def clean(self) -> dict[str, Any]:
        amounts = {code: self.cleaned_data.get(f"source_{code}") or 0 for code in self.held}
        return {"amounts": amounts, "reason": self.cleaned_data.get("reason", "")}


class MatchForm(forms.Form):
    line = forms.ModelChoiceField(
        label=_("到账流水"),
        queryset=BankLine.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": _("请选择到账流水。没有时请先导入银行对账单。")},
    )

    def __init__(self, *args: Any, lines: Iterable[BankLine], **kwargs: Any):
        super().__init__(*args, **kwargs)
        field: Any = self.fields["line"]
        field.queryset = lines
        field.label_from_instance = lambda one: (
            gettext("%(booked_on)s · %(holder)s · %(amount)s 元 · %(memo)s · %(reference)s")
            % {
                "booked_on": one.booked_on,
                "holder": one.holder,
                "amount": money.yuan(one.amount),
                "memo": one.memo,
                "reference": one.reference,
            }
        )
