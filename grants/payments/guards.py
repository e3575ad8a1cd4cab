"""What stands in the way of a payment. Each returns all its reasons, in words the payee understands."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.agreements.queries import is_insider
from grants.agreements.rules import NOT_MET
from grants.agreements.states import AgreementStatus
from grants.funds.queries import balance_by_year
from grants.payments import rules
from grants.payments.models import Payment
from grants.payments.queries import current_account, previous_payment, spent_of_last
from grants.payments.states import RECEIVED, PaymentStatus
from orgs.registry.models import Listing, Standing
from orgs.registry.rules import same_holder
from portal import clock
from portal.lifecycle import Reason
from portal.money import yuan


def conditions(payment: Payment) -> list[Reason]:
    """The release checklist of domain.md § 7.2, every item that is not met."""
    found = [
        *project_runs(payment),
        *milestone_met(payment),
        *previous_used(payment),
        *no_open_hold(payment),
        *good_standing(payment),
        *money_there(payment),
    ]
    return [Reason(one.code, cannot(payment, one.text)) for one in found]


def cannot(payment: Payment, why: str) -> str:
    return _("不能拨付第 %(number)s 期：%(why)s。") % {"number": payment.tranche.number, "why": why.rstrip("。")}


BEFORE_MONEY = (PaymentStatus.PLANNED, PaymentStatus.RETURNED, PaymentStatus.REQUESTED, PaymentStatus.CHECKED)


def project_runs(payment: Payment) -> list[Reason]:
    project = payment.project
    agreement = getattr(project, "agreement", None)
    if agreement is None or agreement.status != AgreementStatus.SIGNED:
        return [Reason("agreement", _("协议还没有签署"))]
    if not project.is_running:
        return [Reason("project", _("项目%s") % project.get_status_display())]
    if payment.tranche.released_at:
        return [Reason("released", _("这一期资金已经核减"))]
    return []


def milestone_met(payment: Payment) -> list[Reason]:
    code = payment.tranche.milestone
    if code == "agreement" or payment.project.milestones.filter(code=code, met_at__isnull=False).exists():
        return []
    return [Reason(f"milestone.{code}", _(NOT_MET.get(code, code)))]


def previous_used(payment: Payment) -> list[Reason]:
    """The last tranche has arrived, its receipt is here, and 70 % of it is accepted spending, or explained."""
    if payment.tranche.number == 1:
        return []
    before = payment.tranche.number - 1
    last = previous_payment(payment.tranche)
    if last is None or last.status not in RECEIVED:
        return [Reason("previous.paid", _("第 %s 期还没有到账") % before)]
    found = []
    if last.status != PaymentStatus.RECEIPTED:
        found.append(Reason("previous.receipt", _("第 %s 期的收款回执还没有上传") % before))
    spent = spent_of_last(payment.project.code, last.amount)
    if not payment.explanation.strip() and not rules.is_spent_enough(spent, last.amount):
        found.append(
            Reason(
                "previous.spent",
                _(
                    "第 %(before)s 期 %(received)s 元中已认定支出 %(spent)s 元（%(percent)s%%），不到 70%%，也没有写明原因"
                )
                % {
                    "before": before,
                    "received": yuan(last.amount),
                    "spent": yuan(spent),
                    "percent": rules.percent(spent, last.amount),
                },
            )
        )
    return found


def no_open_hold(payment: Payment) -> list[Reason]:
    return [
        Reason(f"hold.{hold.code}", _("有未解除的暂缓：%s") % hold.reason) for hold in payment.project.holds.open()
    ]


def good_standing(payment: Payment) -> list[Reason]:
    """Both units are verified and on no credit list. One query."""
    project = payment.project
    units = {one.pk: one for one in (project.organization, project.payee)}
    found = [
        Reason("standing", _("%(name)s%(standing)s") % {"name": one.name, "standing": one.get_standing_display()})
        for one in units.values()
        if one.standing != Standing.VERIFIED
    ]
    for listing in Listing.objects.open().filter(organization__in=units).order_by("organization", "listed_on"):
        words = _("%(name)s自 %(date)s 起列入%(list)s，移出后才能拨付") % {
            "name": units[listing.organization_id].name,
            "date": listing.listed_on,
            "list": listing.get_kind_display(),
        }
        found.append(Reason("standing.listed", words))
    return found


def money_there(payment: Payment) -> list[Reason]:
    """Asked until the money is set aside for this payment. Money of a year that has not begun is nobody's yet."""
    if payment.status not in BEFORE_MONEY:
        return []
    years = balance_by_year("committed", "award", payment.project.code)
    left, now = sum(years.values()), clock.today().year
    if left < payment.amount and payment.status in (PaymentStatus.PLANNED, PaymentStatus.RETURNED):
        return [Reason("committed", _("已立项未拨只有 %s 元") % yuan(left))]
    begun = sum(fen for year, fen in years.items() if year <= now)
    if begun >= min(payment.amount, left):
        return []
    words = {"begun": yuan(begun), "year": min(year for year in years if year > now)}
    text = _("本年度及以前年度的指标只有 %(begun)s 元，其余是%(year)s年度的指标，%(year)s 年 1 月 1 日起才能使用")
    return [Reason("committed.year", text % words)]


