"""Accounts and role grants under /cms/, for the three administrators."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import account

from portal.access import Role
from portal.access.staff import (
    DateColumn,
    FormCommandView,
    MoveView,
    NameColumn,
    RegionColumn,
    ScopedViewSet,
    YesColumn,
)
from portal.accounts import commands
from portal.accounts.forms import GrantForm, ReasonForm, UserForm
from portal.accounts.models import RoleGrant, User
from portal.accounts.policies import grant_policy, user_policy
from portal.regions.models import Region


class OwnAccountView(account.AccountView):
    """Wagtail's page of the own look and notices; the name is kept by the administrator."""

    def get_panels(self) -> list:
        return [panel for panel in super().get_panels() if panel.name not in ("name_email", "avatar")]


class CreateUserView(FormCommandView):
    command = staticmethod(commands.create_user)
    form_class = UserForm
    title = submit_label = _("开立账号")
    intro = _("新账号还没有角色，不能办理任何事项；开立后接着授予角色。")
    success_message = _("账号已开立。请本人用“找回密码”设置密码。")
    header_icon = "user"
    is_sensitive = True

    def check(self, request: HttpRequest) -> None:
        if not user_policy.user_has_permission(request.user, "create"):
            raise user_policy.denial("create")

    def get_success_url(self) -> str:
        return reverse("staff_users:inspect", args=[self.result.pk])

    def get_cancel_url(self) -> str:
        return reverse("staff_users:index")


class GrantView(MoveView):
    model, policy, action = User, user_policy, "grant"
    command = staticmethod(commands.grant)
    form_class = GrantForm
    title = submit_label = _("授予角色")
    success_message = _("角色已授予。")
    is_sensitive = True

    def get_form_kwargs(self) -> dict[str, Any]:
        inside = self.request.user.scope(Role.SYS_ADMIN, field="")
        return {**super().get_form_kwargs(), "regions": Region.objects.active().filter(inside)}

    def consequences(self, obj: User) -> list[str]:
        held = "、".join(str(grant) for grant in obj.grants_now) or _("无")
        return [
            _("%(obj)s 在管辖区域内取得所选角色的权限；现有角色：%(held)s。") % {"obj": obj, "held": held},
            _("互相制约的角色（例如经办与财务、专家与审计）不能由同一人担任。"),
        ]


class StopView(MoveView):
    model, policy, action = User, user_policy, "stop"
    is_way_out = True
    command = staticmethod(commands.stop)
    form_class = ReasonForm
    title = submit_label = _("停用账号")
    success_message = _("账号已停用。")
    is_sensitive = True

    def consequences(self, obj: User) -> list[str]:
        return [_("%(obj)s 立即退出所有设备，不能再登录。历史记录保留。") % {"obj": obj}]


class ReopenView(MoveView):
    model, policy, action = User, user_policy, "reopen"
    command = staticmethod(commands.reopen)
    form_class = ReasonForm
    title = submit_label = _("启用账号")
    success_message = _("账号已启用。")
    is_sensitive = True

    def consequences(self, obj: User) -> list[str]:
        return [_("%(obj)s 可以用原来的密码登录，停用前没有到期的角色继续有效。") % {"obj": obj}]


class UserViewSet(ScopedViewSet):
    model = User
    policy = user_policy
    name = "staff_users"
    icon = "user"
    menu_label = _("账号与角色")
    add_to_settings_menu = True
    ordering = "username"
    list_display = (
        NameColumn("name", label=_("姓名"), sub="username", sort_key="username"),
        Column("roles", label=_("角色"), accessor="role_words"),
        "email",
        YesColumn("is_active", label=_("启用"), yes=_("已启用"), no=_("已停用")),
        DateColumn("date_joined", label=_("开立时间"), sort_key="date_joined"),
        DateColumn("last_login", label=_("最近登录"), sort_key="last_login"),
    )
    list_filter = ("is_active",)
    search_fields = ("username", "name", "email")
    list_export = ("username", "name", "is_active", "date_joined", "last_login")
    labels = {"date_joined": _("开立时间"), "last_login": _("最近登录")}
    export_filename = "users"
    inspect_view_fields = ("username", "name", "email", "phone", "is_active", "date_joined", "last_login")
    inspect_template = "accounts/inspect_user.html"
    moves = (GrantView, StopView, ReopenView)
    links = ((_("开立账号"), "accounts_create", "create"), (_("角色授权"), "staff_grants:index", "view"))

    def annotate(self, queryset: Any) -> Any:
        return queryset.with_grants_now()

    def extra(self, user: Any, obj: User) -> dict[str, Any]:
        return {"grants": obj.role_grants.select_related("region", "granted_by").order_by("ended_at", "role")}


class EndView(MoveView):
    model, policy, action = RoleGrant, grant_policy, "end"
    command = staticmethod(commands.end_grant)
    form_class = ReasonForm
    title = submit_label = _("结束授权")
    success_message = _("授权已结束。")
    is_sensitive = True

    def consequences(self, obj: RoleGrant) -> list[str]:
        return [_("%(user)s 立即失去 %(obj)s 的权限。") % {"user": obj.user, "obj": obj}]


class GrantViewSet(ScopedViewSet):
    model = RoleGrant
    policy = grant_policy
    name = "staff_grants"
    icon = "key"
    menu_label = _("角色授权")
    ordering = ("user__username", "role")
    list_display = (
        "user",
        "role",
        RegionColumn("region", label=_("管辖区域"), sort_key="region__path"),
        DateColumn("starts_on", label=_("生效日期"), sort_key="starts_on"),
        DateColumn("ends_on", label=_("有效期至"), sort_key="ends_on"),
        DateColumn("ended_at", label=_("提前结束时间"), sort_key="ended_at"),
    )
    list_filter = ("role",)
    list_select_related = ("user", "region", "granted_by", "ended_by")
    search_fields = ("user__username", "user__name", "region__name", "region__code")
    list_export = ("user", "role", "region", "starts_on", "ends_on", "ended_at", "granted_by")
    export_filename = "grants"
    labels = {"ended_by": _("结束人")}
    inspect_view_fields = ("user", "role", "region", "starts_on", "ends_on", "granted_by", "ended_at", "ended_by")
    moves = (EndView,)
