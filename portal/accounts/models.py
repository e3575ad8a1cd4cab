"""People, and what they may do where and when."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.access import Role
from portal.accounts.rules import ADMINISTRATORS


def new_key() -> str:
    """Return a 128-bit random key for a URL (22 characters)."""
    return secrets.token_urlsafe(16)


class UserQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> UserQuerySet:
        """Administrators: everybody who holds a role in their subtree, and everybody without one."""
        if not user.is_authenticated or not user.has_role(*ADMINISTRATORS):
            return self.none()
        inside = RoleGrant.objects.filter(user.scope(*ADMINISTRATORS), user=models.OuterRef("pk"))
        held = RoleGrant.objects.filter(user=models.OuterRef("pk"))
        return self.filter(models.Exists(inside) | ~models.Exists(held))

    def with_grants_now(self) -> UserQuerySet:
        """Read the grants in force of everybody listed, in one query."""
        rows = RoleGrant.objects.in_force(clock.today()).select_related("region")
        return self.prefetch_related(models.Prefetch("role_grants", queryset=rows, to_attr="grants_now"))


class People(UserManager.from_queryset(UserQuerySet)):
    """create_user and visible_to."""


class User(AbstractUser):
    """A person. Roles come from RoleGrant; organisations from registry.Membership."""

    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    name = models.CharField(_("姓名"), max_length=60, blank=True)
    phone = models.CharField(_("手机"), max_length=20, blank=True)

    objects = People()

    class Meta:
        verbose_name = _("用户")
        verbose_name_plural = _("用户")

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name or self.username

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Wagtail's side menu greets by `first_name`; ours is one field for the whole name."""
        self.first_name = self.name
        if update_fields is not None and "name" in update_fields:
            update_fields = [*update_fields, "first_name"]
        super().save(*args, update_fields=update_fields, **kwargs)

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        self.__dict__.pop("grants_now", None)
        super().refresh_from_db(*args, **kwargs)

    @cached_property
    def grants_now(self) -> list[RoleGrant]:
        """The grants in force today, with their regions: one query per request."""
        if not self.is_active:
            return []
        return list(self.role_grants.in_force(clock.today()).select_related("region"))

    @property
    def role_words(self) -> str:
        """The roles in force, each once; a closed account holds none."""
        held = [str(grant.get_role_display()) for grant in self.grants_now] if self.is_active else []
        return "、".join(dict.fromkeys(held)) or "—"

    def has_role(self, *roles: str) -> bool:
        return any(grant.role in roles for grant in self.grants_now)

    def scope(self, *roles: str, field: str = "region") -> Q:
        """Return the condition "lies in the subtree of one of my grants of `roles`".

        field: lookup path from the model to its Region, "" on Region itself. Without a grant: nothing.
        """
        path = f"{field}__path__startswith" if field else "path__startswith"
        condition = Q(pk__in=[])
        for grant in self.grants_now:
            if not roles or grant.role in roles:
                condition |= Q(**{path: grant.region.path})
        return condition


class RoleGrantQuerySet(models.QuerySet):
    def open(self) -> RoleGrantQuerySet:
        return self.filter(ended_at__isnull=True)

    def in_force(self, on: date) -> RoleGrantQuerySet:
        return self.open().filter(Q(starts_on__lte=on), Q(ends_on__isnull=True) | Q(ends_on__gte=on))

    def visible_to(self, user: User) -> RoleGrantQuerySet:
        """Administrators: the grants in their subtree."""
        if not user.is_authenticated or not user.has_role(*ADMINISTRATORS):
            return self.none()
        return self.filter(user.scope(*ADMINISTRATORS))


class RoleGrant(models.Model):
    """A role of one person in a region and everything below it, between two dates (inclusive)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="role_grants", verbose_name=_("人员"))
    role = models.CharField(_("角色"), max_length=24, choices=Role)
    region = models.ForeignKey("regions.Region", on_delete=models.PROTECT, verbose_name=_("管辖区域"))
    starts_on = models.DateField(_("生效日期"), default=clock.today)
    ends_on = models.DateField(_("有效期至"), null=True, blank=True)
    granted_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("授权人")
    )
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True, editable=False)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("角色授权")
        verbose_name_plural = _("角色授权")
        ordering = ["user__username", "role", "-starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "region"],
                condition=Q(ended_at__isnull=True),
                name="one_open_grant_per_person_role_and_region",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="grant_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(granted_by__isnull=True) | ~Q(granted_by=models.F("user")),
                name="nobody_grants_himself_a_role",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} · {self.region}"
