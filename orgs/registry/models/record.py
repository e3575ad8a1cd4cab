"""What stands in an organization's record: credit listings, and obligations that bind it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal import clock


class ListKind(models.TextChoices):
    ABNORMAL = "ABNORMAL", _("活动异常名录")
    SERIOUS = "SERIOUS", _("严重违法失信名单")


class ListingQuerySet(models.QuerySet):
    def open(self) -> ListingQuerySet:
        return self.filter(removed_on__isnull=True)


class Listing(models.Model):
    """One stay on a credit list, by a decision with a number."""

    organization = models.ForeignKey("registry.Organization", on_delete=models.PROTECT, related_name="listings")
    kind = models.CharField(_("名录"), max_length=12, choices=ListKind)
    decision = models.CharField(_("决定文号"), max_length=60)
    reason = models.CharField(_("事由"), max_length=200)
    listed_on = models.DateField(_("列入日期"))
    removed_on = models.DateField(_("移出日期"), null=True, blank=True)
    removal = models.CharField(_("移出文号"), max_length=60, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)

    objects = ListingQuerySet.as_manager()

    class Meta:
        verbose_name = _("信用名录记录")
        verbose_name_plural = _("信用名录记录")
        ordering = ["-listed_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "kind"], condition=Q(removed_on__isnull=True), name="listed_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(removed_on__isnull=True) | Q(removed_on__gte=models.F("listed_on")),
                name="listing_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.listed_on}"


class ObligationQuerySet(models.QuerySet):
    def open(self) -> ObligationQuerySet:
        return self.filter(lifted_at__isnull=True)


class Obligation(models.Model):
    """A mark from above: while one is open, the organization cannot be removed from the register.

    code: whose it is, such as "agreements.PRJ-2026-000001".
    """

    organization = models.ForeignKey("registry.Organization", on_delete=models.PROTECT, related_name="obligations")
    code = models.CharField(max_length=60)
    reason = models.CharField(_("事由"), max_length=200)
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField(default=clock.now)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects = ObligationQuerySet.as_manager()

    class Meta:
        verbose_name = _("未了事项")
        verbose_name_plural = _("未了事项")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "code"],
                condition=Q(lifted_at__isnull=True),
                name="one_open_obligation_per_code",
            )
        ]

    def __str__(self) -> str:
        return self.reason
