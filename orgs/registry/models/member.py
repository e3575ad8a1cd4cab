"""People of an organization."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.models import new_key


class MemberRole(models.TextChoices):
    """§ 0.16. Only ADMIN submits and signs."""

    ADMIN = "ADMIN", _("负责人")
    WRITER = "WRITER", _("经办人")
    ACCOUNTANT = "ACCOUNTANT", _("财务")
    READER = "READER", _("只读")


class MembershipQuerySet(models.QuerySet):
    def active(self) -> MembershipQuerySet:
        return self.filter(ended_at__isnull=True)


class Membership(models.Model):
    """A person's role in an organization. Ended rows stay."""

    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    organization = models.ForeignKey("registry.Organization", on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("角色"), max_length=12, choices=MemberRole)
    started_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("成员")
        verbose_name_plural = _("成员")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "user", "role"],
                condition=Q(ended_at__isnull=True),
                name="one_active_membership_per_person_and_role",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"


class InvitationQuerySet(models.QuerySet):
    def open(self) -> InvitationQuerySet:
        return self.filter(accepted_at__isnull=True, cancelled_at__isnull=True, expires_at__gt=clock.now())

    def visible_to(self, user: Any) -> InvitationQuerySet:
        """The open invitations to the person's own address."""
        if not user.is_authenticated or not user.is_active or not user.email:
            return self.none()
        return self.open().filter(email__iexact=user.email)


class Invitation(models.Model):
    """An offer to one e-mail address; only the account with that address can take it, once, in 72 hours."""

    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    organization = models.ForeignKey("registry.Organization", on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField(_("邮箱"))
    role = models.CharField(_("角色"), max_length=12, choices=MemberRole)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(_("有效期至"))
    accepted_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("成员邀请")
        verbose_name_plural = _("成员邀请")

    def __str__(self) -> str:
        return f"{self.email} · {self.get_role_display()}"
