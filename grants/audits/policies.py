"""Who may do what in an audit. Named auditors work; the head decides; the organization answers."""

from __future__ import annotations

from typing import Any

from grants.agreements.models import Project
from grants.audits import guards, queries
from grants.audits.models import Engagement, Finding
from grants.audits.states import ENGAGEMENT, FINDING, EngagementStatus, FindingStatus, Severity
from orgs.registry.models import MemberRole, Organization
from portal.access import Role
from portal.access.policies import Policy

READERS = (Role.AUDITOR, Role.BUREAU_HEAD, Role.BUREAU_LEADER, Role.SUPERVISOR)
SIGNERS = (MemberRole.ADMIN,)


def is_member(user: Any, organization_id: int, *roles: str) -> bool:
    """1 query."""
    return Organization.objects.of_member(user, *roles).filter(pk=organization_id).exists()


def in_region(user: Any, project: Project, *roles: str) -> bool:
    return Project.objects.filter(user.scope(*roles), pk=project.pk).exists()


class EngagementPolicy(Policy):
    """Work on an engagement is for its named auditors alone."""

    place = "region"
    actions = {
        "view": READERS,
        "open": (Role.AUDITOR, Role.BUREAU_HEAD),
        "name_auditor": (Role.AUDITOR, Role.BUREAU_HEAD),
        "notify": (Role.AUDITOR,),
        "start": (Role.AUDITOR,),
        "draw": (Role.AUDITOR,),
        "redraw": (Role.AUDITOR,),
        "test": (Role.AUDITOR,),
        "find": (Role.AUDITOR,),
        "draft": (Role.AUDITOR,),
        "respond": (Role.AUDITOR,),
        "issue": (Role.AUDITOR,),
        "close": (Role.BUREAU_HEAD,),
    }
    lifecycle = ENGAGEMENT
    guards = guards

    def is_legal(self, action: str, instance: Engagement) -> bool:
        if action in ("draw", "redraw"):
            in_field = instance.status == EngagementStatus.FIELDWORK
            return in_field and (queries.sample(instance) is None) == (action == "draw")
        if action == "test":
            return instance.status == EngagementStatus.FIELDWORK
        if action == "find":
            return instance.status in (EngagementStatus.FIELDWORK, EngagementStatus.DRAFT)
        if action == "name_auditor":
            return instance.status != EngagementStatus.CLOSED
        return super().is_legal(action, instance)

    def open_reasons(self, action: str, instance: Engagement) -> list[Any]:
        if action == "issue":
            # The conclusion is a field of the same sheet.
            return guards.findings_are_issued(instance)
        return super().open_reasons(action, instance)

    def allows(self, user: Any, action: str, instance: Engagement) -> bool:
        if action in ("view", "open"):
            return True
        if not super().allows(user, action, instance):
            return False
        if action == "close":
            return Engagement.objects.filter(user.scope(Role.BUREAU_HEAD), pk=instance.pk).exists()
        if action == "name_auditor" and instance.planned_by_id == user.pk:
            return True
        return queries.is_auditor(user, instance)


class FindingPolicy(Policy):
    """Auditors write, send, issue; the head orders, holds, disallows, settles; the organization answers."""

    place = "project.region"
    actions = {
        "view": (*READERS, Role.BUREAU_OFFICER, Role.BUREAU_FINANCE, Role.STREET),
        "send_for_hearing": (Role.AUDITOR,),
        "drop": (Role.AUDITOR,),
        "issue": (Role.AUDITOR,),
        "hold": (Role.BUREAU_HEAD,),
        "order": (Role.BUREAU_HEAD,),
        "settle_minor": (Role.BUREAU_HEAD,),
        "disallow": (Role.BUREAU_HEAD,),
        "send_back": (Role.AUDITOR, Role.BUREAU_OFFICER),
        "verify": (Role.AUDITOR, Role.BUREAU_OFFICER),
        "settle": (Role.BUREAU_HEAD,),
        "respond": (Role.ORG_ADMIN,),
        "reply": (Role.ORG_ADMIN,),
    }
    lifecycle = FINDING
    guards = guards
    answers = ("respond", "reply")

    def user_has_permission(self, user: Any, action: str) -> bool:
        if action in self.answers:
            return bool(
                user.is_active and user.is_authenticated and Organization.objects.of_member(user, *SIGNERS).exists()
            )
        return super().user_has_permission(user, action)

    def is_legal(self, action: str, instance: Finding) -> bool:
        if action == "respond":
            return instance.status == FindingStatus.HEARD
        if action == "hold":
            early = (FindingStatus.OPEN, FindingStatus.HEARD, FindingStatus.ISSUED)
            return instance.severity == Severity.K and instance.status in early and instance.hold_id is None
        if action == "disallow":
            issued = (FindingStatus.ISSUED, FindingStatus.ORDERED, FindingStatus.REPLIED)
            return instance.status in issued and instance.amount > 0 and not instance.disallowed
        return super().is_legal(action, instance)

    def allows(self, user: Any, action: str, instance: Finding) -> bool:
        if action == "view":
            return True
        if not super().allows(user, action, instance):
            return False
        if action in self.answers:
            return is_member(user, instance.project.organization_id, *SIGNERS)
        if queries.belongs(user, [instance.project]):
            return False
        if action in ("send_for_hearing", "drop", "issue"):
            return queries.is_auditor(user, instance.engagement)
        if action in ("verify", "send_back"):
            outside = instance.found_by_id != user.pk
            return outside and (
                queries.is_auditor(user, instance.engagement)
                or in_region(user, instance.project, Role.BUREAU_OFFICER)
            )
        return instance.found_by_id != user.pk and in_region(user, instance.project, Role.BUREAU_HEAD)


engagement_policy = EngagementPolicy(Engagement)
finding_policy = FindingPolicy(Finding)
