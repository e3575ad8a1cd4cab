"""Claiming an entry, and what the registrar decides."""

from __future__ import annotations

from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from orgs.registry import guards, notices
from orgs.registry.models import Claim, ClaimStatus, Kind, MemberRole, Membership, Organization, Standing
from orgs.registry.rules import CLAIM_DAYS
from orgs.registry.states import CLAIM_LIFECYCLE, LIFECYCLE
from portal import clock
from portal.access import Role
from portal.accounts.models import User
from portal.files.commands import store
from portal.files.models import StoredFile
from portal.identifiers import check_uscc, kind_of, region_of
from portal.lifecycle import Refused, require_moved, require_none
from portal.regions.models import Level, Region
from portal.trail import commands as trail
from portal.workdays.queries import due_on

PURPOSE = "registry.claim"


class ClaimRefused(Refused):
    """A claim that is not taken; `field` names the answer to change."""

    def __init__(self, text: str, field: str = ""):
        self.field = field
        super().__init__(text)


class OtherRegion(ClaimRefused):
    """Not a refusal but a question: the code was registered elsewhere and is not in the register."""


@transaction.atomic
def claim(
    uscc: str,
    certificate: File[Any] | StoredFile,
    authorisation: File[Any] | StoredFile,
    by: User,
    *,
    name: str = "",
    region: Region | None = None,
    is_other_region: bool = False,
) -> Claim:
    """Say that `by` acts for the organization with this credit code; the registrar decides.

    is_other_region: the answer yes to OtherRegion; then name and region (where it works) make the entry.
    Several people may claim the same entry. Raises Invalid, OtherRegion, ClaimRefused, FileRefused.
    """
    code = check_uscc(uscc)
    organization = Organization.objects.select_for_update(of=("self",)).filter(uscc=code).first()
    if organization is None:
        organization = foreign_entry(code, name, region, is_other_region, by)
    require_claimable(organization, by)
    made = Claim.objects.create(
        organization=organization,
        claimant=by,
        certificate=kept(certificate, by),
        authorisation=kept(authorisation, by),
        is_other_region=is_other_region,
        due_on=due_on(CLAIM_DAYS),
    )
    if LIFECYCLE.allows("claim", organization.standing):
        move(organization, "claim")
    trail.log(organization, "registry.claim", by=by, role=Role.ORG_ADMIN, after={"claim": made.key})
    notices.claim_submitted(made)
    return made


def kept(upload: File[Any] | StoredFile, by: User) -> StoredFile:
    return upload if isinstance(upload, StoredFile) else store(upload, purpose=PURPOSE, by=by)


def foreign_entry(code: str, name: str, region: Region | None, is_confirmed: bool, by: User) -> Organization:
    """Make the entry of an organization that is registered elsewhere, once the person has confirmed it."""
    if Region.objects.filter(code=region_of(code), level=Level.DISTRICT).exists():
        raise ClaimRefused(
            _("本区登记名册中没有这个代码。请对照证书核对；刚登记的组织请联系登记窗口更新名册后再认领。"), "uscc"
        )
    if not is_confirmed:
        raise OtherRegion(
            _(
                "这个代码的登记地是 %(code)s，不在本区。如果是外区登记、在本区开展服务的组织，请勾选确认，并填写名称和服务区域。"
            )
            % {"code": region_of(code)},
            "is_other_region",
        )
    if not name.strip() or region is None:
        raise ClaimRefused(
            _("外区登记的组织请填写证书上的名称，并选择服务区域。"), "region" if name.strip() else "name"
        )
    kind = kind_of(code)
    made = Organization.objects.create(name=name.strip(), uscc=code, region=region, kind=kind)
    trail.log(made, "registry.add", by=by, after={"name": made.name, "kind": kind, "uscc": code})
    return made


