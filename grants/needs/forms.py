from django import forms
from django.utils.translation import gettext_lazy as _

from grants.needs.queries import communities


class PostForm(forms.Form):
    region = forms.ModelChoiceField(
        label=_("社区（村）"), queryset=communities(), error_messages={"required": _("请选择社区（村）。")}
    )
    title = forms.CharField(label=_("需求"), max_length=40, error_messages={"required": _("请填写需求。")})
    text = forms.CharField(
        label=_("说明"), max_length=500, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("在哪里、要什么、谁受益。审核后只公开整理过的内容。"),
        error_messages={"required": _("请填写说明。")},
    )  # fmt: skip
    persons = forms.IntegerField(label=_("受益人数（约）"), required=False, min_value=1, max_value=1_000_000)


class ListForm(forms.Form):
    title = forms.CharField(label=_("公开标题"), max_length=40)
    text = forms.CharField(
        label=_("公开内容"), max_length=500, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("不要写个人姓名、电话和门牌。"),
    )  # fmt: skip


class DeclineForm(forms.Form):
    reason = forms.CharField(label=_("答复"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}))
