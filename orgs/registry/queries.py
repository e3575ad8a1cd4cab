"""Answers to screens about organizations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from orgs.registry.models import (
    BankAccount,
    Claim,
    ClaimStatus,
    Invitation,
    MemberRole,
    Membership,
    Organization,
)
from orgs.registry.rules import ACCOUNT_DAYS
from portal import clock, periods
from portal.access import Role
from portal.components.rules import Due, due_of
from portal.identifiers import comparable_name, normalise
from portal.workdays.queries import overrides


@dataclass(frozen=True)
class Desk:
    """What one person has to do with organizations. Four queries."""

    memberships: list[Membership]
    claims: list[Claim]
    invitations: list[Invitation]


def desk(user: Any) -> Desk:
    mine = Membership.objects.active().filter(user=user).select_related("organization__region")
    return Desk(
        memberships=list(mine.order_by("organization__name", "role")),
        claims=list(Claim.objects.filter(claimant=user).select_related("organization").order_by("-created_at")[:20]),
        invitations=list(Invitation.objects.visible_to(user).select_related("organization")),
    )


def directory(query: str = "", kind: str = "", region: Any = None, support_class: str = "") -> QuerySet[Organization]:
    """Return the public directory, filtered; region: everything in its subtree. Rows carry is_abnormal, is_serious."""
    rows = Organization.objects.public().with_marks().select_related("region").order_by("name", "pk")
    if query:
        rows = rows.filter(comparable__contains=comparable_name(query)) | rows.filter(uscc=normalise(query))
    if kind:
        rows = rows.filter(kind=kind)
    if region is not None:
        rows = rows.filter(region__path__startswith=region.path)
    return rows.filter(support_class=support_class) if support_class else rows


def usable_account(organization: Organization) -> BankAccount | None:
    """Return the account that may be paid now: of the organization, or of a group's custodian."""
    payee = organization.payee
    return BankAccount.objects.usable().filter(organization=payee).first() if payee else None


def shared_leaders(organization: Organization) -> QuerySet[Membership]:
    """Return where else the people who lead this organization or its projects lead. One query."""
    lead = Membership.objects.active().filter(role__in=[MemberRole.ADMIN, MemberRole.WRITER])
    here = lead.filter(organization=organization).values("user")
    elsewhere = lead.filter(user__in=here).exclude(organization=organization)
    return elsewhere.select_related("user", "organization").order_by("user__name", "organization__name")


def related(organization: Organization, user: Any) -> list[tuple[Organization, list[str]]]:
    """Return other organizations with something in common, and what: a person, a place, a phone, a custodian.

    A list with reasons, to be looked into; it judges nothing. The groups it keeps money for are not in it. Two queries.
    """
    same = {
        "legal_rep_name": _("同一法定代表人：%(value)s"),
        "address": _("同一住所：%(value)s"),
        "contact_phone": _("同一联系电话：%(value)s"),
    }
    shared = {name: value for name in same if (value := getattr(organization, name))}
    alike = Q(pk=organization.custodian_id)
    for name, value in shared.items():
        alike |= Q(**{name: value})
    found: dict[Organization, list[str]] = {}
    for one in (
        Organization.objects.visible_to(user).public().filter(alike).exclude(pk=organization.pk).order_by("name")
    ):
        why = found.setdefault(one, [])
        if one.pk == organization.custodian_id:
            why.append(_("代管本单位的资金"))
        why += [same[name] % {"value": value} for name, value in shared.items() if getattr(one, name) == value]
    for member in shared_leaders(organization):
        words = {"user": member.user, "role": member.get_role_display()}
        found.setdefault(member.organization, []).append(_("同一人任职：%(user)s（%(role)s）") % words)
    return sorted(found.items(), key=lambda row: -len(row[1]))


def due(user: Any) -> list[Due]:
    """Return what the person must do about organizations. At most three queries."""
    return [*claims_due(user), *accounts_due(user), *invitations_due(user)]


def claims_due(user: Any) -> list[Due]:
    if not user.has_role(Role.REGISTRAR):
        return []
    waiting = Claim.objects.filter(
        user.scope(Role.REGISTRAR, field="organization__region"), status=ClaimStatus.SUBMITTED
    )
    return [
        due_of(
            one,
            _("核验认领 · %(name)s") % {"name": one.organization.name},
            reverse("staff_claims:inspect", args=[one.pk]),
            "registry.verify",
        )
        for one in waiting.exclude(claimant=user).select_related("organization").order_by("due_on", "pk")
    ]


def accounts_due(user: Any) -> list[Due]:
    if not user.has_role(Role.BUREAU_FINANCE):
        return []
    waiting = BankAccount.objects.filter(
        user.scope(Role.BUREAU_FINANCE, field="organization__region"),
        verified_at__isnull=True,
        replaced_at__isnull=True,
    )
    known = overrides()
    return [
        due_of(
            one,
            _("核对收款账户 · %(name)s") % {"name": one.organization.name},
            reverse("staff_bank_accounts:inspect", args=[one.pk]),
            "registry.verify_account",
            due_on=periods.add_working_days(one.entered_at.astimezone(clock.ZONE).date(), ACCOUNT_DAYS, known),
            state=_("待核对"),
        )
        for one in waiting.exclude(entered_by=user).select_related("organization").order_by("entered_at")
    ]


def invitations_due(user: Any) -> list[Due]:
    return [
        due_of(
            one,
            _("确认加入 · %(name)s") % {"name": one.organization.name},
            reverse("registry:mine"),
            "registry.accept_invitation",
            due_on=one.expires_at.astimezone(clock.ZONE).date(),
            state=one.get_role_display(),
        )
        for one in Invitation.objects.visible_to(user).select_related("organization")
    ]


def can(user: Any, organization: Organization, *roles: str) -> bool:
    """Say whether the person holds one of the membership roles here."""
    return Membership.objects.active().filter(user=user, organization=organization, role__in=roles).exists()


def is_admin(user: Any, organization: Organization) -> bool:
    return can(user, organization, MemberRole.ADMIN)
