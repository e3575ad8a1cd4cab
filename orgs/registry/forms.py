"""Questions about organizations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from orgs.registry.models import Kind, ListKind, MemberRole, Organization, SupportClass
from orgs.registry.rules import COLUMNS
from portal.access.forms import reason_form
from portal.components.forms import DayInput, mark_conditional
from portal.files.forms import UploadField
from portal.identifiers import Invalid, check_bank_account, check_cnaps, check_phone, check_uscc
from portal.regions.models import Level, Region

PAPERS = ("pdf", "jpg", "jpeg", "png")
TEN_MB = 10 * 1024 * 1024


def checked(check: Any, value: str) -> str:
    try:
        return check(value)
    except Invalid as error:
        raise ValidationError(error.for_user())


class RegionField(forms.ModelChoiceField):
    """A street or community in use; namesakes carry their code."""

    def __init__(self, **kwargs: Any):
        super().__init__(queryset=Region.objects.none(), **kwargs)

    def label_from_instance(self, obj: Region) -> str:
        return f"{'　' * (obj.depth - 4 if obj.depth > 4 else 0)}{obj.label}"


def places() -> Any:
    return Region.objects.active().filter(level__in=[Level.STREET, Level.COMMUNITY])


class ClaimForm(forms.Form):
    uscc = forms.CharField(
        label=_("统一社会信用代码"),
        max_length=40,
        help_text=_("登记证书上的 18 位代码，全角、空格和小写会自动转换。"),
        error_messages={"required": _("请填写统一社会信用代码。")},
    )
    certificate = UploadField(label=_("登记证书副本"), accept=PAPERS, max_size=TEN_MB)
    authorisation = UploadField(
        label=_("法定代表人授权委托书"),
        accept=PAPERS,
        max_size=TEN_MB,
        help_text=_("写明授权您办理本平台事项，法定代表人签名并加盖公章。法定代表人本人认领的，上传签名的声明。"),
    )
    is_other_region = forms.BooleanField(label=_("这是外区登记、在本区开展服务的组织"), required=False)
    name = forms.CharField(label=_("证书上的名称（仅外区登记填写）"), required=False, min_length=4, max_length=60)
    region = RegionField(label=_("服务区域（仅外区登记填写）"), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = places()
        mark_conditional(self, "name", "region")

    def clean_uscc(self) -> str:
        return checked(check_uscc, self.cleaned_data["uscc"])


class ProfileForm(forms.ModelForm):
    class Meta:
        model = Organization
        fields = ("aliases", "service_field", "purpose", "scope", "contact_name", "contact_phone", "contact_email")

    def clean_contact_phone(self) -> str:
        phone = self.cleaned_data["contact_phone"]
        return checked(check_phone, phone) if phone else ""


class InviteForm(forms.Form):
    email = forms.EmailField(label=_("对方的邮箱"), error_messages={"required": _("请填写邮箱。")})
    role = forms.ChoiceField(
        label=_("角色"),
        choices=MemberRole.choices,
        help_text=_("只有负责人能提交和签署；经办人填写申报和项目；财务登记支出和账户；只读可以查看。"),
    )


class AccountForm(forms.Form):
    holder = forms.CharField(label=_("账户名称"), max_length=60, help_text=_("须与单位名称一致。"))
    number = forms.CharField(label=_("账号"), max_length=64, help_text=_("8 至 32 位数字，空格会自动去掉。"))
    bank = forms.CharField(label=_("开户行"), max_length=80, help_text=_("写到支行，例如 ××银行镇海支行。"))
    branch_code = forms.CharField(label=_("联行号"), max_length=20, help_text=_("12 位数字。"))
    replaces = forms.BooleanField(
        label=_("作废待核对的账户，改用这个"), required=False, help_text=_("只在上一个账户填错时勾选。")
    )

    def clean_number(self) -> str:
        return checked(check_bank_account, self.cleaned_data["number"])

    def clean_branch_code(self) -> str:
        return checked(check_cnaps, self.cleaned_data["branch_code"])


ReasonForm = reason_form(500)


class CallBackForm(forms.Form):
    call_back = forms.CharField(
        label=_("回访记录"),
        max_length=200,
        required=False,
        help_text=_("变更账户必填：按原联系方式回访的时间、电话和接听人。"),
    )


class ImportForm(forms.Form):
    table = forms.FileField(
        label=_("登记名册"),
        help_text=_("xlsx 或 csv（UTF-8、GB18030 均可），第 1 行为：%(columns)s。") % {"columns": "、".join(COLUMNS)},
    )
    is_trial = forms.BooleanField(label=_("只检查，不导入"), required=False, initial=True)


class PayeeForm(forms.Form):
    name = forms.CharField(label=_("名称"), min_length=4, max_length=60)
    kind = forms.ChoiceField(label=_("类型"), choices=[one for one in Kind.choices if one[0] != Kind.FILED_GROUP])
    uscc = forms.CharField(label=_("统一社会信用代码"), max_length=40, required=False)
    region = RegionField(label=_("所属区域"))

    def __init__(self, *args: Any, regions: Any = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = regions if regions is not None else Region.objects.none()

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if answers.get("uscc"):
            try:
                answers["uscc"] = check_uscc(answers["uscc"], answers.get("kind"))
            except Invalid as error:
                self.add_error("uscc", error.for_user())
        return answers


class GroupForm(forms.Form):
    name = forms.CharField(label=_("名称"), min_length=4, max_length=60)
    region = RegionField(label=_("所在社区（村）"))
    custodian = forms.ModelChoiceField(label=_("代管单位"), queryset=Organization.objects.none())
    support_class = forms.ChoiceField(label=_("归类"), choices=SupportClass.choices)
    filing_number = forms.CharField(label=_("备案号"), max_length=40, required=False)

    def __init__(self, *args: Any, regions: Any = None, custodians: Any = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = regions if regions is not None else Region.objects.none()
        self.fields["custodian"].queryset = custodians if custodians is not None else Organization.objects.none()


class ListingForm(forms.Form):
    kind = forms.ChoiceField(label=_("名录"), choices=ListKind.choices)
    decision = forms.CharField(label=_("决定文号"), max_length=60)
    listed_on = forms.DateField(label=_("列入日期"), widget=DayInput())
    reason = forms.CharField(label=_("事由"), max_length=200)
