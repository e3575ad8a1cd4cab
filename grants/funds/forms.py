"""Cleaning what the finance office types about sources, indicators and other entries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from grants.funds import queries
from grants.funds.guards import CORRECTABLE, TAKES
from grants.funds.models import Account, FundSource, Posting
from grants.funds.states import EntryKind, Holder, Kind, SourceKind
from portal import clock
from portal.access.forms import reason_form
from portal.accounts.models import User
from portal.dynforms.forms import MoneyField
from portal.files.forms import UploadField
from portal.money import yuan
from portal.regions.models import Level, Region

ReasonForm = reason_form(200)


class SumField(MoneyField):
    """Yuan, more than nothing."""

    def clean(self, value: Any) -> Any:
        fen = super().clean(value)
        if fen == 0:
            raise ValidationError(_("金额应大于 0。"))
        return fen


def day(label: Any, **kwargs: Any) -> forms.DateField:
    words = {"invalid": _("日期应为 2026-04-28 的样式。"), "required": _("请填写日期。")}
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}), error_messages=words, **kwargs
    )


def year_field(**kwargs: Any) -> forms.IntegerField:
    words = dict.fromkeys(("invalid", "min_value", "max_value"), _("年度应为四位数，例如 2026。"))
    return forms.IntegerField(label=_("预算年度"), min_value=2000, max_value=2199, error_messages=words, **kwargs)


def paper_field() -> UploadField:
    return UploadField(
        label=_("文件扫描件"), accept=("pdf", "jpg", "png"), required=False, help_text=_("可以不传；PDF 或照片")
    )


class SourceForm(forms.Form):
    code = forms.RegexField(
        r"^[A-Z][A-Z0-9_]*$", label=_("编码"), max_length=20, help_text=_("大写字母和数字，例如慈善资金用 CSZJ；记账后不能修改"),
        error_messages={"invalid": _("编码以大写字母开头，只用大写字母、数字和下划线，例如 CSZJ。")},
    )  # fmt: skip
    name = forms.CharField(label=_("名称"), max_length=80, help_text=_("例如 慈善资金"))
    kind = forms.ChoiceField(label=_("类别"), choices=SourceKind.choices)
    holder = forms.ChoiceField(
        label=_("资金所在"),
        choices=Holder.choices,
        help_text=_("国库资金由财政局拨付后登记；民政局自管资金由出纳办理支付批次"),
    )
    purposes = forms.MultipleChoiceField(
        label=_("可用于"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("一项都不选表示不限")
    )
    region = forms.ModelChoiceField(Region.objects.none(), label=_("所属区划"), empty_label=None)

    def __init__(self, *args: Any, user: User, programmes: Iterable[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        levels = [Level.CITY, Level.DISTRICT, Level.STREET]
        here = user.scope("BUREAU_FINANCE", field="")
        self.fields["region"].queryset = Region.objects.filter(here, level__in=levels).order_by("path")
        self.fields["purposes"].choices = list(programmes)


class SourceRevisionForm(forms.Form):
    """What may change of a source: its words; what it is, while no money is posted."""

    name = SourceForm.base_fields["name"]
    kind = SourceForm.base_fields["kind"]
    holder = SourceForm.base_fields["holder"]
    purposes = SourceForm.base_fields["purposes"]

    def __init__(self, *args: Any, source: FundSource, programmes: Iterable[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["purposes"].choices = list(programmes)
        if source.has_money_posted:
            del self.fields["kind"], self.fields["holder"]


class BudgetForm(forms.Form):
    source = forms.ModelChoiceField(
        FundSource.objects.none(), label=_("资金来源"), empty_label=_("请选择"),
        error_messages={"required": _("请选择资金来源；没有的先在“资金来源”里新增。")},
    )  # fmt: skip
    year = year_field()
    fen = SumField(label=_("金额（元）"))
    document_number = forms.CharField(
        label=_("指标文号"), max_length=80, help_text=_("例如 镇财指〔2026〕8号"),
        error_messages={"required": _("请填写指标文号。")},
    )  # fmt: skip
    issued_on = day(_("文件日期"))
    paper = paper_field()
    note = forms.CharField(label=_("说明"), max_length=200, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["source"].queryset = FundSource.objects.visible_to(user).filter(
            pk__in=[one.pk for one in usable(user)]
        )
        self.fields["year"].initial = clock.today().year

    def clean_issued_on(self) -> Any:
        on = self.cleaned_data["issued_on"]
        if on and on > clock.today():
            raise ValidationError(_("文件日期晚于今天，请核对文件上的日期。"))
        return on


def usable(user: User) -> Iterable[FundSource]:
    """Return the sources whose money this person's bureau books: of the site, or of a place of a finance grant."""
    here = user.scope("BUREAU_FINANCE", "FINANCE")
    return FundSource.objects.filter(region__isnull=True) | FundSource.objects.filter(here)


