"""Organizations and all other payees, their people, their claims, their bank accounts."""

from orgs.registry.models.account import BankAccount
from orgs.registry.models.claim import Claim
from orgs.registry.models.member import Invitation, MemberRole, Membership
from orgs.registry.models.organization import Grade, Kind, Organization, SupportClass
from orgs.registry.models.record import Listing, ListKind, Obligation
from orgs.registry.states import ClaimStatus, Standing

__all__ = [
    "BankAccount",
    "Claim",
    "ClaimStatus",
    "Grade",
    "Invitation",
    "Kind",
    "ListKind",
    "Listing",
    "MemberRole",
    "Membership",
    "Obligation",
    "Organization",
    "Standing",
    "SupportClass",
]
