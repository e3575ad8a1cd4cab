from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "portal.accounts"
    label = "accounts"
    verbose_name = _("账号与角色")

    def ready(self) -> None:
        from wagtail.permissions import register_permission_policy

        from portal.accounts import policies, tasks  # noqa: F401  tasks registers its jobs
        from portal.accounts.models import RoleGrant, User
        from portal.trail.commands import register

        register_permission_policy(RoleGrant, policies.grant_policy)
        register(RoleGrant, "accounts", {})
        register(
            User,
            "accounts",
            {
                "create": _("开立账号"),
                "grant": _("授予角色"),
                "end_grant": _("结束角色"),
                "stop": _("停用账号"),
                "reopen": _("启用账号"),
            },
        )
        # After the migrations of every app: the admin's own permission must exist.
        post_migrate.connect(make_groups, sender=self)


def make_groups(**kwargs: Any) -> None:
    from portal.accounts.commands import make_groups as make

    make()
