"""People of an organization: invited by address, ended by name."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from orgs.registry import notices
from orgs.registry.models import Invitation, MemberRole, Membership, Organization
from portal import clock
from portal.access import Role
from portal.accounts.models import User
from portal.lifecycle import Refused, require_moved
from portal.trail import commands as trail

INVITATION = timedelta(hours=72)


class MemberRefused(Refused):
    """A membership that is not given or ended; `field` names the answer to change."""

    def __init__(self, text: str, field: str = ""):
        self.field = field
        super().__init__(text)


@transaction.atomic
def add_member(organization: Organization, *, user: User, role: str, by: User | None) -> Membership:
    """Give a role at once: for the claim's result, the demo and the registrar."""
    if role not in MemberRole.values:
        raise MemberRefused(_("请选择成员角色。"), "role")
    if Membership.objects.active().filter(organization=organization, user=user, role=role).exists():
        raise MemberRefused(_("这个人在本单位已经有这个角色。"), "role")
    made = Membership.objects.create(organization=organization, user=user, role=role)
    trail.log(organization, "registry.add_member", by=by, after={"user": user.username, "role": role})
    return made


@transaction.atomic
def invite(organization: Organization, *, email: str, role: str, by: User) -> Invitation:
    """Offer a role to an address. Whether an account with it exists is not told."""
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise MemberRefused(_("邮箱应为 name@example.org 的样式。"), "email")
    if role not in MemberRole.values:
        raise MemberRefused(_("请选择成员角色。"), "role")
    held = Membership.objects.active().filter(organization=organization, role=role, user__email__iexact=email)
    if held.exists():
        raise MemberRefused(_("这个人在本单位已经有这个角色。"), "email")
    if Invitation.objects.open().filter(organization=organization, email=email, role=role).exists():
        raise MemberRefused(_("这个邀请已经发出，72 小时内有效。要重发，请先撤销原邀请。"), "email")
    made = Invitation.objects.create(
        organization=organization, email=email, role=role, invited_by=by, expires_at=clock.now() + INVITATION
    )
    trail.log(organization, "registry.invite", by=by, role=Role.ORG_ADMIN, after={"email": email, "role": role})
    notices.invited(made)
    return made


@transaction.atomic
def accept_invitation(invitation: Invitation, *, by: User) -> Membership:
    """Take an offer: once, in time, by the account with that address."""
    if not by.email or by.email.lower() != invitation.email.lower():
        raise MemberRefused(_("这个邀请发给另一个邮箱。请用收到邀请的账号登录。"))
    taken = Invitation.objects.open().filter(pk=invitation.pk).update(accepted_at=clock.now())
    if taken != 1:
        raise MemberRefused(_("这个邀请已失效。请联系单位负责人重新邀请。"))
    return add_member(invitation.organization, user=by, role=invitation.role, by=by)


@transaction.atomic
def cancel_invitation(invitation: Invitation, *, by: User) -> None:
    require_moved(Invitation.objects.open().filter(pk=invitation.pk).update(cancelled_at=clock.now()))
    after = {"email": invitation.email, "role": invitation.role}
    trail.log(invitation.organization, "registry.cancel_invitation", by=by, role=Role.ORG_ADMIN, after=after)


@transaction.atomic
def end_member(membership: Membership, *, by: User, reason: str = "") -> None:
    """End a membership at once. The last 负责人 cannot end the own one: nobody could submit any more."""
    admins = Membership.objects.select_for_update().active()
    admins = admins.filter(organization=membership.organization_id, role=MemberRole.ADMIN)
    if membership.role == MemberRole.ADMIN and membership.user_id == by.pk and len(admins) == 1:
        raise MemberRefused(_("您是唯一的负责人，不能结束自己的成员身份。请先邀请另一位负责人。"))
    require_moved(Membership.objects.active().filter(pk=membership.pk).update(ended_at=clock.now()))
    before = {"user": membership.user.username, "role": membership.role}
    trail.log(membership.organization, "registry.end_member", by=by, before=before, reason=reason)
    notices.membership_ended(membership)
