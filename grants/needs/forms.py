from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from grants.needs.queries import communities, streets
from portal.search.rules import MAX_QUERY


class PostForm(forms.Form):
    region = forms.ModelChoiceField(
        label=_("社区（村）"), queryset=communities(), error_messages={"required": _("请选择社区（村）。")}
    )
    title = forms.CharField(
        label=_("需求"),
        min_length=4,
        max_length=40,
        help_text=_("一句话，40 字以内，例如：楼道加装扶手"),
        error_messages={"required": _("请填写需求。")},
    )
    text = forms.CharField(
        label=_("说明"), min_length=10, max_length=500, widget=forms.Textarea(attrs={"rows": 5, "data-limit": 500}),
        help_text=_("在哪里、要什么、谁受益。审核后只公开整理过的内容。"),
        error_messages={"required": _("请填写说明。")},
    )  # fmt: skip
    persons = forms.IntegerField(label=_("受益人数（约）"), required=False, min_value=1, max_value=1_000_000)


class Filter(forms.Form):
    """The public list: what is looked for, and near whom."""

    q = forms.CharField(label=_("需求、社区或编号"), required=False, max_length=MAX_QUERY)
    street = forms.ChoiceField(label=_("街道、镇"), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["street"].choices = [("", _("全部")), *((one.code, one.name) for one in streets())]


class ListForm(forms.Form):
    title = forms.CharField(label=_("公开标题"), max_length=40)
    text = forms.CharField(
        label=_("公开内容"), max_length=500, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("不要写个人姓名、电话和门牌。"),
    )  # fmt: skip


class DeclineForm(forms.Form):
    reason = forms.CharField(label=_("答复"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}))
