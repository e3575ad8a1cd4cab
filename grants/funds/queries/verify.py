"""`verify_ledger`: every invariant of ledger.md § 2, recomputed from the transfers. Numbered as there.

I14-I16 speak of things that stand higher than the ledger (tranches, bank lines, projects): their
packages register a check here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Count, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from grants.funds import rules
from grants.funds.models import Account, Period, PeriodChange, Posting, Seal, Transfer
from grants.funds.queries.books import Flow, flows, hash_of, heads_file
from grants.funds.states import PeriodStatus
from portal.fields.queries import missing_triggers


@dataclass(frozen=True)
class Problem:
    """One difference: the number of the invariant, and which row differs how."""

    invariant: str
    text: str

    def __str__(self) -> str:
        return f"{self.invariant}：{self.text}"


Check = Callable[[], Iterable[str]]
HIGHER: dict[str, list[Check]] = defaultdict(list)


def register_check(invariant: str, check: Check) -> None:
    """Have `verify_ledger` ask a higher package; call it in AppConfig.ready. check: yields differing rows."""
    if check not in HIGHER[invariant]:
        HIGHER[invariant].append(check)


def problems() -> Iterator[Problem]:
    """Yield every difference, in the order of the invariants. Reads the whole ledger."""
    for number, check in CHECKS.items():
        yield from (Problem(number, text) for text in check())
    for number, checks in sorted(HIGHER.items()):
        yield from (Problem(number, text) for check in checks for text in check())


def sums(field: str) -> Coalesce:
    rows = Transfer.objects.filter(**{field: OuterRef("pk")}).order_by().values(field)
    return Coalesce(Subquery(rows.annotate(fen=Sum("amount")).values("fen")), 0)


def i1_all_balances_sum_to_nothing() -> Iterator[str]:
    total = Account.objects.aggregate(fen=Sum("balance"))["fen"] or 0
    if total:
        yield f"全部账户余额之和为 {total} 分，应为 0"


def i2_a_balance_is_what_came_less_what_went() -> Iterator[str]:
    rows = Account.objects.annotate(right=sums("dst") - sums("src")).exclude(balance=F("right"))
    yield from (f"账户 {one.code}：余额 {one.balance} 分，按分录应为 {one.right} 分" for one in rows)


def i3_no_account_with_a_floor_is_overdrawn() -> Iterator[str]:
    rows = Account.objects.filter(Q(floor=True) | ~Q(kind__in=rules.WORLD), balance__lt=0)
    yield from (f"账户 {one.code}：透支，余额 {one.balance} 分" for one in rows)


def net(legs: Iterable[Flow], *pairs: tuple[str, str]) -> dict[tuple[str, tuple[str, str]], int]:
    """Return (source, owner of the award side) -> fen over `pairs` of kinds, the way back taken off."""
    found: dict[tuple[str, tuple[str, str]], int] = defaultdict(int)
    for leg in legs:
        here, there = (leg.src.kind, leg.dst.kind), (leg.dst.kind, leg.src.kind)
        if here in pairs:
            found[leg.dst.source, leg.dst.owner] += leg.fen
        elif there in pairs:
            found[leg.src.source, leg.src.owner] -= leg.fen
    return found


def i4_awards_stay_within_the_envelope() -> Iterator[str]:
    into: dict[tuple, int] = defaultdict(int)
    out: dict[tuple, int] = defaultdict(int)
    for leg in flows(Transfer.objects.filter(Q(src__kind="envelope") | Q(dst__kind="envelope"))):
        for here, there, sign in ((leg.dst, leg.src, 1), (leg.src, leg.dst, -1)):
            if here.kind != "envelope":
                continue
            place = (here.source, here.year, here.owner)
            if there.owner[0] == "award":
                out[place] -= sign * leg.fen
            else:
                into[place] += sign * leg.fen
    for place, fen in out.items():
        if fen > into[place]:
            yield f"批次额度 {place}：立项占用 {fen} 分，只安排了 {into[place]} 分"


def award_legs() -> list[Flow]:
    return flows(Transfer.objects.filter(Q(src__owner_kind="award") | Q(dst__owner_kind="award")))


def i5_no_more_is_paid_than_was_awarded() -> Iterator[str]:
    legs = award_legs()
    awarded = net(legs, ("envelope", "reserved"), ("envelope", "committed"))
    gone = net(legs, ("payable", "appropriated"), ("payable", "held"))
    for owner, fen in gone.items():
        if fen > awarded[owner]:
            yield f"立项 {owner[1][1]}（来源 {owner[0]}）：已拨 {fen} 分，只立项 {awarded[owner]} 分"


def i6_no_more_is_accepted_than_was_received() -> Iterator[str]:
    legs = award_legs()
    received = net(legs, ("appropriated", "held"), ("payable", "held"))
    for owner, fen in net(legs, ("held", "spent")).items():
        if fen > received[owner]:
            yield f"立项 {owner[1][1]}（来源 {owner[0]}）：已认定 {fen} 分，只收到 {received[owner]} 分"


def i7_each_posting_is_complete_and_of_the_table() -> Iterator[str]:
    for one in Posting.objects.annotate(found=Count("transfers")).exclude(lines=F("found")):
        yield f"凭证 {one.pk}（{one.key}）：有 {one.found} 笔分录，应有 {one.lines} 笔"
    rows = Transfer.objects.exclude(posting__event=rules.REVERSE).select_related("posting", "src", "dst")
    for leg in rows.order_by("id").iterator(2000):
        for text in rules.wrong_legs(leg.posting.event, [(leg.src.place, leg.dst.place, leg.amount)]):
            yield f"凭证 {leg.posting_id} 的分录 {leg.pk}：{text}"


def i8_the_triggers_stand() -> Iterator[str]:
    yield from (
        f"数据表 {one.table} 的触发器 {one.name} 缺失、被停用或被改动" for one in missing_triggers(app_label="funds")
    )


def i9_a_reversal_mirrors_exactly() -> Iterator[str]:
    rows = (
        Posting.objects.filter(event=rules.REVERSE)
        .select_related("reverses")
        .prefetch_related("transfers", "reverses__transfers")
    )
    for one in rows.iterator(500):
        if one.reverses is None or one.reverses.reverses_id:
            yield f"凭证 {one.pk}：冲销的不是原始凭证"
            continue
        back = sorted((each.dst_id, each.src_id, each.amount, each.budget_category) for each in one.transfers.all())
        right = sorted(
            (each.src_id, each.dst_id, each.amount, each.budget_category) for each in one.reverses.transfers.all()
        )
        if back != right:
            yield f"凭证 {one.pk}：与被冲销的凭证 {one.reverses_id} 不是逐笔相反"


def i10_two_persons_where_required() -> Iterator[str]:
    alone = Q(made_by=F("approved_by")) | Q(event__in=rules.APPROVED, approved_by=None)
    for one in Posting.objects.filter(alone | (Q(made_by=None) & ~Q(event__in=rules.CLOCKED))):
        yield f"凭证 {one.pk}（{one.key}）：经办 {one.made_by_id}、批准 {one.approved_by_id}，不是两个人"


def i11_each_posting_is_what_was_asked_under_its_key() -> Iterator[str]:
    rows = Posting.objects.prefetch_related("transfers__src", "transfers__dst").order_by("pk")
    for one in rows.iterator(500):
        legs = [[each.src.code, each.dst.code, each.amount, each.budget_category] for each in one.transfers.all()]
        asked = {rules.asked(one.event, legs, one, on) for on in (None, one.effective_date)}
        if one.request_hash not in asked:
            yield f"凭证 {one.pk}（{one.key}）：与当初申请的内容不一致"


def i12_nothing_is_dated_in_a_closed_period() -> Iterator[str]:
    outside = Q(effective_date__lt=F("period__starts_on")) | Q(effective_date__gt=F("period__ends_on"))
    yield from (
        f"凭证 {one.pk}：记账日期 {one.effective_date} 不在所属会计期间" for one in Posting.objects.filter(outside)
    )
    latest = PeriodChange.objects.filter(period=OuterRef("pk")).order_by("-pk")
    rows = Period.objects.annotate(
        said=Subquery(latest.values("status")[:1]), change=Subquery(latest.values("pk")[:1])
    )
    open_before = None
    for one in rows.order_by("starts_on"):
        if (one.said or PeriodStatus.OPEN) != one.status or one.change != one.last_change:
            yield f"会计期间 {one.code}：状态 {one.status} 与结账记录 {one.said or PeriodStatus.OPEN} 不符"
        if one.status == PeriodStatus.CLOSED and open_before:
            yield f"会计期间 {one.code} 已结账，之前的 {open_before} 却未结账"
        open_before = open_before or (one.code if one.status == PeriodStatus.OPEN else None)


def i13_the_seals_hold() -> Iterator[str]:
    previous, last, hashes = "", 0, set()
    rows = Seal.objects.select_related("posting").prefetch_related("posting__transfers").order_by("posting_id")
    for one in rows.iterator(500):
        if one.prev_hash != previous or one.hash != hash_of(previous, one.posting):
            yield f"凭证 {one.posting_id} 的封存校验不通过，哈希链从这里断开"
            return
        previous, last = one.hash, one.posting_id
        hashes.add(one.hash)
    for bare in Posting.objects.filter(seal=None, pk__lt=last).order_by("pk"):
        yield f"凭证 {bare.pk}（{bare.key}）：之后的凭证已封存，它却没有"
    yield from heads_that_are_gone(hashes)


def heads_that_are_gone(hashes: set[str]) -> Iterator[str]:
    """A head that was written outside the database must still be a link of the chain inside."""
    path = heads_file()
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.split()[-1] not in hashes:
                yield f"{line.split()[0]} 公布的链头（凭证 {line.split()[1]}）已不在哈希链中"


CHECKS: dict[str, Callable[[], Iterator[str]]] = {
    "I1": i1_all_balances_sum_to_nothing,
    "I2": i2_a_balance_is_what_came_less_what_went,
    "I3": i3_no_account_with_a_floor_is_overdrawn,
    "I4": i4_awards_stay_within_the_envelope,
    "I5": i5_no_more_is_paid_than_was_awarded,
    "I6": i6_no_more_is_accepted_than_was_received,
    "I7": i7_each_posting_is_complete_and_of_the_table,
    "I8": i8_the_triggers_stand,
    "I9": i9_a_reversal_mirrors_exactly,
    "I10": i10_two_persons_where_required,
    "I11": i11_each_posting_is_what_was_asked_under_its_key,
    "I12": i12_nothing_is_dated_in_a_closed_period,
    "I13": i13_the_seals_hold,
}
