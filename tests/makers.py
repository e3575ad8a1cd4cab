"""Makers of people and places for tests. One package's own makers stand in its own folder."""

from __future__ import annotations

from datetime import date

from orgs.registry.models import Kind, MemberRole, Membership, Organization, Standing
from portal.access import Role
from portal.accounts.commands import sync_groups
from portal.accounts.models import RoleGrant, User
from portal.regions.models import Region
from portal.trail.models import Event


def make_region(code: str = "330211", name: str = "") -> Region:
    """Return the region of `code`, with its parents (2, 4, 6, 9, 12 digits), made where missing."""
    levels = {2: "PROVINCE", 4: "CITY", 6: "DISTRICT", 9: "STREET", 12: "COMMUNITY"}
    if found := Region.objects.filter(code=code).first():
        return found
    shorter = [length for length in levels if length < len(code)]
    values = {"code": code, "name": name or f"区划{code}", "level": levels[len(code)]}
    if not shorter:
        return Region.add_root(**values)
    parent = make_region(code[: shorter[-1]])
    return Region.objects.get(pk=parent.add_child(**values).pk)


def make_user(username: str = "someone", *roles: str, region: str = "330211", **values: object) -> User:
    """Return a person holding `roles` in `region` since 2020."""
    user = User.objects.create_user(
        username, email=f"{username}@example.org", password="correct-horse-9", **{"name": username, **values}
    )
    for role in roles:
        RoleGrant.objects.create(user=user, role=role, region=make_region(region), starts_on=date(2020, 1, 1))
    if roles:
        sync_groups(user)
        user.refresh_from_db()
    return user


def make_officer(username: str = "officer", region: str = "330211") -> User:
    return make_user(username, Role.BUREAU_OFFICER, region=region)


def make_organization(
    name: str = "镇海区演示甬澜社会工作服务中心",
    uscc: str | None = "52330211MJ0DEM016A",
    *,
    kind: str = Kind.SERVICE_INSTITUTION,
    region: str = "330211001",
    admin: User | None = None,
) -> Organization:
    """Return a verified organization; `admin` becomes its 负责人. A taken name gets a number."""
    if taken := Organization.objects.filter(name__startswith=name).count():
        name = f"{name}{taken + 1}"
    organization = Organization.objects.create(
        kind=kind, name=name, uscc=uscc, region=make_region(region), standing=Standing.VERIFIED
    )
    if admin:
        Membership.objects.create(organization=organization, user=admin, role=MemberRole.ADMIN)
    return organization


def again(instance):
    """Return the row as the database has it now."""
    return type(instance)._default_manager.get(pk=instance.pk)


def acts(subject) -> list[str]:
    """Return what the trail tells of the row, oldest first."""
    return list(Event.objects.for_instance(subject).order_by("id").values_list("action", flat=True))
