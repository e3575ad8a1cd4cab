"""People, and what they may do where and when."""

from __future__ import annotations

import secrets
from datetime import date

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.access import Role


def new_key() -> str:
    """Return a 128-bit random key for a URL (22 characters)."""
    return secrets.token_urlsafe(16)


class User(AbstractUser):
    """A person. Roles come from RoleGrant; organisations from registry.Membership."""

    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    name = models.CharField(_("姓名"), max_length=60, blank=True)
    phone = models.CharField(_("手机"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("用户")
        verbose_name_plural = _("用户")

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name or self.username

    @cached_property
    def grants_now(self) -> list[RoleGrant]:
        """The grants in force today, with their regions: one query per request."""
        if not self.is_active:
            return []
        return list(self.role_grants.in_force(clock.today()).select_related("region"))

    def has_role(self, *roles: str) -> bool:
        return any(grant.role in roles for grant in self.grants_now)

    def scope(self, *roles: str, field: str = "region") -> Q:
        """Return the condition "lies in the subtree of one of my grants of `roles`".

        field: lookup path from the model to its Region. Without a grant: matches nothing.
        """
        condition = Q(pk__in=[])
        for grant in self.grants_now:
            if not roles or grant.role in roles:
                condition |= Q(**{f"{field}__path__startswith": grant.region.path})
        return condition


class RoleGrantQuerySet(models.QuerySet):
    def in_force(self, on: date) -> RoleGrantQuerySet:
        return self.filter(Q(starts_on__lte=on), Q(ends_on__isnull=True) | Q(ends_on__gte=on))


class RoleGrant(models.Model):
    """A role of one person in a region and everything below it, between two dates (inclusive)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="role_grants")
    role = models.CharField(_("角色"), max_length=24, choices=Role)
    region = models.ForeignKey("regions.Region", on_delete=models.PROTECT, verbose_name=_("管辖区域"))
    starts_on = models.DateField(_("自"), default=clock.today)
    ends_on = models.DateField(_("至"), null=True, blank=True)

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("角色授权")
        verbose_name_plural = _("角色授权")
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "region"], name="one_grant_per_person_role_and_region"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="grant_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} · {self.region}"
