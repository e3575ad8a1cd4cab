"""Why a movement may not be posted: what no single row of the database can say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from grants.funds import queries, rules
from grants.funds.models import Account, Entry, FundSource, Period, Posting, Transfer
from grants.funds.states import EntryKind, EventName, Kind, PeriodStatus
from portal import clock
from portal.lifecycle import Reason
from portal.money import yuan


def wrong_entry(event: str, moves: Sequence[Any]) -> list[str]:
    """Return why `moves` are no `event`: the table of events, and whose envelope the money came from."""
    reasons = rules.wrong_legs(event, [(each.src.place, each.dst.place, each.fen) for each in moves])
    if not reasons and rules.EVENTS[event].home:
        reasons = [text for each in moves for text in not_its_envelope(each)]
    return reasons


def not_its_envelope(one: Any) -> list[str]:
    came = Transfer.objects.filter(
        src__kind=Kind.ENVELOPE,
        src__owner_kind=one.dst.owner_kind,
        src__owner_code=one.dst.owner_code,
        dst__owner_kind=one.src.owner_kind,
        dst__owner_code=one.src.owner_code,
    )
    return [] if came.exists() else [_("这笔钱不是从这个批次安排的，不能退到这里。")]


def purpose(source: FundSource, code: str) -> list[Reason]:
    """A source pays only what it may be used for (design ledger.md § 2, allocate)."""
    if source.allows(code):
        return []
    allowed = "、".join(source.purposes)
    return [
        Reason(
            "purpose",
            _("“%(name)s”只能用于 %(allowed)s，不能安排给 %(code)s。")
            % {"name": source.name, "allowed": allowed, "code": code or _("未注明用途的批次")},
        )
    ]


def document(number: str) -> list[Reason]:
    return [] if number.strip() else [Reason("document", _("请填写文号。"))]


def year_end(source: FundSource, year: int) -> list[Reason]:
    """What must be settled before money of a budget year is carried over: nothing may be under way."""
    under_way = Account.objects.filter(
        source=source, year=year, kind__in=[Kind.PAYABLE, Kind.APPROPRIATED, Kind.RETURNED], balance__gt=0
    ).order_by("owner_code")
    return [
        Reason(
            "under_way",
            _("%(owner_code)s 还有“%(label)s”的资金没有办结，年终结转前请先办结。")
            % {"owner_code": one.owner_code, "label": Kind(one.kind).label},
        )
        for one in under_way
    ]


def fee_share(envelope: Account, fen: int, ceiling: int) -> list[Reason]:
    """Fees of a round stay within `ceiling` fen, over all sources and years of the round."""
    fees = Transfer.objects.filter(
        src__kind=Kind.ENVELOPE, src__owner_kind=envelope.owner_kind, src__owner_code=envelope.owner_code
    )
    paid = sum(fees.filter(dst__kind=Kind.FEE_WORLD).values_list(F("amount"), flat=True))
    undone = Transfer.objects.filter(
        src__kind=Kind.FEE_WORLD,
        dst__kind=Kind.ENVELOPE,
        dst__owner_kind=envelope.owner_kind,
        dst__owner_code=envelope.owner_code,
    )
    paid -= sum(undone.values_list(F("amount"), flat=True))
    if paid + fen <= ceiling:
        return []
    return [Reason("fee_share", _("超过本批次承办、评估和审计费用的上限。请减少金额。"))]


TAKES: dict[str, tuple[Kind, ...]] = {
    EntryKind.CARRY_OVER: (Kind.ENVELOPE, Kind.COMMITTED),
    EntryKind.HAND_BACK: (Kind.AVAILABLE, Kind.ENVELOPE, Kind.RETURNED),
    EntryKind.RESTORE: (Kind.RETURNED,),
    EntryKind.WRITE_OFF: (Kind.RECOVERABLE,),
}
"""Kind of entry -> the accounts that its money may come from."""


def entry_faults(entry: Entry) -> list[Reason]:
    """Return everything that stands against posting `entry` today. Up to four queries."""
    if entry.is_of_a_month:
        return month_faults(entry)
    return [*document_faults(entry), *account_faults(entry), *KIND_FAULTS.get(entry.kind, nothing)(entry)]


def nothing(entry: Entry) -> list[Reason]:
    return []


def document_faults(entry: Entry) -> list[Reason]:
    found = document(entry.document_number)
    if entry.issued_on and entry.issued_on > clock.today():
        found.append(Reason("issued_on", _("文件日期晚于今天，请核对文件上的日期。")))
    return found


def account_faults(entry: Entry) -> list[Reason]:
    """The account must be of the right kind and hold enough, today."""
    one = entry.account
    if one is None:
        return []
    if one.kind not in TAKES[entry.kind]:
        words = {"entry": entry.get_kind_display(), "account": one.get_kind_display()}
        return [Reason("account", _("“%(entry)s”不能从“%(account)s”办理，请另选账户。") % words)]
    if one.balance < entry.amount:
        words = {"account": one.get_kind_display(), "has": yuan(one.balance), "asked": yuan(entry.amount)}
        return [Reason("short", _("“%(account)s”余额只有 %(has)s 元，不足 %(asked)s 元。请减少金额。") % words)]
    return []


def entered_before(entry: Entry) -> list[Reason]:
    key = queries.anew(budget_key(entry.source, entry.year, entry.document_number))
    if Posting.objects.filter(key=key).exists():
        words = {"number": entry.document_number, "year": entry.year}
        text = _("%(number)s 已经登记过这项来源%(year)s年度的指标，同一文件只登记一次。") % words
        return [Reason("twice", text)]
    return []


def budget_key(source: FundSource, year: int, number: str) -> str:
    return f"budget:{source.code}:{year}:{number.strip()}"


def carry_faults(entry: Entry) -> list[Reason]:
    found = year_end(entry.source, entry.year)
    if entry.year > clock.today().year:
        found.append(Reason("year", _("%(year)s年度还没有开始，不能再结转下年。") % {"year": entry.year}))
    return found


def restore_faults(entry: Entry) -> list[Reason]:
    if entry.year != clock.today().year:
        return [Reason("year", _("跨年度退回的资金不能恢复指标，请办理“缴回财政”。"))]
    if home_of(entry.account) is None:
        return [Reason("home", _("找不到这笔钱原来的批次额度，不能恢复指标，请办理“缴回财政”。"))]
    return []


CORRECTABLE = (EventName.APPROPRIATE_BUDGET, EventName.CARRY_OVER, EventName.HAND_BACK, EventName.RESTORE)
"""Events of the finance office that change nothing but the books. What a round, an award or a payment posted is
undone where it was done; a write-off has closed its project.
"""


def reversal_faults(entry: Entry) -> list[Reason]:
    """A posting is mirrored once, and only while its money still lies where it put it. Up to three queries."""
    posting = entry.reverses
    if posting.event not in CORRECTABLE:
        words = {"event": posting.get_event_display()}
        return [Reason("event", _("“%(event)s”的凭证不能在这里冲销，请在原来的业务里办理。") % words)]
    if queries.reversal_of(posting):
        return [Reason("reversed", _("凭证 %(number)s 已经冲销过了。") % {"number": posting.pk})]
    return [
        moved_on(posting, one)
        for one in posting.transfers.select_related("dst")
        if one.dst.floor and one.dst.balance < one.amount
    ]


def moved_on(posting: Posting, one: Transfer) -> Reason:
    text = _(
        "凭证 %(number)s 记入“%(account)s”的 %(fen)s 元已经用了，现在只剩 %(left)s 元，不能冲销。"
        "请先把用掉的收回来（例如收回批次额度），再申请冲销。"
    )
    words = {"number": posting.pk, "account": one.dst.get_kind_display()}
    return Reason("used", text % {**words, "fen": yuan(one.amount), "left": yuan(one.dst.balance)})


def home_of(returned: Account) -> Account | None:
    """Return the envelope that an award's money of this source and year came from."""
    rows = Account.objects.filter(
        kind=Kind.ENVELOPE, source=returned.source_id, year=returned.year,
        paid_out__dst__owner_kind=returned.owner_kind, paid_out__dst__owner_code=returned.owner_code,
    )  # fmt: skip
    return rows.order_by("pk").first()