def account_named(payment: Payment) -> list[Reason]:
    if payment.account_id:
        return []
    return [Reason("account", cannot(payment, _("收款单位还没有登记银行账户")))]


def account_good(payment: Payment) -> list[Reason]:
    """Verified by a second person, in the payee's name, and cooled down if it replaced another."""
    account = payment.account
    if account is None:
        return []
    found = []
    if account.usable_from is None:
        found.append(Reason("account.verified", _("收款账户还没有核验")))
    if account.organization_id != payment.project.payee_id:
        found.append(Reason("account.owner", _("收款账户不属于收款单位")))
    if not same_holder(account.holder, payment.project.payee.name):
        found.append(
            Reason(
                "account.holder",
                _("账户名称“%(holder)s”和收款单位“%(name)s”不一致")
                % {"holder": account.holder, "name": payment.project.payee.name},
            )
        )
    if account.usable_from and account.usable_from > clock.now():
        until = account.usable_from.astimezone(clock.ZONE)
        found.append(Reason("account.cool", _("收款账户变更未满 72 小时，%s 后可以办理") % f"{until:%Y-%m-%d %H:%M}"))
    if account.replaced_at is not None:
        found.append(Reason("account.replaced", _("收款账户已经停用")))
    return [Reason(one.code, cannot(payment, one.text)) for one in found]


def account_same(payment: Payment) -> list[Reason]:
    """The version named at request is still the payee's newest."""
    current = current_account(payment.project.payee)
    if payment.account_id and current and current.pk == payment.account_id:
        return []
    return [Reason("account.changed", cannot(payment, _("请款后收款账户有变更，请退回后重新请款")))]


def receipt_uploaded(payment: Payment) -> list[Reason]:
    return [] if payment.receipt_id else [Reason("receipt", _("还没有上传收款回执。"))]


STEPS = {
    "check": ((("requested_by", gettext_lazy("请款")),), gettext_lazy("审核")),
    "approve": (
        (
            ("requested_by", gettext_lazy("请款")),
            ("checked_by", gettext_lazy("民政审核")),
            ("approved_by", gettext_lazy("财务复核")),
        ),
        gettext_lazy("复核"),
    ),
    "appropriate": (
        (
            ("requested_by", gettext_lazy("请款")),
            ("checked_by", gettext_lazy("民政审核")),
            ("approved_by", gettext_lazy("财务复核")),
            ("leader_by", gettext_lazy("领导审批")),
        ),
        gettext_lazy("拨款"),
    ),
    "pay": (
        (("approved_by", gettext_lazy("财务复核")), ("leader_by", gettext_lazy("领导审批"))),
        gettext_lazy("登记银行结果"),
    ),
}
"""Move -> (earlier steps that must have been somebody else's, the word for this one)."""


def same_person(payment: Payment, user: Any, action: str) -> list[Reason]:
    """Why this person, of all people, cannot make the move: they made an earlier one, or belong to the payee."""
    found = []
    if action not in ("request", "receipt") and is_insider(user, payment.project):
        found.append(Reason("insider", _("您是收款单位或实施单位的成员，不能办理本单位的拨付。")))
    return [*found, *earlier_step(payment, user, action)]


def earlier_step(payment: Payment, user: Any, action: str) -> list[Reason]:
    """The part of `same_person` that costs no query."""
    earlier, word = STEPS.get(action, ((), ""))
    return [
        Reason("same", _("该笔由您做的%(step)s，须由他人%(word)s。") % {"step": step, "word": word})
        for field, step in earlier
        if getattr(payment, f"{field}_id") == user.pk
    ]


def is_near_now(user: Any, roles: Any, payment: Payment) -> bool:
    """Say whether it is the turn of a role that this person holds over the project's region."""
    path = payment.project.region.path
    return any(one.role in roles and path.startswith(one.region.path) for one in user.grants_now)


CHECKLIST = (
    ("agreement", gettext_lazy("协议已生效，项目在实施中"), ("agreement", "project", "released")),
    ("milestone", gettext_lazy("本期的里程碑已完成"), ("milestone",)),
    ("previous", gettext_lazy("上一期已到账，回执已传，七成支出已认定"), ("previous",)),
    ("hold", gettext_lazy("没有未解除的暂缓"), ("hold",)),
    ("standing", gettext_lazy("单位状态正常"), ("standing",)),
    ("committed", gettext_lazy("资金有着落"), ("committed",)),
    ("account", gettext_lazy("收款账户已核验，72 小时内没有变更"), ("account",)),
)


def checklist(payment: Payment) -> list[tuple[str, list[str]]]:
    """Return every condition in words, with what stands against it; the payee's page shows both."""
    reasons = [*conditions(payment), *account_named(payment), *account_good(payment)]
    return [
        (label, [one.text for one in reasons if one.code.split(".")[0] in codes]) for _name, label, codes in CHECKLIST
    ]
