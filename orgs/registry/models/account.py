"""Bank accounts of payees."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orgs.registry.models.member import MemberRole, Membership
from portal import clock
from portal.access import Role
from portal.accounts.models import new_key
from portal.crypto import blind_index
from portal.fields.models import DerivedField, EncryptedField, refusal
from portal.identifiers import masked

ACCOUNT_READERS = (Role.BUREAU_FINANCE, Role.CASHIER, Role.FINANCE, Role.AUDITOR)


class BankAccountQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> BankAccountQuerySet:
        """Finance, cashier, auditor: their subtree. Members who enter or use it: their own."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        mine = Membership.objects.active().filter(user=user, role__in=[MemberRole.ADMIN, MemberRole.ACCOUNTANT])
        own = Q(organization__in=mine.values("organization"))
        return self.filter(user.scope(*ACCOUNT_READERS, field="organization__region") | own)

    def usable(self, at: datetime | None = None) -> BankAccountQuerySet:
        """Verified, and past the cool-down."""
        return self.filter(usable_from__lte=at or clock.now(), replaced_at__isnull=True)


class BankAccount(models.Model):
    """One version of a payee's account. Never edited: a change is a new row (ledger.md § 4).

    usable_from: set by the verification; a changed account cools down for 72 hours before that.
    """

    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    organization = models.ForeignKey(
        "registry.Organization", on_delete=models.PROTECT, related_name="bank_accounts", verbose_name=_("单位")
    )
    holder = models.CharField(_("账户名称"), max_length=60)
    number = EncryptedField(_("账号"))
    number_index = DerivedField(source="number", by=blind_index, max_length=64, db_index=True)
    bank = models.CharField(_("开户行"), max_length=80)
    branch_code = models.CharField(_("联行号"), max_length=12)
    is_change = models.BooleanField(_("变更账户"), default=False)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("录入人")
    )
    entered_at = models.DateTimeField(_("录入时间"), default=clock.now)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("核对人"),
    )
    verified_at = models.DateTimeField(_("核对时间"), null=True, blank=True)
    call_back = models.CharField(_("回访记录"), max_length=200, blank=True)
    usable_from = models.DateTimeField(_("可付款起"), null=True, blank=True)
    replaced_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    objects = BankAccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("银行账户")
        verbose_name_plural = _("银行账户")
        ordering = ["-entered_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True) | ~Q(verified_by=models.F("entered_by")),
                name="bank_account_has_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(usable_from__isnull=True) | Q(verified_at__isnull=False),
                name="only_a_verified_account_is_usable",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank} {self.masked_number}"

    @property
    def masked_number(self) -> str:
        return masked(self.number)

    @property
    def is_usable(self) -> bool:
        return self.replaced_at is None and self.usable_from is not None and self.usable_from <= clock.now()


VERSION = ("organization_id", "holder", "number", "number_index", "bank", "branch_code", "is_change", "entered_by_id")
TRIGGERS = [
    refusal(
        "bank_account_version_is_never_changed",
        "registry_bankaccount",
        "BEFORE UPDATE",
        when=" OR ".join(f"NEW.{column} <> OLD.{column}" for column in VERSION),
    ),
]
"""A payment names one version of an account; what that version says cannot change under it (ledger.md § 4)."""
