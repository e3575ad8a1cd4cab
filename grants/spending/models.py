"""What a grantee paid, with its voucher."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from grants.agreements.models import Project
from grants.spending.states import Status
from portal import clock
from portal.accounts.models import new_key


class ExpenditureQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> ExpenditureQuerySet:
        """Whoever sees the project sees its vouchers."""
        return self.filter(project__in=Project.objects.visible_to(user).values("pk"))

    def pending(self) -> ExpenditureQuerySet:
        return self.filter(status=Status.RECORDED)

    def accepted(self) -> ExpenditureQuerySet:
        return self.filter(status=Status.ACCEPTED)

    def counting(self) -> ExpenditureQuerySet:
        """Those that use up their budget line: recorded and accepted."""
        return self.filter(status__in=[Status.RECORDED, Status.ACCEPTED])


class Expenditure(models.Model):
    """One voucher. `amount`: grant part in fen; `self_amount`: self-raised part, a memo outside the ledger."""

    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    project = models.ForeignKey(
        "agreements.Project", on_delete=models.PROTECT, related_name="expenditures", verbose_name=_("项目")
    )
    line = models.ForeignKey(
        "agreements.BudgetLine", on_delete=models.PROTECT, related_name="expenditures", verbose_name=_("预算行")
    )
    activity = models.ForeignKey(
        "agreements.PlannedActivity", null=True, blank=True, on_delete=models.PROTECT, verbose_name=_("对应活动")
    )
    item = models.CharField(_("事项"), max_length=80)
    payee = models.CharField(_("收款方"), max_length=80)
    amount = models.BigIntegerField(_("资助资金支出"))
    self_amount = models.BigIntegerField(_("自筹支出（备查）"), default=0)
    is_cash = models.BooleanField(_("现金支付"), default=False)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    invoice_number = models.CharField(_("发票号码"), max_length=30)
    invoice_date = models.DateField(_("开票日期"))
    voucher = models.ForeignKey(
        "files.StoredFile", on_delete=models.PROTECT, related_name="+", verbose_name=_("凭证")
    )
    is_over_line = models.BooleanField(_("超出预算行（容差内）"), default=False, editable=False)
    status = models.CharField(
        _("状态"), max_length=12, choices=Status, default=Status.RECORDED, editable=False, db_index=True
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("登记人")
    )
    recorded_at = models.DateTimeField(_("登记时间"), default=clock.now)
    due_on = models.DateField(_("办理期限"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("审核人"),
    )
    decided_at = models.DateTimeField(_("审核时间"), null=True, blank=True)
    reason = models.CharField(_("理由"), max_length=200, blank=True)
    disallowed = models.BigIntegerField(_("剔除金额"), default=0)
    posting = models.OneToOneField(
        "funds.Posting", null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    objects = ExpenditureQuerySet.as_manager()

    class Meta:
        verbose_name = _("支出")
        verbose_name_plural = _("支出")
        ordering = ["-recorded_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="expenditure_status_is_known"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, self_amount__gte=0), name="expenditure_amounts_are_positive"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("recorded_by")),
                name="expenditure_has_four_eyes",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.ACCEPTED) | Q(posting__isnull=False), name="accepted_expenditure_is_posted"
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.REFUSED) | ~Q(reason=""), name="refused_expenditure_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(disallowed__gte=0, disallowed__lte=models.F("amount")),
                name="disallowed_part_lies_in_the_amount",
            ),
            models.UniqueConstraint(
                fields=["invoice_number"],
                condition=~Q(status=Status.REFUSED),
                name="one_invoice_counts_once_across_projects",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} · {self.invoice_number}"

    def get_absolute_url(self) -> str:
        return reverse("spending:expenditure", args=[self.key])
