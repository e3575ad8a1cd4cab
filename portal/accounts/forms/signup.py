"""What a new account is asked. allauth imports this while it builds its own forms: nothing here may import them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class SignupForm(forms.Form):
    """What a new account is asked besides name, address and password (settings.ACCOUNT_SIGNUP_FORM_CLASS)."""

    name = forms.CharField(label=_("姓名"), max_length=60, error_messages={"required": _("请填写姓名。")})

    def signup(self, request: Any, user: Any) -> None:
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])
