"""Granting and ending roles; the Groups that Wagtail reads follow the grants."""

from __future__ import annotations

from datetime import date
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from portal import clock
from portal.access import STAFF, Role
from portal.accounts.models import RoleGrant, User
from portal.accounts.rules import why_incompatible
from portal.lifecycle import Refused, require_moved
from portal.regions.models import Region
from portal.trail import commands as trail


class GrantRefused(Refused):
    """A role that is not granted or ended; `field` names the answer to change."""

    def __init__(self, text: str, field: str = ""):
        self.field = field
        super().__init__(text)


class Incompatible(GrantRefused):
    """Two roles that one person may not hold together."""


def make_groups() -> None:
    """Make one Group per role; those of STAFF may enter the admin. Safe to repeat."""
    admin, _made = ContentType.objects.get_or_create(app_label="wagtailadmin", model="admin")
    entry, _made = Permission.objects.get_or_create(
        content_type=admin, codename="access_admin", defaults={"name": "Can access Wagtail admin"}
    )
    for role in Role:
        group, _made = Group.objects.get_or_create(name=role.value)
        if role in STAFF:
            group.permissions.add(entry)
        else:
            group.permissions.remove(entry)


def sync_groups(user: User) -> None:
    """Make the person's role Groups those of the grants in force today."""
    user.__dict__.pop("grants_now", None)
    wanted = {grant.role for grant in user.grants_now}
    held = set(user.groups.filter(name__in=Role.values).values_list("name", flat=True))
    user.groups.remove(*Group.objects.filter(name__in=held - wanted))
    user.groups.add(*Group.objects.filter(name__in=wanted - held))


@transaction.atomic
def grant(
    user: User,
    *,
    role: str,
    region: Region | None,
    by: User | None,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> RoleGrant:
    """Give `user` a role in `region` and everything below it, between two dates (inclusive).

    by: an administrator with that region in scope; None only for the first administrator and the
    demo. Raises GrantRefused, Incompatible.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    starts_on = starts_on or clock.today()
    region = require_sound(user, role, region, by, starts_on, ends_on)
    held = RoleGrant.objects.open().filter(Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on), user=user)
    if held.filter(role=role, region=region).exists():
        raise GrantRefused(_("这个人在该区域已经有这个角色。要改日期，请先结束原授权。"), "role")
    if why := why_incompatible(role, held.values_list("role", flat=True)):
        raise Incompatible(
            _("不能授予%(label)s：%(why)s。请先结束冲突的角色，或换一个人。")
            % {"label": Role(role).label, "why": why},
            "role",
        )
    made = RoleGrant.objects.create(
        user=user, role=role, region=region, starts_on=starts_on, ends_on=ends_on, granted_by=by
    )
    sync_groups(user)
    after = {"role": role, "region": region.code, "starts_on": starts_on, "ends_on": ends_on}
    trail.log(user, "accounts.grant", by=by, role=Role.SYS_ADMIN if by else "", after=after)
    return made


def require_sound(
    user: User, role: str, region: Region | None, by: User | None, starts_on: date, ends_on: date | None
) -> Region:
    if role not in Role.values:
        raise GrantRefused(_("请选择角色。"), "role")
    if region is None:
        raise GrantRefused(_("请选择管辖区域。不限区域的角色不能授予。"), "region")
    if ends_on and ends_on < starts_on:
        raise GrantRefused(_("结束日期早于开始日期。请改成开始日期当天或之后。"), "ends_on")
    if not user.is_active:
        raise GrantRefused(_("这个账号已停用，不能授予角色。请先启用账号。"), "role")
    if by is None:
        return region
    if by.pk == user.pk:
        raise GrantRefused(_("不能给自己授予角色。请由另一位系统管理员办理。"), "role")
    if not Region.objects.filter(by.scope(Role.SYS_ADMIN, field=""), pk=region.pk).exists():
        raise GrantRefused(_("这个区域不在您的管辖范围内。请选择您管辖的区域。"), "region")
    return region


@transaction.atomic
def end_grant(grant: RoleGrant, *, by: User | None, reason: str = "") -> RoleGrant:
    """End a grant at once. by: None when its last day is over."""
    if by is not None and by.pk == grant.user_id:
        raise GrantRefused(_("不能结束自己的角色。请由另一位系统管理员办理。"))
    moved = RoleGrant.objects.open().filter(pk=grant.pk).update(ended_at=clock.now(), ended_by=by)
    require_moved(moved)
    sync_groups(grant.user)
    before = {"role": grant.role, "region": grant.region.code, "ends_on": grant.ends_on}
    trail.log(
        grant.user, "accounts.end_grant", by=by, role=Role.SYS_ADMIN if by else "", before=before, reason=reason
    )
    return RoleGrant.objects.get(pk=grant.pk)


def end_expired() -> int:
    """End every grant whose last day is over, and open those that begin today; return how many ended."""
    over = RoleGrant.objects.open().filter(ends_on__lt=clock.today()).select_related("user", "region")
    ended = [end_grant(grant, by=None, reason="到期") for grant in over]
    for user in User.objects.filter(
        role_grants__starts_on=clock.today(), role_grants__ended_at__isnull=True
    ).distinct():
        sync_groups(user)
    return len(ended)


@transaction.atomic
def create_user(
    *, username: str, name: str, email: str, phone: str = "", by: User | None, password: str = ""
) -> User:
    """Open an account. Without a password the person sets one by the reset letter."""
    if User.objects.filter(username__iexact=username).exists():
        raise GrantRefused(_("这个账号名已被使用。请换一个。"), "username")
    if email and User.objects.filter(email__iexact=email).exists():
        raise GrantRefused(_("这个邮箱已被另一个账号使用。请换一个邮箱。"), "email")
    user = User.objects.create_user(username, email=email, password=password or None, name=name, phone=phone)
    trail.log(user, "accounts.create", by=by, role=Role.SYS_ADMIN if by else "", after={"username": username})
    return user


@transaction.atomic
def set_active(user: User, *, by: Any, is_active: bool, reason: str) -> User:
    """Stop or reopen an account; stopping ends every session at once."""
    if by.pk == user.pk:
        raise GrantRefused(_("不能停用自己的账号。请由另一位系统管理员办理。"))
    require_moved(User.objects.filter(pk=user.pk, is_active=not is_active).update(is_active=is_active))
    user = User.objects.get(pk=user.pk)
    if not is_active:
        for session in UserSession.objects.filter(user=user):
            session.end()
    trail.log(user, "accounts.reopen" if is_active else "accounts.stop", by=by, role=Role.SYS_ADMIN, reason=reason)
    return user


def stop(user: User, *, by: User, reason: str) -> User:
    return set_active(user, by=by, is_active=False, reason=reason)


def reopen(user: User, *, by: User, reason: str) -> User:
    return set_active(user, by=by, is_active=True, reason=reason)
