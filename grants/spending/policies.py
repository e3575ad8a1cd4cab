"""Who records an expenditure, and who decides on it."""

from __future__ import annotations

from typing import Any

from grants.agreements.models import READERS, Project
from grants.spending import guards
from grants.spending.models import Expenditure
from grants.spending.states import LIFECYCLE
from orgs.registry.models import MemberRole, Organization
from portal.access import Role
from portal.access.policies import Policy

RECORDERS = (MemberRole.ADMIN, MemberRole.ACCOUNTANT, MemberRole.WRITER)


def is_member(user: Any, organization_id: int, *roles: str) -> bool:
    """1 query."""
    return Organization.objects.of_member(user, *roles).filter(pk=organization_id).exists()


class ProjectPolicy(Policy):
    """record: the implementing organization's administrator, accountant or writer."""

    actions = {"record": (Role.ORG_ADMIN, Role.PROJECT_ACCOUNTANT, Role.PROJECT_LEAD)}

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Project) -> bool:
        if action != "record" or not user.is_authenticated or not user.is_active:
            return False
        return instance.is_running and is_member(user, instance.organization_id, *RECORDERS)


class ExpenditurePolicy(Policy):
    """accept, refuse: the officer or the operator of the region, never a member, never the recorder."""

    place = "project.region"
    actions = {
        "view": READERS,
        "accept": (Role.BUREAU_OFFICER, Role.OPERATOR),
        "refuse": (Role.BUREAU_OFFICER, Role.OPERATOR),
    }

    lifecycle = LIFECYCLE
    guards = guards

    def allows(self, user: Any, action: str, instance: Expenditure) -> bool:
        if action not in self.actions:
            return True
        in_scope = user.scope(*self.roles_for(action), field="project__region")
        return (
            super().allows(user, action, instance)
            and instance.recorded_by_id != user.pk
            and Expenditure.objects.filter(in_scope, pk=instance.pk).exists()
            and not is_member(user, instance.project.organization_id)
        )


project_policy = ProjectPolicy(Project)
policy = ExpenditurePolicy(Expenditure)
