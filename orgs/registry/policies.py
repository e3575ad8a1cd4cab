"""Who may do what to entries, claims, members and accounts."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from orgs.registry import guards
from orgs.registry.models import BankAccount, Claim, Invitation, MemberRole, Membership, Organization
from orgs.registry.models.account import ACCOUNT_READERS
from orgs.registry.models.claim import CLAIM_READERS
from orgs.registry.models.organization import STAFF_READERS
from orgs.registry.states import CLAIM_LIFECYCLE, LIFECYCLE
from portal.access import Role
from portal.access.policies import Policy
from portal.files.models import StoredFile


class MemberPolicy(Policy):
    """A policy with actions of members beside those of staff.

    member_actions: action -> membership roles; organization_path: from the instance to its organization.
    """

    member_actions: dict[str, tuple[str, ...]] = {}
    organization_path = "organization_id"

    def user_has_permission(self, user: Any, action: str) -> bool:
        if action in self.member_actions:
            return bool(user.is_authenticated and user.is_active)
        return super().user_has_permission(user, action)

    def allows(self, user: Any, action: str, instance: Any) -> bool:
        if action in self.member_actions and not self.is_member(user, action, instance):
            return False
        return super().allows(user, action, instance)

    def is_member(self, user: Any, action: str, instance: Any) -> bool:
        mine = Membership.objects.active().filter(user=user, organization=getattr(instance, self.organization_path))
        return mine.filter(role__in=self.member_actions[action]).exists()

    def denial(self, action: str) -> PermissionDenied:
        if action not in self.member_actions:
            return super().denial(action)
        names = "、".join(str(MemberRole(role).label) for role in self.member_actions[action])
        return PermissionDenied(_("这项操作由本单位的%(roles)s办理。") % {"roles": names})


class OrganizationPolicy(MemberPolicy):
    place = "region"
    actions = {
        "view": STAFF_READERS,
        "import": (Role.REGISTRAR, Role.BUREAU_OFFICER),
        "add": (Role.REGISTRAR, Role.BUREAU_OFFICER),
        "file": (Role.STREET, Role.REGISTRAR),
        "list": (Role.REGISTRAR,),
        "remove": (Role.REGISTRAR,),
    }
    member_actions = {
        "edit": (MemberRole.ADMIN, MemberRole.WRITER),
        "invite": (MemberRole.ADMIN,),
        "enter_account": (MemberRole.ADMIN, MemberRole.ACCOUNTANT),
    }
    organization_path = "pk"
    lifecycle = LIFECYCLE
    guards = guards


class ClaimPolicy(Policy):
    place = "organization.region"
    actions = {"view": CLAIM_READERS, "verify": (Role.REGISTRAR,), "refuse": (Role.REGISTRAR,)}
    lifecycle = CLAIM_LIFECYCLE
    guards = guards

    def user_has_permission(self, user: Any, action: str) -> bool:
        return user.is_authenticated if action == "withdraw" else super().user_has_permission(user, action)

    def allows(self, user: Any, action: str, instance: Claim) -> bool:
        is_own = instance.claimant_id == user.pk
        if action in CLAIM_LIFECYCLE.moves and is_own != (action == "withdraw"):
            return False
        return super().allows(user, action, instance)


class AccountPolicy(Policy):
    place = "organization.region"
    actions = {"view": ACCOUNT_READERS, "verify": (Role.BUREAU_FINANCE,)}

    def is_legal(self, action: str, instance: BankAccount) -> bool:
        return action != "verify" or (instance.verified_at is None and instance.replaced_at is None)

    def allows(self, user: Any, action: str, instance: BankAccount) -> bool:
        return super().allows(user, action, instance) and (action != "verify" or instance.entered_by_id != user.pk)


class MembershipPolicy(MemberPolicy):
    place = "organization.region"
    member_actions = {"end": (MemberRole.ADMIN,)}
    actions = {"end_by_registrar": (Role.REGISTRAR,)}


class InvitationPolicy(MemberPolicy):
    member_actions = {"cancel": (MemberRole.ADMIN,)}


policy = OrganizationPolicy(Organization)
claim_policy = ClaimPolicy(Claim)
account_policy = AccountPolicy(BankAccount)
membership_policy = MembershipPolicy(Membership)
invitation_policy = InvitationPolicy(Invitation)


def may_read_claim_paper(user: Any, file: StoredFile) -> bool:
    """The papers of a claim: claimant and those who decide or watch in that region."""
    visible = Claim.objects.visible_to(user)
    return visible.filter(certificate=file).exists() or visible.filter(authorisation=file).exists()
