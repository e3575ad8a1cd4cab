"""Questions about accounts, and the adapter that speaks for allauth."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal import ratelimit
from django import forms
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.access import Role
from portal.access.forms import reason_form
from portal.accounts.models import User
from portal.components.forms import DayInput
from portal.identifiers import Invalid, check_phone
from portal.regions.models import Region

TRIES = 5  # domain.md § 0.20; the rate itself stands in settings.ACCOUNT_RATE_LIMITS
MINUTES = 15


class Adapter(DefaultAccountAdapter):
    """Words of screens.md § 4.10 #14; the same answer for known and unknown accounts."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": _("这个账号连续 5 次没有登录成功，已锁定 15 分钟。请稍后再试，或找回密码。"),
        "account_inactive": _("这个账号已停用。请联系系统管理员。"),
        "username_taken": _("这个账号名已被使用。请换一个。"),
        "unknown_email": _("没有找到这个邮箱的账号。"),
    }

    def is_reauthentication_required(self, *, app: str) -> bool:
        return settings.REAUTHENTICATE if app == "portal" else super().is_reauthentication_required(app=app)

    def authentication_failed(self, request: Any, **credentials: Any) -> None:
        """Say how many tries are left: an account that nobody has is counted the same."""
        left = self.tries_left(request, **credentials)
        if left > 0:
            raise ValidationError(
                _("账号或密码不对。还可以再试 %(left)s 次，之后锁定 %(minutes)s 分钟。")
                % {"left": left, "minutes": MINUTES},
                code="wrong_password",
            )
        raise self.validation_error("too_many_login_attempts")

    def _get_login_attempts_cache_key(self, request: Any, **credentials: Any) -> str:
        """Count per account, whether its name or its e-mail was typed; what nobody has is counted as typed."""
        typed = credentials.get("email") or credentials.get("username") or ""
        user = User.objects.filter(Q(username__iexact=typed) | Q(email__iexact=typed)).first() if typed else None
        return super()._get_login_attempts_cache_key(request, username=user.username if user else typed)

    def tries_left(self, request: Any, **credentials: Any) -> int:
        key = self._get_login_attempts_cache_key(request, **credentials)
        rate = ratelimit.parse_rates(settings.ACCOUNT_RATE_LIMITS["login_failed"])[0]
        name = ratelimit.get_cache_key(request, app="allauth.account", action="login_failed", rate=rate, key=key)
        return max(0, TRIES - len(cache.get(name, [])))

    def get_login_redirect_url(self, request: Any) -> str:
        return settings.LOGIN_REDIRECT_URL


class UserForm(forms.Form):
    username = forms.RegexField(
        r"^[a-zA-Z][a-zA-Z0-9._-]{2,29}$",
        label=_("账号名"),
        help_text=_("3 至 30 位字母、数字或 . _ -，以字母开头。"),
        error_messages={"invalid": _("账号名应为 3 至 30 位字母、数字或 . _ -，以字母开头。")},
    )
    name = forms.CharField(label=_("姓名"), max_length=60)
    email = forms.EmailField(label=_("邮箱"), help_text=_("用来设置密码和接收通知。"))
    phone = forms.CharField(label=_("电话"), max_length=30, required=False)

    def clean_phone(self) -> str:
        phone = self.cleaned_data["phone"]
        try:
            return check_phone(phone) if phone else ""
        except Invalid as error:
            raise ValidationError(error.for_user())


class GrantForm(forms.Form):
    role = forms.ChoiceField(label=_("角色"), choices=[("", _("请选择")), *Role.choices])
    region = forms.ModelChoiceField(
        label=_("管辖区域"),
        queryset=Region.objects.none(),
        help_text=_("角色在这个区域及其下级有效。"),
        error_messages={"required": _("请选择管辖区域。不限区域的角色不能授予。")},
    )
    starts_on = forms.DateField(label=_("生效日期"), required=False, widget=DayInput(), help_text=_("留空为今天。"))
    ends_on = forms.DateField(
        label=_("有效期至"),
        required=False,
        widget=DayInput(),
        help_text=_("含当天；留空为长期。"),
    )

    def __init__(self, *args: Any, regions: Any = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = regions if regions is not None else Region.objects.none()


ReasonForm = reason_form(200)
