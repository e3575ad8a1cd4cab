from django import forms
from django.utils.translation import gettext_lazy as _


class LoadForm(forms.Form):
    table = forms.FileField(
        label=_("区划表"),
        help_text=_(
            "xlsx 或 csv，第 1 行为 code、name、valid_from、valid_to、successors。有一行不对时，整份不导入。"
        ),
    )
