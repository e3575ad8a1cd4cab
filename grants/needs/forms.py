from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from grants.needs.queries import communities, streets
from portal.regions.models import Region
from portal.search.rules import MAX_QUERY

MATTERS = (
    ("stairs", _("楼道和无障碍"), _("扶手、台阶、坡道、电梯")),
    ("lamp", _("路灯和用电"), _("路灯不亮、充电、电线")),
    ("heart", _("老人照料"), _("没人陪、吃饭、理发、看病")),
    ("child", _("孩子托管"), _("放学没人管、假期没去处")),
    ("leaf", _("环境卫生"), _("垃圾、积水、绿化")),
    ("more", _("别的事情"), _("上面没有的，选这一项")),
)
"""What old people choose from instead of typing a title: code and icon, title, examples."""


OWN = "edit"
"""The choice that stands for a title typed on the one-page form, and its icon."""
LEAST_TITLE, MOST_TITLE = 4, 40


def matters(own: str = "") -> tuple[tuple[str, Any, Any], ...]:
    """Return what may be chosen; own: a title that was typed before the mode was switched."""
    fits = LEAST_TITLE <= len(own) <= MOST_TITLE
    return (*MATTERS, (OWN, own, _("您刚才写的"))) if fits else MATTERS


class ByStreet(forms.models.ModelChoiceIterator):
    """The communities under their streets and towns."""

    def __iter__(self) -> Iterator[Any]:
        yield "", self.field.empty_label
        names = dict(streets().values_list("path", "name"))
        for path, members in groupby(self.queryset, key=lambda one: one.path[: -Region.steplen]):
            yield names.get(path, ""), [self.choice(one) for one in members]


class CommunityField(forms.ModelChoiceField):
    iterator = ByStreet


class PostForm(forms.Form):
    region = CommunityField(
        label=_("社区（村）"),
        queryset=Region.objects.none(),
        empty_label=_("请选择"),
        error_messages={"required": _("请选择社区（村）。")},
    )
    title = forms.CharField(
        label=_("需求"),
        min_length=LEAST_TITLE,
        max_length=MOST_TITLE,
        help_text=_("一句话，40 字以内，例如：楼道加装扶手"),
        error_messages={"required": _("请填写需求。")},
    )
    text = forms.CharField(
        label=_("说明"), min_length=10, max_length=500, widget=forms.Textarea(attrs={"rows": 5, "data-limit": 500, "data-carry": ""}),
        help_text=_("在哪里、要什么、谁受益。审核后只公开整理过的内容。"),
        error_messages={"required": _("请填写说明。")},
    )  # fmt: skip
    persons = forms.IntegerField(label=_("受益人数（约）"), required=False, min_value=1, max_value=1_000_000)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = communities()


class StepForm(PostForm):
    """The questions for old eyes, in words; a page asks `only` one of them."""

    title = forms.ChoiceField(
        label=_("反映的事"),
        help_text=_("选一项就行，后面还能改。"),
        choices=[(code, title) for code, title, _examples in MATTERS],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选一项。"), "invalid_choice": _("请选一项。")},
    )
    hints = (
        ("region", _("选那里的社区或村。")),
        ("text", _("在哪里、要什么、谁受益。不方便打字，可以用手机键盘上的话筒说。")),
        ("persons", _("不清楚可以不填，直接按“下一题”。")),
    )
    questions = (_("您想反映哪方面的事？"), _("事情在什么地方？"), _("是什么情况？"), _("大约多少人受益？"))
    field_order = ("title", "region", "text", "persons")
    short = (_("反映的事"), _("在什么地方"), _("什么情况"), _("多少人受益"), _("核对"))

    def __init__(self, *args: Any, only: str = "", own: str = "", **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["title"].choices = [(code, title) for code, title, _examples in matters(own)]
        for name, hint in self.hints:
            self.fields[name].help_text = hint
        for name in set(self.fields) - {only} if only else ():
            del self.fields[name]

    def clean_title(self) -> str:
        """Return the matter in words: they are the title of the need."""
        return str(dict(self.fields["title"].choices)[self.cleaned_data["title"]])


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
