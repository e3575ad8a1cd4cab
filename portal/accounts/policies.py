"""Who may look at accounts and hand out roles: the three administrators, one of them writes."""

from __future__ import annotations

from typing import Any

from portal.access import Role
from portal.access.policies import Policy
from portal.accounts.models import RoleGrant, User


class UserPolicy(Policy):
    actions = {
        "view": (Role.SYS_ADMIN, Role.SEC_ADMIN, Role.AUD_ADMIN),
        "create": (Role.SYS_ADMIN,),
        "grant": (Role.SYS_ADMIN,),
        "stop": (Role.SYS_ADMIN, Role.SEC_ADMIN),
        "reopen": (Role.SYS_ADMIN,),
    }

    def allows(self, user: Any, action: str, instance: User) -> bool:
        if action in {"grant", "stop", "reopen"} and instance.pk == user.pk:
            return False
        if action in {"grant", "stop"}:
            return instance.is_active
        return not instance.is_active if action == "reopen" else True


class RoleGrantPolicy(Policy):
    place = "region"
    actions = {
        "view": (Role.SYS_ADMIN, Role.SEC_ADMIN, Role.AUD_ADMIN),
        "end": (Role.SYS_ADMIN, Role.SEC_ADMIN),
    }

    def allows(self, user: Any, action: str, instance: RoleGrant) -> bool:
        return action == "view" or (instance.ended_at is None and instance.user_id != user.pk)


user_policy = UserPolicy(User)
grant_policy = RoleGrantPolicy(RoleGrant)
