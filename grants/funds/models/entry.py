"""What the finance office asks to have written into the books: one asks, a leader agrees, the ledger posts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from grants.funds import rules
from grants.funds.models.account import Account, FundSource, readable
from grants.funds.states import OF_MONTHS, EntryKind, EntryStatus
from portal import clock
from portal.money import yuan


class EntryQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> EntryQuerySet:
        return self.filter(readable(user))


class Entry(models.Model):
    """One request. source, year, amount: of money; account: where it stands now; month: "2026-03".

    account: none for BUDGET, and for REVERSE, which has `reverses`. region: of the source; none for the whole site.
    """

    Status = EntryStatus

    kind = models.CharField(_("业务"), max_length=12, choices=EntryKind, editable=False)
    status = models.CharField(
        _("状态"), max_length=12, choices=EntryStatus, default=EntryStatus.REQUESTED, editable=False
    )
    region = models.ForeignKey(
        "regions.Region", null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("所属区划")
    )
    source = models.ForeignKey(
        FundSource, null=True, on_delete=models.PROTECT, related_name="entries", verbose_name=_("资金来源")
    )
    year = models.PositiveSmallIntegerField(_("预算年度"), null=True)
    account = models.ForeignKey(
        Account, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("账户")
    )
    amount = models.BigIntegerField(_("金额"), default=0)
    month = models.CharField(_("会计期间"), max_length=7, blank=True)
    document_number = models.CharField(_("文号"), max_length=80, blank=True)
    issued_on = models.DateField(_("文件日期"), null=True)
    paper = models.ForeignKey(
        "files.StoredFile", null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("文件扫描件")
    )
    note = models.CharField(_("事由"), max_length=200, blank=True)
    due_on = models.DateField(_("办理期限"), null=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("申请人")
    )
    requested_at = models.DateTimeField(_("申请时间"), default=clock.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("审批人")
    )
    decided_at = models.DateTimeField(_("审批时间"), null=True)
    reason = models.CharField(_("理由"), max_length=200, blank=True)
    posting = models.OneToOneField(
        "funds.Posting", null=True, on_delete=models.PROTECT, related_name="entry", verbose_name=_("凭证")
    )
    reverses = models.ForeignKey(
        "funds.Posting", null=True, on_delete=models.PROTECT, related_name="corrections", verbose_name=_("冲销凭证")
    )

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("账务申请")
        verbose_name_plural = _("账务申请")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=EntryKind.values), name="entry_kind_is_known"),
            models.CheckConstraint(condition=Q(status__in=EntryStatus.values), name="entry_status_is_known"),
            models.CheckConstraint(
                condition=Q(kind__in=OF_MONTHS, amount=0, source=None) & ~Q(month="")
                | ~Q(kind__in=OF_MONTHS)
                & Q(amount__gt=0, amount__lte=rules.MOST, source__isnull=False, year__isnull=False),
                name="entry_is_of_money_or_of_a_month",
            ),
            models.CheckConstraint(
                condition=~Q(status=EntryStatus.POSTED) | ~Q(decided_by=F("requested_by")), name="entry_has_four_eyes"
            ),
            models.CheckConstraint(
                condition=~Q(status=EntryStatus.POSTED) | Q(kind__in=OF_MONTHS) | Q(posting__isnull=False),
                name="posted_entry_has_its_posting",
            ),
            models.UniqueConstraint(
                fields=["source", "year", "document_number"],
                condition=Q(kind=EntryKind.BUDGET, status=EntryStatus.REQUESTED),
                name="indicator_document_is_entered_once",
            ),
            models.CheckConstraint(
                condition=Q(kind=EntryKind.REVERSE, reverses__isnull=False)
                | ~Q(kind=EntryKind.REVERSE) & Q(reverses__isnull=True),
                name="entry_reverses_a_posting_or_is_no_reversal",
            ),
            models.UniqueConstraint(
                fields=["reverses"],
                condition=Q(status__in=[EntryStatus.REQUESTED, EntryStatus.POSTED]),
                name="posting_is_corrected_once",
            ),
            models.UniqueConstraint(
                fields=["kind", "month"],
                condition=Q(kind__in=OF_MONTHS, status=EntryStatus.REQUESTED),
                name="one_open_entry_per_month",
            ),
        ]

    def __str__(self) -> str:
        if self.is_of_a_month:
            return f"{self.get_kind_display()} · {self.month}"
        return _t("%(kind)s · %(source)s %(year)s年度 %(fen)s 元") % {
            "kind": self.get_kind_display(),
            "source": self.source,
            "year": self.year,
            "fen": yuan(self.amount),
        }

    @property
    def is_of_a_month(self) -> bool:
        return self.kind in OF_MONTHS
