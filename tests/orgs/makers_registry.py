"""Makers of the registry's rows for tests."""

from __future__ import annotations

import secrets

from orgs.registry.models import BankAccount, Claim, Organization
from portal import clock
from portal.accounts.models import User
from portal.files.models import StoredFile
from tests.makers import make_organization, make_region, make_user

SECOND_CODE = "52330211MJ0DEM0245"


def make_paper(owner: User, purpose: str = "registry.claim") -> StoredFile:
    """Return the row of a stored file (without bytes)."""
    return StoredFile.objects.create(
        owner=owner, purpose=purpose, name="证书.pdf", path=secrets.token_hex(8), size=9, media_type="application/pdf",
        sha256="0" * 64,
    )  # fmt: skip


def make_entry(uscc: str = SECOND_CODE, region: str = "330211001", **values: object) -> Organization:
    """Return an imported entry that nobody has claimed."""
    name = str(values.pop("name", f"镇海区演示待认领{uscc[-4:]}中心"))
    return Organization.objects.create(
        kind=values.pop("kind", "SERVICE_INSTITUTION"), name=name, uscc=uscc, region=make_region(region), **values
    )


def make_claim(organization: Organization, claimant: User | None = None) -> Claim:
    claimant = claimant or make_user("claimant")
    return Claim.objects.create(
        organization=organization,
        claimant=claimant,
        certificate=make_paper(claimant),
        authorisation=make_paper(claimant),
    )


def make_account(organization: Organization | None = None, *, verified: bool = True) -> BankAccount:
    """Return an account of the organization; verified ones are usable now."""
    organization = organization or make_organization()
    people = [User.objects.get_or_create(username=name)[0] for name in ("account-entry", "account-check")]
    now = clock.now()
    return BankAccount.objects.create(
        organization=organization,
        holder=organization.name,
        number="0000123456789012",
        bank="演示银行镇海支行",
        branch_code="102332000017",
        entered_by=people[0],
        verified_by=people[1] if verified else None,
        verified_at=now if verified else None,
        usable_from=now if verified else None,
    )
