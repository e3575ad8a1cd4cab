"""The fixed words of the ledger."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from portal.access import Role
from portal.lifecycle import Lifecycle, begin, move


class SourceKind(TextChoices):
    FISCAL = "FISCAL", _("一般公共预算")
    LOTTERY = "LOTTERY", _("福彩公益金")
    STREET_MATCH = "STREET_MATCH", _("街镇配套")
    CHARITY = "CHARITY", _("慈善资金")
    PARTY_SERVICE = "PARTY_SERVICE", _("服务群众专项经费")


class Holder(TextChoices):
    TREASURY = "TREASURY", _("国库集中支付")
    BUREAU = "BUREAU", _("民政局自管")


class Kind(TextChoices):
    """What money in an account is, from the treasury to the accepted voucher."""

    TREASURY = "treasury", _("财政（账外）")
    AVAILABLE = "available", _("可用指标")
    POOL = "pool", _("社区年度额度")
    ENVELOPE = "envelope", _("批次额度")
    RESERVED = "reserved", _("拟立项占用")
    COMMITTED = "committed", _("已立项未拨")
    PAYABLE = "payable", _("已审核待拨")
    APPROPRIATED = "appropriated", _("财政已拨在途")
    HELD = "held", _("项目单位持有")
    SPENT = "spent", _("已认定支出")
    RECOVERABLE = "recoverable", _("应追回")
    RETURNED = "returned", _("已退回")
    WRITTEN_OFF = "written_off", _("已核销")
    FEE_WORLD = "fee_world", _("承办与评估费（账外）")
    RETURNED_WORLD = "returned_world", _("缴回财政（账外）")


class OwnerKind(TextChoices):
    """Who owns an account. The ledger knows the word and a code, never the object."""

    WORLD = "world", _("账外")
    SOURCE = "source", _("资金来源")
    COMMUNITY = "community", _("社区")
    ROUND = "round", _("批次")
    AWARD = "award", _("立项")


class PeriodStatus(TextChoices):
    OPEN = "OPEN", _("开账")
    CLOSED = "CLOSED", _("已结账")


class EventName(TextChoices):
    """Labels of the events in `rules.EVENTS`."""

    APPROPRIATE_BUDGET = "appropriate_budget", _("下达指标")
    ALLOCATE = "allocate", _("安排额度")
    TAKE_BACK = "take_back", _("收回额度")
    PROPOSE = "propose", _("拟立项占用")
    DROP = "drop", _("取消拟立项")
    LAPSE = "lapse", _("逾期失效")
    CONFIRM = "confirm", _("立项")
    AMEND_DOWN = "amend_down", _("调减")
    AMEND_UP = "amend_up", _("调增")
    APPROVE_TRANCHE = "approve_tranche", _("民政审核通过")
    CANCEL_TRANCHE = "cancel_tranche", _("撤销拨款审核")
    APPROPRIATE = "appropriate", _("财政拨款")
    PAY = "pay", _("银行发放")
    BANK_REJECT = "bank_reject", _("银行退票")
    ACCEPT_EXPENDITURE = "accept_expenditure", _("认定支出")
    DISALLOW = "disallow", _("不予认定")
    REFUND = "refund", _("退回资金")
    RESTORE = "restore", _("恢复指标")
    HAND_BACK = "hand_back", _("缴回财政")
    CARRY_OVER = "carry_over", _("结转下年")
    WRITE_OFF = "write_off", _("核销")
    FEE = "fee", _("承办与评估审计费")
    REVERSE = "reverse", _("红字冲销")


class EntryKind(TextChoices):
    """What the finance office asks to be done in the books; the events of rounds and awards are asked where they live."""

    BUDGET = "BUDGET", _("下达指标")
    CARRY_OVER = "CARRY_OVER", _("结转下年")
    HAND_BACK = "HAND_BACK", _("缴回财政")
    RESTORE = "RESTORE", _("恢复指标")
    WRITE_OFF = "WRITE_OFF", _("核销")
    REVERSE = "REVERSE", _("红字冲销")
    CLOSE = "CLOSE", _("结账")
    REOPEN = "REOPEN", _("反结账")


OF_MONTHS = (EntryKind.CLOSE, EntryKind.REOPEN)
"""Kinds about an accounting month: no money moves, and the whole site is concerned."""


class EntryStatus(TextChoices):
    REQUESTED = "REQUESTED", _("待审批")
    POSTED = "POSTED", _("已记账")
    REFUSED = "REFUSED", _("不同意")
    WITHDRAWN = "WITHDRAWN", _("已撤回")


ENTRY = Lifecycle(
    {
        "approve": move(EntryStatus.REQUESTED, to=EntryStatus.POSTED, guards=["entry_faults"]),
        "refuse": move(EntryStatus.REQUESTED, to=EntryStatus.REFUSED),
        "withdraw": move(EntryStatus.REQUESTED, to=EntryStatus.WITHDRAWN),
    },
    starts=[begin(EntryStatus.REQUESTED, owner=Role.BUREAU_LEADER, days=3)],
)
