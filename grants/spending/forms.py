"""What a grantee types about a voucher."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from grants.agreements.models import BudgetLine, PlannedActivity, Project
from grants.spending.queries import LineUse, line_uses
from portal.access.forms import reason_form
from portal.components.forms import DayInput
from portal.dynforms.forms import MoneyField
from portal.files.forms import UploadField
from portal.money import yuan


class LineChoice(forms.ModelChoiceField):
    """Budget lines, each with what is left of it."""

    uses: dict[int, LineUse] = {}

    def label_from_instance(self, line: BudgetLine) -> str:
        use = self.uses.get(line.pk)
        if use is None:
            return str(line)
        return _t("%(name)s（余 %(left)s 元）") % {"name": use.name, "left": yuan(use.left)}


class ExpenditureForm(forms.Form):
    line = LineChoice(
        label=_("预算行"), queryset=BudgetLine.objects.none(), empty_label=_("请选择"),
        error_messages={"required": _("请选择预算行。")},
    )  # fmt: skip
    activity = forms.ModelChoiceField(
        label=_("对应活动"), queryset=PlannedActivity.objects.none(), required=False, empty_label=_("不对应单项活动")
    )
    item = forms.CharField(
        label=_("事项"), max_length=80, help_text=_("买了什么、付给谁做什么，例如“楼道防滑条 40 卷”。"),
        error_messages={"required": _("请填写事项。")},
    )  # fmt: skip
    payee = forms.CharField(label=_("收款方"), max_length=80, error_messages={"required": _("请填写收款方。")})
    amount = MoneyField(
        label=_("资助资金支出（元）"), help_text=_("只填由资助资金承担的部分。"),
        error_messages={"required": _("请填写金额。")},
    )  # fmt: skip
    self_amount = MoneyField(
        label=_("自筹部分（元）"), required=False, help_text=_("由单位自有资金承担的部分，备查。")
    )
    invoice_number = forms.CharField(
        label=_("发票（收据）号码"), max_length=40, help_text=_("同一张发票在全平台只能登记一次。"),
        error_messages={"required": _("请填写发票号码。")},
    )  # fmt: skip
    invoice_date = forms.DateField(
        label=_("开票日期"), widget=DayInput(),
        error_messages={"required": _("请填写开票日期。"), "invalid": _("日期应为有效日期，例如 2026-08-14。")},
    )  # fmt: skip
    is_cash = forms.BooleanField(label=_("现金支付"), required=False)
    note = forms.CharField(
        label=_("说明"), max_length=200, required=False, help_text=_("现金超过 1,000 元须说明原因。")
    )
    voucher = UploadField(label=_("凭证"), help_text=_("发票或收据的照片、扫描件或 PDF。"))

    def __init__(self, *args: Any, project: Project, **kwargs: Any):
        super().__init__(*args, **kwargs)
        line: LineChoice = self.fields["line"]  # type: ignore[assignment]
        line.queryset = project.budget_lines.all()
        line.uses = {use.line.pk: use for use in line_uses(project) if use.line}
        self.fields["activity"].queryset = project.planned_activities.all()  # type: ignore[attr-defined]

    def clean_self_amount(self) -> int:
        return self.cleaned_data["self_amount"] or 0


ReasonForm = reason_form(200, help_text=_("单位据此更正，请写明票据或金额哪里不符。"))
