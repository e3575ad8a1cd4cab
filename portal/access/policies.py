"""The policy base: one object per model answers what a person may do, for screens, admin and API."""

from __future__ import annotations

from functools import reduce
from types import ModuleType
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from wagtail.permission_policies.base import ModelPermissionPolicy

from portal import context
from portal.access import STAFF, Role
from portal.lifecycle import Lifecycle, Reason

LOCAL = STAFF | {Role.OPERATOR}
"""Roles that count in their own region only; the others are held at one thing (a seat, a task, a membership)."""


class Policy(ModelPermissionPolicy):
    """Deny by default.

    actions: action -> roles that may do it; "view" without an entry: every role named at all.
    lifecycle, guards: the package's LIFECYCLE and guards module; with them a button is shown
    exactly when the command would accept, and screens can say why not yet. Subclasses narrow
    `allows` for one object (`return super().allows(...) and ...`). place: attribute path from the
    object to its Region; a person who works in two places acts in each by the roles held there.
    """

    place = ""
    actions: dict[str, tuple[Role, ...]] = {}
    lifecycle: Lifecycle | None = None
    guards: ModuleType | None = None

    def roles_for(self, action: str) -> tuple[Role, ...]:
        if action == "view" and "view" not in self.actions:
            return tuple(dict.fromkeys(role for roles in self.actions.values() for role in roles))
        return self.actions.get(action, ())

    def is_held_here(self, user: Any, action: str, instance: Any) -> bool:
        """Say whether one of the roles that may do `action` is held where `instance` lies. Reads the cached grants."""
        roles = self.roles_for(action)
        if not self.place or not LOCAL.issuperset(roles) or not roles:
            return True
        region = reduce(lambda found, name: getattr(found, name, None), self.place.split("."), instance)
        return region is None or any(
            one.role in roles and region.path.startswith(one.region.path) for one in user.grants_now
        )

    def is_legal(self, action: str, instance: Any) -> bool:
        """Say whether the life cycle knows `action` from the state of `instance`."""
        if self.lifecycle is None or action not in self.lifecycle.moves:
            return True
        return self.lifecycle.allows(action, instance.status)

    def open_reasons(self, action: str, instance: Any) -> list[Reason]:
        """Return everything that stands against a legal `action` now, in words."""
        if self.lifecycle is None or self.guards is None or action not in self.lifecycle.moves:
            return []
        return self.lifecycle.open_reasons(action, self.guards, instance)

    def allows(self, user: Any, action: str, instance: Any) -> bool:
        """Say whether a person in a right role may do `action` to `instance` now."""
        return self.is_legal(action, instance) and not self.open_reasons(action, instance)

    def user_has_permission(self, user: Any, action: str) -> bool:
        return bool(user.is_active and user.is_authenticated and user.has_role(*self.roles_for(action)))

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        return (
            self.user_has_permission(user, action)
            and self.is_held_here(user, action, instance)
            and self.allows(user, action, instance)
        )

    def user_has_any_permission_for_instance(self, user: Any, actions: Any, instance: Any) -> bool:
        return any(self.user_has_permission_for_instance(user, action, instance) for action in actions)

    def instances_user_has_any_permission_for(self, user: Any, actions: Any) -> Any:
        if not self.user_has_any_permission(user, actions):
            return self.model._default_manager.none()
        return self.model._default_manager.visible_to(user)

    def denial(self, action: str) -> PermissionDenied:
        """Return the refusal that names the roles which may."""
        names = "、".join(str(role.label) for role in self.roles_for(action))
        return PermissionDenied(_("这项操作由%(names)s办理。") % {"names": names or _("指定人员")})

    def personal(self, user: Any, action: str, instance: Any) -> str:
        """Return why this person, though in a right role, is the wrong one; "" if they are not. Override."""
        return ""

    def require(self, user: Any, action: str, instance: Any) -> None:
        """Raise PermissionDenied that names the roles which may, or what makes this person the wrong one."""
        if not self.user_has_permission_for_instance(user, action, instance):
            why = self.user_has_permission(user, action) and self.personal(user, action, instance)
            raise PermissionDenied(why) if why else self.denial(action)
        context.act_as(next((role for role in self.roles_for(action) if user.has_role(role)), ""))
