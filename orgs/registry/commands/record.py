"""The record of an organization: profile, credit lists, obligations, removal."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from orgs.registry import guards
from orgs.registry.models import Listing, ListKind, Obligation, Organization
from orgs.registry.states import LIFECYCLE
from portal import clock
from portal.access import Role
from portal.accounts.models import User
from portal.identifiers import check_phone
from portal.lifecycle import Refused, require_moved, require_none
from portal.trail import commands as trail

PROFILE = ("aliases", "service_field", "purpose", "scope", "contact_name", "contact_phone", "contact_email")


class ListingRefused(Refused):
    """A listing that cannot be recorded."""


@transaction.atomic
def edit_profile(organization: Organization, *, by: User, **values: Any) -> Organization:
    """Change what members keep themselves (PROFILE); registration facts come from the register only."""
    organization = Organization.objects.select_for_update(of=("self",)).get(pk=organization.pk)
    if values.get("contact_phone"):
        values["contact_phone"] = check_phone(values["contact_phone"])
    changes = {
        name: values[name] for name in PROFILE if name in values and getattr(organization, name) != values[name]
    }
    if changes:
        before = {name: getattr(organization, name) for name in changes}
        Organization.objects.filter(pk=organization.pk).update(**changes)
        trail.log(organization, "registry.edit_profile", by=by, before=before, after=changes)
    return Organization.objects.get(pk=organization.pk)


@transaction.atomic
def list_organization(
    organization: Organization, *, kind: str, decision: str, reason: str, listed_on: date, by: User | None
) -> Listing:
    """Record a credit listing: it is public, and stops new applications where a round says so."""
    if listed_on > clock.today():
        raise ListingRefused(_("列入日期晚于今天。请核对决定书。"))
    if organization.listings.open().filter(kind=kind).exists():
        raise ListingRefused(_("该组织已在%(list)s中。") % {"list": ListKind(kind).label})
    made = Listing.objects.create(
        organization=organization, kind=kind, decision=decision, reason=reason, listed_on=listed_on, recorded_by=by
    )
    after = {"kind": kind, "decision": decision, "listed_on": listed_on}
    trail.log(organization, "registry.list", by=by, role=Role.REGISTRAR if by else "", after=after, reason=reason)
    return made


@transaction.atomic
def delist(listing: Listing, *, removal: str, removed_on: date, by: User) -> Listing:
    if removed_on < listing.listed_on:
        raise ListingRefused(_("移出日期早于列入日期。请核对决定书。"))
    rows = Listing.objects.open().filter(pk=listing.pk)
    require_moved(rows.update(removed_on=removed_on, removal=removal))
    after = {"kind": listing.kind, "removal": removal, "removed_on": removed_on}
    trail.log(listing.organization, "registry.delist", by=by, role=Role.REGISTRAR, after=after)
    return Listing.objects.get(pk=listing.pk)


@transaction.atomic
def place_obligation(organization: Organization, *, code: str, reason: str, by: User | None) -> Obligation:
    """Mark from above that something binds the organization. The same open code again changes nothing."""
    found, made = Obligation.objects.get_or_create(
        organization=organization, code=code, lifted_at=None, defaults={"reason": reason, "placed_by": by}
    )
    if made:
        trail.log(organization, "registry.place_obligation", by=by, after={"code": code}, reason=reason)
    return found


@transaction.atomic
def lift_obligation(organization: Organization, *, code: str, by: User | None) -> None:
    """Take the mark away; without an open one nothing happens."""
    rows = Obligation.objects.open().filter(organization=organization, code=code)
    if rows.update(lifted_at=clock.now(), lifted_by=by):
        trail.log(organization, "registry.lift_obligation", by=by, before={"code": code})


@transaction.atomic
def remove(organization: Organization, *, by: User, reason: str) -> Organization:
    """Take a deregistered organization out of the directory. Raises NotYet while anything binds it."""
    organization = Organization.objects.select_for_update(of=("self",)).get(pk=organization.pk)
    target = LIFECYCLE.target("remove", organization.standing)
    require_none(LIFECYCLE.open_reasons("remove", guards, organization))
    rows = Organization.objects.filter(pk=organization.pk, standing=organization.standing)
    require_moved(rows.update(standing=target))
    before = {"standing": organization.standing}
    trail.log(organization, "registry.remove", by=by, role=Role.REGISTRAR, before=before, reason=reason)
    return Organization.objects.get(pk=organization.pk)
