"""Who may do what with an application, now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from grants.applications import guards
from grants.applications.models import READERS, Application, Attachment
from grants.applications.states import LIFECYCLE
from grants.calls.policies import holds
from orgs.registry.models import MemberRole, Membership
from portal.access import Role
from portal.access.policies import Policy

WRITERS = (MemberRole.ADMIN, MemberRole.WRITER)
SCREENS = ("pass", "return", "fail")
OWN = {
    "write": WRITERS,
    "submit": (MemberRole.ADMIN,),
    "resubmit": (MemberRole.ADMIN,),
    "recall": (MemberRole.ADMIN,),
    "withdraw": (MemberRole.ADMIN,),
}
"""What members do, by their role in the organization."""


def is_member(user: Any, organization: Any, *roles: str) -> bool:
    rows = Membership.objects.active().filter(user_id=user.pk, organization=organization)
    return rows.filter(role__in=roles).exists() if roles else rows.exists()


class ApplicationPolicy(Policy):
    place = "region"
    lifecycle = LIFECYCLE
    guards = guards
    actions = {
        "view": READERS,
        "screen": (Role.BUREAU_OFFICER,),
        "pass": (Role.BUREAU_OFFICER,),
        "return": (Role.BUREAU_OFFICER,),
        "fail": (Role.BUREAU_OFFICER,),
        "submit": (Role.ORG_ADMIN,),
        "resubmit": (Role.ORG_ADMIN,),
        "recall": (Role.ORG_ADMIN,),
        "withdraw": (Role.ORG_ADMIN,),
        "write": (Role.ORG_ADMIN, Role.PROJECT_LEAD),
    }

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Members act by their membership, which only the object can tell."""
        if action in OWN:
            return bool(user.is_active and user.is_authenticated)
        return super().user_has_permission(user, action)

    def allows(self, user: Any, action: str, instance: Application) -> bool:
        if action in OWN:
            return is_member(user, instance.organization, *OWN[action]) and super().allows(user, action, instance)
        if not holds(user, self.roles_for(action), instance.region):
            return False
        # Nobody acts on an organization that he or she belongs to.
        if action in (*SCREENS, "screen") and is_member(user, instance.organization):
            return False
        return super().allows(user, action, instance)


policy = ApplicationPolicy(Application)

_readers: list[Callable[[Any, Application], bool]] = []


def let_read(predicate: Callable[[Any, Application], bool]) -> None:
    """Open the attachments of an application to more people; higher floors call it in AppConfig.ready."""
    _readers.append(predicate)


def may_read_attachment(user: Any, file: Any) -> bool:
    """Ask for every application that carries the file: who sees it, reads it."""
    ids = list(Attachment.objects.filter(file=file).values_list("application_id", flat=True))
    found = Application.objects.filter(pk__in=ids)
    if found.filter(pk__in=Application.objects.visible_to(user).values("pk")).exists():
        return True
    return any(predicate(user, application) for application in found for predicate in _readers)


def may_read_receipt(user: Any, paper: Any) -> bool:
    """Whoever sees the application."""
    return Application.objects.visible_to(user).filter(number=paper.about).exists()
