"""Payments, what the bank said about them, and money that comes back."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from grants.agreements.models import Project
from grants.payments.states import LIFECYCLE, WITH_MONEY, BatchStatus, PaymentStatus, RefundStatus
from portal import clock
from portal.access import Role
from portal.accounts.models import new_key
from portal.fields.models import refusal

USER = settings.AUTH_USER_MODEL
S = PaymentStatus


def person(label: str = "", **options: Any) -> models.ForeignKey:
    """Return a key to a person who acted. Empty until then."""
    options = {"null": True, "blank": True, **options}
    return models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", verbose_name=label, **options)


def moment(label: str = "") -> models.DateTimeField:
    return models.DateTimeField(label, null=True, blank=True)


def paper() -> models.ForeignKey:
    return models.ForeignKey("files.StoredFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+")


def two_persons(one: str, other: str) -> models.CheckConstraint:
    """Return the constraint that two steps of a payment were made by two people."""
    return models.CheckConstraint(
        condition=Q(**{f"{one}__isnull": True}) | Q(**{f"{other}__isnull": True}) | ~Q(**{one: F(other)}),
        name=f"payment_{one[:-3]}_is_not_{other[:-3]}",
    )


class PaymentQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> PaymentQuerySet:
        return self.filter(project__in=Project.objects.visible_to(user).values("pk"))

    def live(self) -> PaymentQuerySet:
        return self.exclude(status=S.CANCELLED)

    def of_award(self, code: str) -> PaymentQuerySet:
        return self.filter(project__code=code)


class Payment(models.Model):
    """One tranche on its way. Each step keeps who, when, and the numbers of its papers."""

    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    code = models.CharField(_("编号"), max_length=40, unique=True)
    tranche = models.ForeignKey(
        "agreements.Tranche", on_delete=models.PROTECT, related_name="payments", verbose_name=_("期次")
    )
    project = models.ForeignKey(
        "agreements.Project", on_delete=models.PROTECT, related_name="payments", verbose_name=_("项目")
    )
    amount = models.BigIntegerField(_("金额"))
    status = models.CharField(_("状态"), max_length=12, choices=S, default=S.PLANNED, editable=False)
    since = models.DateField(_("到达本环节"), default=clock.today)
    due_on = models.DateField(_("办理期限"), null=True, blank=True)
    attempt = models.PositiveSmallIntegerField(default=1)
    account = models.ForeignKey(
        "registry.BankAccount",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("收款账户"),
    )
    explanation = models.CharField(_("上期资金使用说明"), max_length=500, blank=True)
    requested_by = person(_("请款人"))
    requested_at = moment()
    checked_by = person(_("审核人"))
    checked_at = moment()
    approved_by = person(_("复核人"))
    approved_at = moment()
    leader_by = person(_("审批领导"))
    leader_at = moment()
    appropriated_by = person(_("拨款经办"))
    appropriated_at = moment()
    recorded_for = models.CharField(_("财政局经办人（代录）"), max_length=60, blank=True)
    document_number = models.CharField(_("指标文号"), max_length=60, blank=True)
    voucher_number = models.CharField(_("支付凭证号"), max_length=60, unique=True, null=True, blank=True)
    voucher = paper()
    batch = models.ForeignKey(
        "payments.Batch", null=True, blank=True, on_delete=models.PROTECT, related_name="payments"
    )
    paid_at = moment()
    receipted_by = person(_("回执人"))
    receipted_at = moment()
    receipt = paper()
    reason = models.CharField(_("原因"), max_length=300, blank=True)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("拨付")
        verbose_name_plural = _("拨付")
        ordering = ["due_on", "code"]
        indexes = [models.Index(fields=["status", "due_on"], name="payment_by_status_and_due")]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=S.values), name="payment_status_is_known"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_amount_is_positive"),
            models.UniqueConstraint(
                fields=["tranche"], condition=~Q(status=S.CANCELLED), name="a_tranche_is_paid_by_one_payment"
            ),
            *(
                two_persons(one, other)
                for one, other in combinations(
                    ("requested_by", "checked_by", "approved_by", "leader_by", "appropriated_by"), 2
                )
            ),
            models.CheckConstraint(
                condition=~Q(status__in=WITH_MONEY)
                | Q(
                    account__isnull=False,
                    requested_by__isnull=False,
                    checked_by__isnull=False,
                    approved_by__isnull=False,
                ),
                name="approved_payment_names_account_and_people",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=(S.APPROPRIATED, S.PAID, S.RECEIPTED))
                | Q(appropriated_by__isnull=False, voucher_number__isnull=False) & ~Q(document_number=""),
                name="appropriated_payment_has_voucher_and_document",
            ),
            models.CheckConstraint(
                condition=~Q(status=S.RECEIPTED) | Q(receipt__isnull=False, receipted_by__isnull=False),
                name="receipted_payment_has_its_receipt",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=(S.RETURNED, S.FAILED)) | ~Q(reason=""), name="stopped_payment_says_why"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def owner(self) -> str:
        """Role code of who must act now; empty when nobody must."""
        if self.status == S.CHECKED and self.approved_by_id:
            return Role.BUREAU_LEADER
        for name, one in LIFECYCLE.moves.items():
            if one.to == self.status and one.owner and name != "cancel":
                return one.owner
        return Role.ORG_ADMIN if self.status == S.PLANNED else ""


FROZEN = ("amount", "account_id", "tranche_id", "project_id")
APPROVED_STATES = ", ".join(f"'{state}'" for state in WITH_MONEY)

TRIGGERS = [
    refusal(
        "approved_payment_is_frozen",
        "payments_payment",
        "BEFORE UPDATE",
        when=f"OLD.status IN ({APPROVED_STATES}) AND ("
        + " OR ".join(f"NEW.{column} <> OLD.{column}" for column in FROZEN)
        + ")",
    ),
]
"""Amount, account version and award of an approved payment cannot change (ledger.md § 4)."""


class PaymentPosting(models.Model):
    """Which posting belongs to which step of a payment. One step posts once."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="postings")
    event = models.CharField(max_length=24)
    attempt = models.PositiveSmallIntegerField()
    posting = models.OneToOneField("funds.Posting", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("拨付记账")
        verbose_name_plural = _("拨付记账")
        constraints = [
            models.UniqueConstraint(fields=["payment", "event", "attempt"], name="each_step_of_a_payment_posts_once")
        ]

    def __str__(self) -> str:
        return f"{self.payment} {self.event}"


BATCH_READERS = (Role.CASHIER, Role.BUREAU_FINANCE, Role.AUDITOR)


class BatchQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> BatchQuerySet:
        """Cashier, bureau finance and auditor of the place of all its payments."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        visible = Payment.objects.filter(user.scope(*BATCH_READERS, field="project__region")).values("pk")
        # All of them: the file for the bank names every payee of the batch.
        others = Payment.objects.filter(batch=models.OuterRef("pk")).exclude(pk__in=visible)
        return self.filter(payments__in=visible).exclude(models.Exists(others)).distinct()


class Batch(models.Model):
    """Payments of money that the bureau holds itself, sent to the bank in one locked file."""

    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    code = models.CharField(_("批次"), max_length=24, unique=True)
    status = models.CharField(_("状态"), max_length=8, choices=BatchStatus, default=BatchStatus.SENT, editable=False)
    count = models.PositiveIntegerField(_("笔数"))
    total = models.BigIntegerField(_("合计"))
    sha256 = models.CharField(_("文件校验值"), max_length=64, editable=False)
    sent_by = person(_("经办出纳"), null=False, blank=False)
    sent_at = models.DateTimeField(_("送银行时间"), default=clock.now, editable=False)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("支付批次")
        verbose_name_plural = _("支付批次")
        ordering = ["-sent_at"]
        constraints = [models.CheckConstraint(condition=Q(total__gt=0, count__gt=0), name="batch_is_not_empty")]

    def __str__(self) -> str:
        return self.code


BANK_READERS = (Role.BUREAU_FINANCE, Role.CASHIER, Role.FINANCE, Role.AUDITOR, Role.SUPERVISOR)


class BankStatementQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> BankStatementQuerySet:
        """Money people of the place it was imported for."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(user.scope(*BANK_READERS))


class BankStatement(models.Model):
    """One imported file of a bank. `sha256` is of the file's bytes."""

    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    name = models.CharField(_("文件"), max_length=120)
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    region = models.ForeignKey("regions.Region", on_delete=models.PROTECT, verbose_name=_("所属区域"))
    count = models.PositiveIntegerField(_("笔数"))
    total_out = models.BigIntegerField(_("支出合计"))
    total_in = models.BigIntegerField(_("收入合计"))
    imported_by = person(_("导入人"), null=False, blank=False)
    imported_at = models.DateTimeField(_("导入时间"), default=clock.now, editable=False)

    objects = BankStatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("银行对账单")
        verbose_name_plural = _("银行对账单")
        ordering = ["-imported_at"]

    def __str__(self) -> str:
        return self.name


class Direction(models.TextChoices):
    OUT = "OUT", _("付")
    IN = "IN", _("收")


class BankLineQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> BankLineQuerySet:
        return self.filter(statement__in=BankStatement.objects.visible_to(user).values("pk"))

    def open(self) -> BankLineQuerySet:
        return self.filter(payment__isnull=True, refund__isnull=True)

    def unexplained(self) -> BankLineQuerySet:
        """Lines that fit nothing of ours, until somebody writes down what became of them."""
        return self.open().exclude(unmatched_because="")


class BankLine(models.Model):
    """One line of a bank's file; matched to at most one payment or one refund."""

    statement = models.ForeignKey(BankStatement, on_delete=models.PROTECT, related_name="lines")
    reference = models.CharField(_("流水号"), max_length=60, unique=True)
    booked_on = models.DateField(_("日期"))
    direction = models.CharField(_("方向"), max_length=4, choices=Direction)
    amount = models.BigIntegerField(_("金额"))
    account_number = models.CharField(_("对方账号"), max_length=40)
    holder = models.CharField(_("对方户名"), max_length=80)
    memo = models.CharField(_("摘要"), max_length=200, blank=True)
    is_success = models.BooleanField(_("成功"), default=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    payment = models.ForeignKey(
        Payment, null=True, blank=True, on_delete=models.PROTECT, related_name="bank_lines", verbose_name=_("拨付")
    )
    unmatched_because = models.CharField(_("未匹配原因"), max_length=200, blank=True)

    objects = BankLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("银行流水")
        verbose_name_plural = _("银行流水")
        ordering = ["-booked_on", "reference"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="bank_line_amount_is_positive"),
            models.UniqueConstraint(
                fields=["payment"], condition=Q(is_success=True), name="a_payment_is_paid_by_one_bank_line"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def outcome(self) -> str:
        return "DONE" if self.is_success else "FAILED"

    @property
    def outcome_tone(self) -> str:
        return "success" if self.is_success else "danger"

    def get_outcome_display(self) -> Any:
        return _("成功") if self.is_success else _("银行退票")


class RefundKind(models.TextChoices):
    SURPLUS = "SURPLUS", _("结余退回")
    RECOVERY = "RECOVERY", _("追回")


class RefundQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> RefundQuerySet:
        return self.filter(project__in=Project.objects.visible_to(user).values("pk"))

    def open(self) -> RefundQuerySet:
        return self.filter(status=RefundStatus.REGISTERED)


class Refund(models.Model):
    """Money that the payee gives back, split by source as it was paid."""

    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    code = models.CharField(_("编号"), max_length=40, unique=True)
    project = models.ForeignKey(
        "agreements.Project", on_delete=models.PROTECT, related_name="refunds", verbose_name=_("项目")
    )
    kind = models.CharField(_("类型"), max_length=8, choices=RefundKind, default=RefundKind.SURPLUS)
    status = models.CharField(
        _("状态"), max_length=10, choices=RefundStatus, default=RefundStatus.REGISTERED, editable=False
    )
    amount = models.BigIntegerField(_("金额"))
    reason = models.CharField(_("原因"), max_length=300)
    due_on = models.DateField(_("退回期限"), null=True, blank=True)
    registered_by = person(_("登记人"), null=False, blank=False)
    registered_at = models.DateTimeField(default=clock.now, editable=False)
    matched_by = person(_("核对人"))
    matched_at = moment()
    line = models.OneToOneField(
        BankLine, null=True, blank=True, on_delete=models.PROTECT, related_name="refund", verbose_name=_("到账流水")
    )
    posting = models.OneToOneField("funds.Posting", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = RefundQuerySet.as_manager()

    class Meta:
        verbose_name = _("退款")
        verbose_name_plural = _("退款")
        ordering = ["-registered_at"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount_is_positive"),
            models.CheckConstraint(condition=Q(status__in=RefundStatus.values), name="refund_status_is_known"),
            models.CheckConstraint(
                condition=Q(matched_by__isnull=True) | ~Q(matched_by=F("registered_by")), name="refund_has_four_eyes"
            ),
            models.CheckConstraint(
                condition=~Q(status=RefundStatus.MATCHED)
                | Q(line__isnull=False, posting__isnull=False, matched_by__isnull=False),
                name="matched_refund_has_its_bank_line",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class RefundShare(models.Model):
    """How much of a refund goes back to which source."""

    refund = models.ForeignKey(Refund, on_delete=models.CASCADE, related_name="shares")
    source = models.ForeignKey("funds.FundSource", on_delete=models.PROTECT, related_name="+")
    amount = models.BigIntegerField(_("金额"))

    class Meta:
        verbose_name = _("退款分来源")
        verbose_name_plural = _("退款分来源")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_share_is_positive"),
            models.UniqueConstraint(fields=["refund", "source"], name="one_share_per_refund_and_source"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.amount}"
