"""Postings and their transfers: written once, reversed, never edited."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from grants.funds import rules
from grants.funds.models.account import Account, readable
from grants.funds.models.period import Period
from grants.funds.states import EventName
from portal import clock
from portal.fields.models import AppendOnly, AppendOnlyQuerySet


class PostingQuerySet(AppendOnlyQuerySet):
    def visible_to(self, user: Any) -> PostingQuerySet:
        """Return postings that move at least one account whose books are open to `user`."""
        own = Transfer.objects.filter(readable(user, "src__source__"), posting=models.OuterRef("pk"))
        return self.filter(models.Exists(own))

    def with_amount(self) -> PostingQuerySet:
        """Annotate `amount`: the fen of all transfers of the posting."""
        own = Transfer.objects.filter(posting=models.OuterRef("pk")).order_by().values("posting")
        return self.annotate(amount=models.Subquery(own.annotate(fen=models.Sum("amount")).values("fen")))


class Posting(AppendOnly):
    """One event in the books.

    key: the caller's idempotency key. request_hash: of all that was asked under that key. lines:
    number of transfers, so that none can be added later. reverses: the posting this one mirrors.
    """

    key = models.CharField(_("业务键"), max_length=120, unique=True)
    request_hash = models.CharField(max_length=64)
    event = models.CharField(_("业务"), max_length=24, choices=EventName)
    effective_date = models.DateField(_("记账日期"))
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="postings", verbose_name=_("会计期间"))
    lines = models.PositiveSmallIntegerField(_("笔数"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("经办")
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("批准")
    )
    document_number = models.CharField(_("文号"), max_length=80, blank=True)
    memo = models.CharField(_("摘要"), max_length=200, blank=True)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="reversed_by", verbose_name=_("冲销")
    )
    made_at = models.DateTimeField(_("录入时间"), default=clock.now)

    objects = PostingQuerySet.as_manager()

    class Meta:
        verbose_name = _("凭证")
        verbose_name_plural = _("凭证")
        ordering = ["-id"]
        indexes = [models.Index(fields=["effective_date"]), models.Index(fields=["event", "effective_date"])]
        constraints = [
            models.CheckConstraint(condition=Q(event__in=EventName.values), name="posting_event_is_known"),
            models.CheckConstraint(condition=~Q(made_by=F("approved_by")), name="posting_has_four_eyes"),
            models.CheckConstraint(
                condition=~Q(event__in=rules.APPROVED) | Q(approved_by__isnull=False),
                name="posting_is_approved_where_required",
            ),
            models.CheckConstraint(
                condition=Q(event__in=rules.CLOCKED) | Q(made_by__isnull=False), name="posting_was_made_by_somebody"
            ),
            models.CheckConstraint(
                condition=Q(event=rules.REVERSE, reverses__isnull=False)
                | (~Q(event=rules.REVERSE) & Q(reverses__isnull=True)),
                name="posting_reverses_another_or_is_no_reversal",
            ),
            models.CheckConstraint(condition=Q(lines__gte=1), name="posting_has_a_transfer"),
            models.CheckConstraint(
                condition=~Q(event__in=rules.DOCUMENTED) | ~Q(document_number=""),
                name="posting_names_its_document_where_required",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.get_event_display()}"


class Transfer(AppendOnly):
    """`amount` fen from one account to another; inserting it moves both balances (by trigger)."""

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="transfers", verbose_name=_("凭证"))
    src = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="paid_out", verbose_name=_("转出"))
    dst = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="paid_in", verbose_name=_("转入"))
    amount = models.BigIntegerField(_("金额（分）"))
    budget_category = models.CharField(_("预算科目"), max_length=8, blank=True)

    class Meta:
        verbose_name = _("分录")
        verbose_name_plural = _("分录")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="transfer_amount_is_positive"),
            models.CheckConstraint(condition=Q(amount__lte=rules.MOST), name="transfer_amount_is_not_absurd"),
            models.CheckConstraint(condition=~Q(src=F("dst")), name="transfer_goes_to_another_account"),
        ]

    def __str__(self) -> str:
        return f"{self.src_id} → {self.dst_id}: {self.amount}"


class Seal(AppendOnly):
    """A link of the hash chain over postings and their transfers, in the order of their ids."""

    posting = models.OneToOneField(Posting, on_delete=models.PROTECT, related_name="seal", verbose_name=_("凭证"))
    prev_hash = models.CharField(max_length=64, unique=True)
    hash = models.CharField(max_length=64, unique=True)
    sealed_at = models.DateTimeField(_("封存时间"), default=clock.now)

    class Meta:
        verbose_name = _("封存")
        verbose_name_plural = _("封存")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.hash
