"""Every write of the registry, by noun."""

from orgs.registry.commands.account import AccountRefused, enter_account, verify_account
from orgs.registry.commands.claim import ClaimRefused, OtherRegion, claim, refuse, verify, withdraw
from orgs.registry.commands.member import (
    MemberRefused,
    accept_invitation,
    add_member,
    cancel_invitation,
    end_member,
    invite,
)
from orgs.registry.commands.record import (
    ListingRefused,
    delist,
    edit_profile,
    lift_obligation,
    list_organization,
    place_obligation,
    remove,
)
from orgs.registry.commands.register import ImportRefused, ImportResult, add_payee, file_group, import_register

__all__ = [
    "AccountRefused",
    "ClaimRefused",
    "ImportRefused",
    "ImportResult",
    "ListingRefused",
    "MemberRefused",
    "OtherRegion",
    "accept_invitation",
    "add_member",
    "add_payee",
    "cancel_invitation",
    "claim",
    "delist",
    "edit_profile",
    "end_member",
    "enter_account",
    "file_group",
    "import_register",
    "invite",
    "lift_obligation",
    "list_organization",
    "place_obligation",
    "refuse",
    "remove",
    "verify",
    "verify_account",
    "withdraw",
]
