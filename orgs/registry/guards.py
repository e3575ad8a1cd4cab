"""What can stand against a move of an entry or a claim: all reasons, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from orgs.registry.models import Claim, MemberRole, Membership, Organization
from portal.lifecycle import Reason


def no_open_obligation(organization: Organization) -> list[Reason]:
    return [
        Reason("obligation", _("还有未了事项：%(reason)s。办结后才能注销。") % {"reason": one.reason})
        for one in organization.obligations.open().order_by("pk")
    ]


def nobody_else_holds_it(claim: Claim) -> list[Reason]:
    """A verified claim binds the entry: a sitting administrator must be ended first, on paper."""
    held = Membership.objects.active().filter(organization=claim.organization_id, role=MemberRole.ADMIN)
    others = held.exclude(user=claim.claimant_id).select_related("user")
    return [
        Reason(
            "held",
            _("该组织已有负责人 %(user)s，认领冲突。请先核实，并结束原负责人的成员身份。") % {"user": one.user},
        )
        for one in others
    ]
