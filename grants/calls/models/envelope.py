"""The money of a round by source and year, and the requests that move it in or back."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from grants.calls.models.round import READERS, Round
from grants.calls.states import AllocationStatus, Direction
from portal import clock
from portal.money import yuan


class EnvelopeManager(models.Manager):
    def get_queryset(self) -> models.QuerySet:
        return super().get_queryset().filter(planned__gt=0)


class Envelope(models.Model):
    """The round's money of one source and budget year. amount: allocated, mirrors the ledger's postings.

    planned 0: the plan does without it now; the row stays for the requests that were made, out of every list.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="envelopes")
    source = models.ForeignKey("funds.FundSource", on_delete=models.PROTECT, verbose_name=_("资金来源"))
    year = models.PositiveSmallIntegerField(_("预算年度"))
    planned = models.BigIntegerField(_("计划安排"))
    amount = models.BigIntegerField(_("已下达"), default=0, editable=False)
    account = models.ForeignKey("funds.Account", on_delete=models.PROTECT, related_name="+", editable=False)

    objects = EnvelopeManager()
    everything = models.Manager()

    class Meta:
        verbose_name = _("资金安排")
        verbose_name_plural = _("资金安排")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "source", "year"], name="one_envelope_per_round_source_and_year"
            ),
            models.CheckConstraint(condition=Q(planned__gte=0), name="envelope_plans_no_negative_amount"),
            models.CheckConstraint(
                condition=Q(amount__gte=0) & Q(amount__lte=F("planned")), name="envelope_is_allocated_within_its_plan"
            ),
        ]

    def __str__(self) -> str:
        return _t("%(source)s %(year)s年度") % {"source": self.source, "year": self.year}


class AllocationQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> AllocationQuerySet:
        return self.filter(user.scope(*READERS, field="envelope__round__region"))


class Allocation(models.Model):
    """A request to move money into an envelope or back: finance asks, a leader agrees, the ledger posts."""

    Status = AllocationStatus
    Direction = Direction

    envelope = models.ForeignKey(Envelope, on_delete=models.PROTECT, related_name="allocations")
    direction = models.CharField(_("业务"), max_length=4, choices=Direction, default=Direction.IN, editable=False)
    amount = models.BigIntegerField(_("金额"))
    note = models.CharField(_("事由"), max_length=200, blank=True)
    status = models.CharField(_("状态"), max_length=12, choices=Status, default=Status.REQUESTED, editable=False)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(_("理由"), max_length=200, blank=True)
    posting = models.OneToOneField("funds.Posting", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(_("办理期限"), null=True, blank=True)

    objects = AllocationQuerySet.as_manager()

    class Meta:
        verbose_name = _("资金下达")
        verbose_name_plural = _("资金下达")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="allocation_is_positive"),
            models.CheckConstraint(condition=~Q(decided_by=F("requested_by")), name="allocation_has_four_eyes"),
            models.CheckConstraint(
                condition=~Q(status="POSTED") | Q(posting__isnull=False), name="posted_allocation_has_a_posting"
            ),
            models.CheckConstraint(condition=Q(direction__in=Direction.values), name="allocation_goes_in_or_back"),
            models.UniqueConstraint(
                fields=["envelope"], condition=Q(status="REQUESTED"), name="one_open_allocation_per_envelope"
            ),
        ]

    def __str__(self) -> str:
        return _t("%(round)s · %(word)s %(envelope)s %(fen)s 元") % {
            "round": self.envelope.round,
            "word": self.get_direction_display(),
            "envelope": self.envelope,
            "fen": yuan(self.amount),
        }

    @property
    def round(self) -> Round:
        return self.envelope.round

    @property
    def is_back(self) -> bool:
        return self.direction == Direction.BACK
