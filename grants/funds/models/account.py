"""Where money comes from and where it stands."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from grants.funds import rules
from grants.funds.states import Holder, Kind, OwnerKind, SourceKind
from portal.access import Role

READERS = (
    Role.BUREAU_FINANCE, Role.FINANCE, Role.CASHIER, Role.BUREAU_HEAD, Role.BUREAU_LEADER, Role.AUDITOR,
    Role.SUPERVISOR, Role.AUD_ADMIN,
)  # fmt: skip
"""Roles that may read the books of the sources in their region."""


def day_of(transfer: str) -> models.Subquery:
    """Return the day on which the transfer was posted whose number stands in the column `transfer`."""
    rows = apps.get_model("funds", "Transfer").objects.filter(pk=models.OuterRef(transfer))
    return models.Subquery(rows.values("posting__effective_date")[:1])


class FundSourceQuerySet(models.QuerySet):
    def with_last_day(self) -> FundSourceQuerySet:
        """Annotate the day of the last posting of the source: `last_on`."""
        own = Account.objects.filter(source=models.OuterRef("pk"), last_transfer__isnull=False)
        last = models.Subquery(own.order_by("-last_transfer").values("last_transfer")[:1])
        return self.annotate(last=last).annotate(last_on=day_of("last"))

    def visible_to(self, user: Any) -> FundSourceQuerySet:
        return self.filter(readable(user))

    def near(self, user: Any) -> FundSourceQuerySet:
        """Return what rounds of this person's places may draw on: sources of the site, of a place above or below."""
        above = {g.region.path[:end] for g in user.grants_now for end in range(4, len(g.region.path), 4)}
        return self.filter(Q(region__isnull=True) | user.scope() | Q(region__path__in=above))


def readable(user: Any, source: str = "") -> Q:
    """Return the condition "the books of this source are open to `user`".

    source: lookup path to the FundSource, with its trailing "__". A source without a region belongs
    to the whole site.
    """
    if not user.is_authenticated or not user.has_role(*READERS):
        return Q(pk__in=[])
    return Q(**{f"{source}region__isnull": True}) | user.scope(*READERS, field=f"{source}region")


class FundSource(models.Model):
    """Money of one kind: 一般公共预算, 福彩公益金 … Its budget years are years of its accounts."""

    code = models.CharField(_("编码"), max_length=20, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    kind = models.CharField(_("类别"), max_length=16, choices=SourceKind)
    holder = models.CharField(_("资金所在"), max_length=10, choices=Holder, default=Holder.TREASURY)
    purposes = models.JSONField(_("可用于"), default=list, blank=True, help_text=_("项目类别编码；空白表示不限"))
    region = models.ForeignKey(
        "regions.Region",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("所属区划"),
    )

    objects = FundSourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("资金来源")
        verbose_name_plural = _("资金来源")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=SourceKind.values), name="fund_source_kind_is_known"),
            models.CheckConstraint(condition=Q(holder__in=Holder.values), name="fund_source_holder_is_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_money_posted(self) -> bool:
        return self.accounts.filter(last_transfer__isnull=False).exists()

    def allows(self, purpose: str) -> bool:
        """Say whether money of this source may be used for a programme type (its code)."""
        return not self.purposes or purpose in self.purposes


class AccountQuerySet(models.QuerySet):
    def with_last_day(self) -> AccountQuerySet:
        """Annotate the day of the last posting of the account: `last_on`."""
        return self.annotate(last_on=day_of("last_transfer"))

    def visible_to(self, user: Any) -> AccountQuerySet:
        return self.filter(readable(user, "source__"))

    def of(self, owner_kind: str, owner_code: str) -> AccountQuerySet:
        return self.filter(owner_kind=owner_kind, owner_code=owner_code)

    def in_use(self) -> AccountQuerySet:
        return self.exclude(balance=0)


class Account(models.Model):
    """One pot of money: what it is, whose it is, of which source and budget year.

    `balance` is written by the trigger on transfers alone; `last_transfer` is the transfer that made
    it, so that the database can tell a real move from any other change.
    """

    code = models.CharField(_("账户编码"), max_length=120, unique=True, editable=False)
    kind = models.CharField(_("账户"), max_length=16, choices=Kind, editable=False)
    owner_kind = models.CharField(_("所属类别"), max_length=16, choices=OwnerKind, editable=False)
    owner_code = models.CharField(_("所属"), max_length=40, editable=False)
    source = models.ForeignKey(
        FundSource, on_delete=models.PROTECT, related_name="accounts", verbose_name=_("资金来源"), editable=False
    )
    year = models.PositiveSmallIntegerField(_("预算年度"), editable=False)
    balance = models.BigIntegerField(_("余额（分）"), default=0, editable=False)
    floor = models.BooleanField(_("不得透支"), default=True, editable=False)
    last_transfer = models.BigIntegerField(null=True, editable=False)

    objects = AccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("账户")
        verbose_name_plural = _("账户")
        ordering = ["year", "source", "owner_kind", "owner_code", "kind"]
        constraints = [
            models.CheckConstraint(condition=Q(floor=False) | Q(balance__gte=0), name="account_is_not_overdrawn"),
            models.CheckConstraint(
                condition=Q(floor=False, kind__in=rules.WORLD) | (Q(floor=True) & ~Q(kind__in=rules.WORLD)),
                name="account_of_the_outside_world_alone_has_no_floor",
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="account_kind_is_known"),
            models.CheckConstraint(condition=Q(year__gte=2000, year__lte=2199), name="account_year_is_a_year"),
            models.UniqueConstraint(
                fields=["kind", "owner_kind", "owner_code", "source", "year"],
                name="account_is_one_per_owner_and_kind",
            ),
        ]
        indexes = [models.Index(fields=["owner_kind", "owner_code"]), models.Index(fields=["source", "year", "kind"])]

    def __str__(self) -> str:
        return f"{self.owner_code} · {self.get_kind_display()}"

    @property
    def place(self) -> rules.Place:
        return rules.Place(self.kind, (self.owner_kind, self.owner_code), str(self.source_id), self.year)


def account_code(kind: str, owner_kind: str, owner_code: str, source_code: str, year: int) -> str:
    return f"{source_code}:{year}:{owner_kind}:{owner_code}:{kind}"
