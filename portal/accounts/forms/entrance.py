"""allauth's forms in the words of the house (settings.ACCOUNT_FORMS, MFA_FORMS)."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django.utils.translation import gettext_lazy as _


class Plain:
    """Labels say what a field is; nothing stands in the fields themselves (screens.md § 5.3, 32)."""

    labels = {
        "login": _("账号名或邮箱"), "username": _("账号名"), "email": _("邮箱"), "password2": _("再输一次密码"),
        "oldpassword": _("现在的密码"),
    }  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():  # type: ignore[attr-defined]
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            if name in ("password", "oldpassword"):
                field.help_text = ""  # a link to the way back stands beside the button


class LoginForm(Plain, allauth.LoginForm):
    """Name or address, and the password."""


class NewAccountForm(Plain, allauth.SignupForm):
    """Registering."""


class AddEmailForm(Plain, allauth.AddEmailForm):
    """One more address."""


class ChangePasswordForm(Plain, allauth.ChangePasswordForm):
    """The old password and a new one."""


class ResetPasswordForm(Plain, allauth.ResetPasswordForm):
    """The address of an account whose password is forgotten."""


class ResetPasswordKeyForm(Plain, allauth.ResetPasswordKeyForm):
    """A new password, by the link in the letter."""


class ReauthenticateForm(Plain, allauth.ReauthenticateForm):
    """The password once more, before something sensitive."""


class FactorAdapter(DefaultMFAAdapter):
    """Says what is wanted instead of what was wrong."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("验证码不对。请输入应用里现在显示的数字；一直不对，请核对手机的时间。"),
    }


class ActivateTOTPForm(Plain, totp.ActivateTOTPForm):
    """The first code of a new authenticator app."""

    labels = {"code": _("应用里显示的 6 位数字")}


class AddKeyForm(Plain, webauthn.AddWebAuthnForm):
    """The name under which a person keeps a security key."""

    labels = {"name": _("密钥名称")}
