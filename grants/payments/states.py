"""The payment machine of ledger.md: four actors, and none of them merged into "paid"."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.access import Role
from portal.lifecycle import Lifecycle, begin, move


class PaymentStatus(models.TextChoices):
    PLANNED = "PLANNED", _("待请款")
    REQUESTED = "REQUESTED", _("民政审核")
    CHECKED = "CHECKED", _("财务复核")
    APPROVED = "APPROVED", _("财政拨款")
    APPROPRIATED = "APPROPRIATED", _("银行发放")
    PAID = "PAID", _("已到账")
    RECEIPTED = "RECEIPTED", _("已回执")
    RETURNED = "RETURNED", _("已退回")
    FAILED = "FAILED", _("银行退票")
    CANCELLED = "CANCELLED", _("已取消")


class RefundStatus(models.TextChoices):
    REGISTERED = "REGISTERED", _("待退回")
    MATCHED = "MATCHED", _("已退回")
    CANCELLED = "CANCELLED", _("已取消")


class BatchStatus(models.TextChoices):
    SENT = "SENT", _("已送银行")
    DONE = "DONE", _("已回盘")


S = PaymentStatus

LIFECYCLE = Lifecycle(
    {
        "request": move(S.PLANNED, S.RETURNED, to=S.REQUESTED, owner=Role.BUREAU_OFFICER, days=5),
        "check": move(S.REQUESTED, to=S.CHECKED, owner=Role.BUREAU_FINANCE, days=5),
        "approve": move(S.CHECKED, to=S.APPROVED, owner=Role.FINANCE, days=10),
        "appropriate": move(S.APPROVED, S.FAILED, to=S.APPROPRIATED, owner=Role.CASHIER, days=5),
        "pay": move(S.APPROPRIATED, to=S.PAID, owner=Role.ORG_ADMIN, days=10),
        "receipt": move(S.PAID, to=S.RECEIPTED, guards=["receipt_uploaded"]),
        "return": move(S.REQUESTED, S.CHECKED, S.APPROVED, S.FAILED, to=S.RETURNED, owner=Role.ORG_ADMIN, days=10),
        "reject_by_bank": move(S.APPROPRIATED, to=S.FAILED, owner=Role.BUREAU_FINANCE, days=5),
        "cancel": move(S.PLANNED, S.RETURNED, to=S.CANCELLED),
    },
    state_guards={
        S.REQUESTED: ["conditions", "account_named", "account_good"],
        S.CHECKED: ["conditions", "account_good", "account_same"],
        S.APPROVED: ["conditions", "account_good", "account_same"],
        S.APPROPRIATED: ["no_open_hold", "good_standing", "account_good", "account_same"],
    },
    starts=[begin(S.PLANNED, owner=Role.PROJECT_ACCOUNTANT, undated="the payee asks when the work needs the money")],
)
"""Owner and days are those of the state the move leads to."""

REFUND = Lifecycle(
    {
        "match": move(RefundStatus.REGISTERED, to=RefundStatus.MATCHED),
        "cancel": move(RefundStatus.REGISTERED, to=RefundStatus.CANCELLED),
    },
    starts=[begin(RefundStatus.REGISTERED, owner=Role.ORG_ADMIN, days=10)],
)

BATCH = Lifecycle(
    {"finish_batch": move(BatchStatus.SENT, to=BatchStatus.DONE)},
    starts=[begin(BatchStatus.SENT, owner=Role.CASHIER, until="its payments")],
)

WITH_MONEY = (S.APPROVED, S.APPROPRIATED, S.PAID, S.RECEIPTED, S.FAILED)
RECEIVED = (S.PAID, S.RECEIPTED)
STOPPED = (S.RETURNED, S.FAILED)