class AccountChoice(forms.ModelChoiceField):
    """Accounts by the names of their owners, with what they hold."""

    names: dict[int, str]

    def label_from_instance(self, obj: Account) -> str:
        owner = self.names.get(obj.pk, obj.owner_code)
        words = {"owner": owner, "kind": obj.get_kind_display(), "source": obj.source, "year": obj.year}
        return _("%(owner)s · %(kind)s · %(source)s %(year)s年度 · %(fen)s 元") % {**words, "fen": yuan(obj.balance)}


class EntryForm(forms.Form):
    """Money out of one account, under a document."""

    account = AccountChoice(
        Account.objects.none(), label=_("从哪个账户"), empty_label=_("请选择"),
        error_messages={"required": _("请选择账户。")},
    )  # fmt: skip
    fen = SumField(label=_("金额（元）"))
    document_number = forms.CharField(label=_("文号"), max_length=80)
    paper = paper_field()
    note = forms.CharField(label=_("事由"), max_length=200, error_messages={"required": _("请写明事由。")})

    def __init__(self, *args: Any, user: User, kind: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        found = queries.accounts_with_money(user, TAKES[EntryKind(kind)])
        chosen = self.fields["account"]
        chosen.names = {one.pk: name for one, name in found}
        chosen.queryset = Account.objects.filter(pk__in=list(chosen.names)).select_related("source")
        label = _("退款的银行流水号") if kind == EntryKind.RESTORE else _("批准文号")
        self.fields["document_number"].label = label

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        account, fen = cleaned.get("account"), cleaned.get("fen")
        if account and fen and fen > account.balance:
            words = {"kind": Kind(account.kind).label, "fen": yuan(account.balance)}
            self.add_error("fen", _("“%(kind)s”只有 %(fen)s 元，请减少金额。") % words)
        return cleaned


class PostingChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Posting) -> str:
        words = {"pk": obj.pk, "on": obj.effective_date, "event": obj.get_event_display()}
        text = _("凭证 %(pk)s · %(on)s · %(event)s · %(fen)s 元 · %(number)s")
        return text % {**words, "fen": yuan(obj.amount), "number": obj.document_number}


class ReversalForm(forms.Form):
    posting = PostingChoice(
        Posting.objects.none(), label=_("冲销哪张凭证"), empty_label=_("请选择"),
        error_messages={"required": _("请选择凭证。"), "invalid_choice": _("这张凭证已经冲销或正在申请冲销。")},
    )  # fmt: skip
    paper = paper_field()
    note = forms.CharField(
        label=_("错在哪里"), max_length=200, help_text=_("例如 金额多录一个 0"),
        error_messages={"required": _("请写明错在哪里。")},
    )  # fmt: skip

    def __init__(self, *args: Any, user: User, kind: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        found = queries.correctable(user, CORRECTABLE).filter(transfers__src__source__in=usable(user)).distinct()
        self.fields["posting"].queryset = found


class MonthForm(forms.Form):
    month = forms.ChoiceField(label=_("会计期间"))
    note = forms.CharField(label=_("理由"), max_length=200, error_messages={"required": _("请写明理由。")})

    def __init__(self, *args: Any, months: Iterable[str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["month"].choices = [(one, one) for one in months]
