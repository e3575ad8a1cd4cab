"""The policy base: one object per model answers what a person may do, for screens, admin and API."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from wagtail.permission_policies.base import ModelPermissionPolicy

from portal.access import Role


class Policy(ModelPermissionPolicy):
    """Deny by default.

    actions: action -> roles that may do it. Subclasses narrow `allows` for one object; the life
    cycle is asked there too, so that a button is shown exactly when the command would accept.
    """

    actions: dict[str, tuple[Role, ...]] = {}

    def roles_for(self, action: str) -> tuple[Role, ...]:
        return self.actions.get(action, ())

    def allows(self, user: Any, action: str, instance: Any) -> bool:
        """Say whether a person in a right role may do `action` to `instance` now."""
        return True

    def user_has_permission(self, user: Any, action: str) -> bool:
        return bool(user.is_active and user.is_authenticated and user.has_role(*self.roles_for(action)))

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        return self.user_has_permission(user, action) and self.allows(user, action, instance)

    def user_has_any_permission_for_instance(self, user: Any, actions: Any, instance: Any) -> bool:
        return any(self.user_has_permission_for_instance(user, action, instance) for action in actions)

    def instances_user_has_any_permission_for(self, user: Any, actions: Any) -> Any:
        if not self.user_has_any_permission(user, actions):
            return self.model._default_manager.none()
        return self.model._default_manager.visible_to(user)

    def require(self, user: Any, action: str, instance: Any) -> None:
        """Raise PermissionDenied that names the roles which may."""
        if not self.user_has_permission_for_instance(user, action, instance):
            names = "、".join(str(role.label) for role in self.roles_for(action))
            raise PermissionDenied(f"这项操作由{names or '指定人员'}办理。")