def require_claimable(organization: Organization, by: User) -> None:
    if organization.standing == Standing.REMOVED:
        raise ClaimRefused(_("这个组织已注销，不能认领。请联系登记窗口核实。"), "uscc")
    if organization.kind == Kind.FILED_GROUP:
        raise ClaimRefused(_("备案社区社会组织由所在街道（镇）办理，不用认领。"), "uscc")
    if Membership.objects.active().filter(organization=organization, user=by, role=MemberRole.ADMIN).exists():
        raise ClaimRefused(_("您已经是这个组织的负责人，不用再认领。"), "uscc")
    if Claim.objects.filter(organization=organization, claimant=by, status=ClaimStatus.SUBMITTED).exists():
        raise ClaimRefused(_("您已提交过认领，正在核验。结果会通知您，请不要重复提交。"), "uscc")


def move(organization: Organization, name: str) -> None:
    target = LIFECYCLE.target(name, organization.standing)
    rows = Organization.objects.filter(pk=organization.pk, standing=organization.standing)
    require_moved(rows.update(standing=target))
    organization.standing = target


def decide(claim: Claim, name: str, by: User, reason: str = "") -> Claim:
    """Move the claim by compare-and-swap, with every open reason asked."""
    claim = Claim.objects.select_for_update(of=("self",)).select_related("organization").get(pk=claim.pk)
    target = CLAIM_LIFECYCLE.target(name, claim.status)
    if name != "withdraw" and claim.claimant_id == by.pk:
        raise ClaimRefused(_("不能核验自己提交的认领。请由另一位登记人员办理。"))
    require_none(CLAIM_LIFECYCLE.open_reasons(name, guards, claim))
    rows = Claim.objects.filter(pk=claim.pk, status=claim.status)
    decider = None if name == "withdraw" else by
    require_moved(rows.update(status=target, decided_by=decider, decided_at=clock.now(), reason=reason, due_on=None))
    claim.refresh_from_db()
    return claim


@transaction.atomic
def verify(claim: Claim, *, by: User) -> Claim:
    """Certificate and authorisation agree: the claimant becomes 负责人, the entry is verified.

    Raises MoveNotAllowed, NotYet (somebody else holds the entry), ClaimRefused (own claim).
    """
    organization = Organization.objects.select_for_update(of=("self",)).get(pk=claim.organization_id)
    claim = decide(claim, "verify", by)
    move(organization, "verify")
    Organization.objects.filter(pk=organization.pk).update(certificate=claim.certificate)
    Membership.objects.get_or_create(
        organization=organization, user=claim.claimant, role=MemberRole.ADMIN, ended_at=None
    )
    after = {"admin": claim.claimant.username, "standing": Standing.VERIFIED}
    trail.log(organization, "registry.verify", by=by, role=Role.REGISTRAR, after=after)
    notices.claim_verified(claim)
    return claim


@transaction.atomic
def refuse(claim: Claim, *, by: User, reason: str) -> Claim:
    """The papers do not agree; the entry is free again when no other claim waits."""
    if not reason.strip():
        raise ClaimRefused(_("请写明未通过的原因，认领人会看到。"), "reason")
    claim = decide(claim, "refuse", by, reason.strip())
    release(claim)
    trail.log(claim.organization, "registry.refuse", by=by, role=Role.REGISTRAR, reason=reason)
    notices.claim_refused(claim)
    return claim


@transaction.atomic
def withdraw(claim: Claim, *, by: User) -> Claim:
    if claim.claimant_id != by.pk:
        raise ClaimRefused(_("只有认领人本人可以撤回。"))
    claim = decide(claim, "withdraw", by)
    release(claim)
    trail.log(claim.organization, "registry.withdraw", by=by, role=Role.ORG_ADMIN)
    return claim


def release(claim: Claim) -> None:
    organization = Organization.objects.select_for_update(of=("self",)).get(pk=claim.organization_id)
    waiting = Claim.objects.filter(organization=organization, status=ClaimStatus.SUBMITTED).exists()
    if not waiting and LIFECYCLE.allows("release", organization.standing):
        move(organization, "release")
