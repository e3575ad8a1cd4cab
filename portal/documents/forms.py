"""The question of somebody with a paper in hand."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

HASH = r"^[0-9A-Fa-f]{64}$"


class HashField(forms.RegexField):
    """A fingerprint as a receipt prints it: groups of four are read as one."""

    def to_python(self, value: Any) -> str:
        return "".join(super().to_python(value).split())


class VerifyForm(forms.Form):
    number = forms.CharField(label=_("编号"), max_length=60, error_messages={"required": _("请填写文书页脚的编号。")})
    sha256 = HashField(
        HASH,
        label=_("文件的 SHA-256"),
        required=False,
        help_text=_("文书上印的 64 位校验码，用来核对内容有没有改动。可以带空格。"),
        error_messages={"invalid": _("SHA-256 应为 64 位的数字和字母 a–f。请重新复制后粘贴。")},
    )
