"""A claim to an entry of the register."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from orgs.registry.states import ClaimStatus
from portal import clock
from portal.access import Role
from portal.accounts.models import new_key

CLAIM_READERS = (Role.REGISTRAR, Role.BUREAU_OFFICER, Role.BUREAU_HEAD, Role.AUDITOR, Role.SUPERVISOR)


class ClaimQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> ClaimQuerySet:
        """Registrar and bureau: their subtree. Everybody: the own claims."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(user.scope(*CLAIM_READERS, field="organization__region") | Q(claimant=user))


class Claim(models.Model):
    """A person says: I act for this organization. The registrar compares certificate and authorisation."""

    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    organization = models.ForeignKey(
        "registry.Organization", on_delete=models.PROTECT, related_name="claims", verbose_name=_("组织")
    )
    claimant = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="claims", verbose_name=_("认领人")
    )
    certificate = models.ForeignKey(
        "files.StoredFile", on_delete=models.PROTECT, related_name="+", verbose_name=_("登记证书副本")
    )
    authorisation = models.ForeignKey(
        "files.StoredFile", on_delete=models.PROTECT, related_name="+", verbose_name=_("法定代表人授权委托书")
    )
    is_other_region = models.BooleanField(_("外区登记"), default=False)
    status = models.CharField(
        _("状态"), max_length=12, choices=ClaimStatus, default=ClaimStatus.SUBMITTED, editable=False
    )
    created_at = models.DateTimeField(_("提交时间"), default=clock.now, editable=False)
    due_on = models.DateField(_("办理期限"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("办理人"),
    )
    decided_at = models.DateTimeField(_("办理时间"), null=True, blank=True)
    reason = models.TextField(_("未通过的原因"), blank=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("认领申请")
        verbose_name_plural = _("认领申请")
        ordering = ["created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=ClaimStatus.values), name="claim_status_is_known"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("claimant")),
                name="nobody_decides_the_own_claim",
            ),
            models.UniqueConstraint(
                fields=["organization", "claimant"],
                condition=Q(status=ClaimStatus.SUBMITTED),
                name="one_open_claim_per_person_and_organization",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization} · {self.claimant}"

    def get_absolute_url(self) -> str:
        return reverse("registry:claim_state", args=[self.key])
