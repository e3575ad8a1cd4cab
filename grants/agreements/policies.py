"""Who may do what to a project, an agreement or a change. Asks the life cycle too."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from grants.agreements import guards, queries
from grants.agreements.models import Agreement, Amendment, AmendmentKind, Project
from grants.agreements.states import AGREEMENT, AMENDMENT, CLOSED, PROJECT
from grants.awards.models import Award
from orgs.registry.models import MemberRole, Organization
from portal.access import Role
from portal.access.policies import Policy

STAFF_VIEW = (
    Role.BUREAU_OFFICER, Role.BUREAU_HEAD, Role.BUREAU_LEADER, Role.BUREAU_FINANCE, Role.FINANCE, Role.CASHIER,
    Role.STREET, Role.COMMUNITY, Role.AUDITOR, Role.SUPERVISOR,
)  # fmt: skip
CLOSERS = (Role.BUREAU_OFFICER, Role.BUREAU_HEAD)
HEADS = (Role.BUREAU_HEAD, Role.BUREAU_LEADER)


class Scoped(Policy):
    """Roles count in the project's region, and never for people of the organization itself."""

    guards = guards

    def project_of(self, instance: Any) -> Project:
        return instance.project

    def in_scope(self, user: Any, action: str, instance: Any) -> bool:
        project = self.project_of(instance)
        return is_near(user, self.roles_for(action), project) and not queries.is_insider(user, project)

    def allows(self, user: Any, action: str, instance: Any) -> bool:
        return action == "view" or (super().allows(user, action, instance) and self.in_scope(user, action, instance))


def is_near(user: Any, roles: tuple[Role, ...], subject: Any) -> bool:
    """Say whether a grant of one of `roles` covers the region of `subject`."""
    return any(one.role in roles and subject.region.path.startswith(one.region.path) for one in user.grants_now)


class AwardPolicy(Policy):
    """Drafting: from an approved award without a project."""

    place = "region"
    actions = {
        "draft": (Role.BUREAU_OFFICER,),
        "view": tuple(role for role in STAFF_VIEW if role != Role.COMMUNITY),  # who sees no award has no list of them
    }

    def is_legal(self, action: str, instance: Award) -> bool:
        return action == "view" or not Project.objects.filter(award=instance).exists()

    def allows(self, user: Any, action: str, instance: Award) -> bool:
        if action == "view":
            return True
        near = is_near(user, self.roles_for(action), instance)
        insider = queries.belongs_to(user, instance.organization_id, instance.payee_id)
        return super().allows(user, action, instance) and near and not insider


class ProjectPolicy(Scoped):
    place = "region"
    lifecycle = PROJECT
    actions = {
        "view": STAFF_VIEW,
        "suspend": HEADS,
        "resume": HEADS,
        "terminate": CLOSERS,
        "close_pass": CLOSERS,
        "close_fail": CLOSERS,
        "release": (Role.BUREAU_OFFICER,),
        "amend": (),
    }

    def project_of(self, instance: Project) -> Project:
        return instance

    def user_has_permission(self, user: Any, action: str) -> bool:
        if action == "amend":
            return bool(user.is_authenticated) and writers(user).exists()
        return super().user_has_permission(user, action)

    def is_legal(self, action: str, instance: Project) -> bool:
        if action == "amend":
            return instance.is_running
        if action == "release":
            return instance.status not in CLOSED and bool(queries.releasable(instance))
        return super().is_legal(action, instance)

    def allows(self, user: Any, action: str, instance: Project) -> bool:
        if action == "amend":
            return self.is_legal(action, instance) and writers(user).filter(pk=instance.organization_id).exists()
        return super().allows(user, action, instance)


def writers(user: Any) -> Any:
    return Organization.objects.of_member(user, MemberRole.ADMIN, MemberRole.WRITER)


class AgreementPolicy(Scoped):
    place = "project.region"
    lifecycle = AGREEMENT
    actions = {
        "view": STAFF_VIEW,
        "accept": (*queries.BUREAU, Role.OPERATOR, Role.COMMUNITY),
        "store_signed": (Role.BUREAU_OFFICER,),
    }

    def user_has_permission(self, user: Any, action: str) -> bool:
        own = Organization.objects.of_member(user, MemberRole.ADMIN)
        if action == "accept" and user.is_authenticated and user.is_active and own.exists():
            return True
        return super().user_has_permission(user, action)

    def is_held_here(self, user: Any, action: str, instance: Agreement) -> bool:
        """Accepting is for the parties; `speaks_for` tells which of them the person is here."""
        return action == "accept" or super().is_held_here(user, action, instance)

    def allows(self, user: Any, action: str, instance: Agreement) -> bool:
        if action != "accept":
            return super().allows(user, action, instance)
        party = queries.speaks_for(user, instance)
        if not party or not instance.parties.filter(code=party).exists():
            return False
        said = any(one.party == party or one.by_id == user.pk for one in instance.acceptances.all())
        return not said and Policy.allows(self, user, action, instance)


class AmendmentPolicy(Scoped):
    place = "project.region"
    lifecycle = AMENDMENT
    actions = {"view": STAFF_VIEW, "approve": queries.BUREAU, "refuse": queries.BUREAU}

    def allows(self, user: Any, action: str, instance: Amendment) -> bool:
        return super().allows(user, action, instance) and (
            action == "view" or not self.personal(user, action, instance)
        )

    def personal(self, user: Any, action: str, instance: Amendment) -> str:
        if instance.requested_by_id == user.pk:
            return _("变更由您提出，须由他人批复。")
        if action == "approve" and instance.kind == AmendmentKind.END and not user.has_role(Role.BUREAU_LEADER):
            return _("终止项目由分管领导批准。")
        return ""


award_policy = AwardPolicy(Award)
project_policy = ProjectPolicy(Project)
agreement_policy = AgreementPolicy(Agreement)
amendment_policy = AmendmentPolicy(Amendment)


def may_read_papers(user: Any, stored_file: Any) -> bool:
    """Signed copies: whoever may see the project."""
    return Agreement.objects.visible_to(user).filter(signed_copy=stored_file).exists()


def may_read_issued(user: Any, paper: Any) -> bool:
    """The agreement, the certificate, the letter that it failed: whoever may see the project."""
    return Project.objects.visible_to(user).filter(code=paper.about).exists()