KIND_FAULTS: dict[str, Callable[[Entry], list[Reason]]] = {
    EntryKind.BUDGET: entered_before,
    EntryKind.CARRY_OVER: carry_faults,
    EntryKind.RESTORE: restore_faults,
    EntryKind.REVERSE: reversal_faults,
}


def month_faults(entry: Entry) -> list[Reason]:
    """A month is closed when it is over, and reopened when it is closed."""
    month = Period.objects.filter(code=entry.month).first()
    is_closed = month is not None and month.status == PeriodStatus.CLOSED
    if entry.kind == EntryKind.REOPEN:
        return [] if is_closed else [Reason("open", _("%(month)s 没有结账，不需要反结账。") % {"month": entry.month})]
    if is_closed:
        return [Reason("closed", _("%(month)s 已经结账。") % {"month": entry.month})]
    if entry.month >= f"{clock.today():%Y-%m}":
        return [Reason("running", _("%(month)s 还没有结束，月末过后才能结账。") % {"month": entry.month})]
    return []


def not_overseer(user: Any) -> list[Reason]:
    """A month is one of the whole site: whoever closes it must answer for every source. One query."""
    if FundSource.objects.exclude(pk__in=FundSource.objects.visible_to(user).values("pk")).exists():
        text = _("会计期间是全站的。还有别的区域的资金来源，请由管辖全部区域的财务和领导办理。")
        return [Reason("whole_site", text)]
    return []
