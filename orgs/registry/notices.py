"""Who is told what about entries, claims, members and accounts."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_noop as _  # a letter is kept in the language of the house

from orgs.registry.models import BankAccount, Claim, Invitation, MemberRole, Membership, Organization
from portal.access import Role
from portal.accounts.models import RoleGrant, User
from portal.clock import ZONE, today
from portal.notices.commands import queue
from portal.regions.models import Region


def holders(role: str, region: Region) -> list[User]:
    """Everybody who holds `role` over `region` today."""
    grants = RoleGrant.objects.in_force(today()).filter(role=role).select_related("user", "region")
    return [grant.user for grant in grants if region.path.startswith(grant.region.path)]


def members(organization: Organization, *roles: str) -> list[User]:
    rows = Membership.objects.active().filter(organization=organization).select_related("user")
    return [row.user for row in rows if not roles or row.role in roles]


def claim_submitted(claim: Claim) -> None:
    organization = claim.organization
    queue(
        "registry.claim_submitted",
        holders(Role.REGISTRAR, organization.region),
        _("认领待核验：%(name)s") % {"name": organization.name},
        _("%(who)s 提交了认领。请在 %(day)s 前核对证书和授权委托书。") % {"who": claim.claimant, "day": claim.due_on},
        about=organization,
        url=reverse("staff_claims:inspect", args=[claim.pk]),
    )
    sitting = [user for user in members(organization, MemberRole.ADMIN) if user.pk != claim.claimant_id]
    queue(
        "registry.rival_claim",
        sitting,
        _("有人认领您的单位：%(name)s") % {"name": organization.name},
        _("%(who)s 提交了认领，登记窗口会核实。如有异议，请联系登记窗口。") % {"who": claim.claimant},
        about=organization,
        url=organization.get_absolute_url(),
    )


def claim_verified(claim: Claim) -> None:
    queue(
        "registry.claim_verified",
        [claim.claimant],
        _("认领已通过：%(name)s") % {"name": claim.organization.name},
        _("您已成为这个单位的负责人，可以邀请成员、录入银行账户和申报项目。"),
        about=claim.organization,
        url=claim.organization.get_absolute_url(),
    )


def claim_refused(claim: Claim) -> None:
    queue(
        "registry.claim_refused",
        [claim.claimant],
        _("认领未通过：%(name)s") % {"name": claim.organization.name},
        _("原因：%(reason)s。补齐后可以重新认领。") % {"reason": claim.reason},
        about=claim.organization,
        url=claim.get_absolute_url(),
    )


@translation.override(settings.LANGUAGE_CODE)
def invited(invitation: Invitation) -> None:
    queue(
        "registry.invited",
        User.objects.filter(email__iexact=invitation.email),
        _("%(name)s邀请您加入") % {"name": invitation.organization.name},
        _("角色：%(role)s。请在 72 小时内登录并确认。") % {"role": invitation.get_role_display()},
        about=invitation.organization,
        url=reverse("registry:mine"),
    )


@translation.override(settings.LANGUAGE_CODE)
def membership_ended(membership: Membership) -> None:
    queue(
        "registry.membership_ended",
        [membership.user, *members(membership.organization, MemberRole.ADMIN)],
        _("成员身份已结束：%(name)s") % {"name": membership.organization.name},
        _("%(who)s的%(role)s身份已结束。") % {"who": membership.user, "role": membership.get_role_display()},
        about=membership.organization,
        url=reverse("registry:mine"),
    )


def account_entered(account: BankAccount) -> None:
    """Every member hears of a new account, whoever entered it: a swap must not pass unseen."""
    organization = account.organization
    what = _("变更收款账户") if account.is_change else _("录入收款账户")
    queue(
        "registry.account_entered",
        members(organization),
        _("%(what)s:%(name)s") % {"what": what, "name": organization.name},
        _("%(who)s 录入了账户 %(account)s。如果不是本单位的安排，请立即联系区民政局财务。")
        % {"who": account.entered_by, "account": account},
        about=organization,
        url=organization.get_absolute_url(),
    )
    queue(
        "registry.account_waits",
        holders(Role.BUREAU_FINANCE, organization.region),
        _("收款账户待核对：%(name)s") % {"name": organization.name},
        _("请对照开户证明核对账户名称、账号和联行号。"),
        about=organization,
        url=reverse("staff_bank_accounts:inspect", args=[account.pk]),
    )


def account_verified(account: BankAccount) -> None:
    queue(
        "registry.account_verified",
        members(account.organization),
        _("收款账户已核对：%(name)s") % {"name": account.organization.name},
        _("账户 %(account)s 自 %(moment)s 起可以收款。")
        % {"account": account, "moment": account.usable_from.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")},
        about=account.organization,
        url=account.organization.get_absolute_url(),
    )
