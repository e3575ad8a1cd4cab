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
from django.utils.translation import gettext as _

from grants.funds import rules
from grants.funds.models import Account, Period, PeriodChange, Posting, Seal, Transfer
from grants.funds.queries.books import Flow, flows, hash_of, heads_file
from grants.funds.states import PeriodStatus
from portal import clock
from portal.fields.queries import missing_triggers
from portal.periods import DAY


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
        yield _("全部账户余额之和为 %(total)s 分，应为 0") % {"total": total}


def i2_a_balance_is_what_came_less_what_went() -> Iterator[str]:
    rows = Account.objects.annotate(right=sums("dst") - sums("src")).exclude(balance=F("right"))
    yield from (
        _("账户 %(code)s：余额 %(balance)s 分，按分录应为 %(right)s 分")
        % {"code": one.code, "balance": one.balance, "right": one.right}
        for one in rows
    )


def i3_no_account_with_a_floor_is_overdrawn() -> Iterator[str]:
    rows = Account.objects.filter(Q(floor=True) | ~Q(kind__in=rules.WORLD), balance__lt=0)
    yield from (
        _("账户 %(code)s：透支，余额 %(balance)s 分") % {"code": one.code, "balance": one.balance} for one in rows
    )


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
            yield _("批次额度 %(place)s：立项占用 %(fen)s 分，只安排了 %(into)s 分") % {
                "place": place,
                "fen": fen,
                "into": into[place],
            }


def award_legs() -> list[Flow]:
    return flows(Transfer.objects.filter(Q(src__owner_kind="award") | Q(dst__owner_kind="award")))


def i5_no_more_is_paid_than_was_awarded() -> Iterator[str]:
    legs = award_legs()
    awarded = net(legs, ("envelope", "reserved"), ("envelope", "committed"))
    gone = net(legs, ("payable", "appropriated"), ("payable", "held"))
    for owner, fen in gone.items():
        if fen > awarded[owner]:
            yield _("立项 %(code)s（来源 %(source)s）：已拨 %(fen)s 分，只立项 %(awarded)s 分") % {
                "code": owner[1][1],
                "source": owner[0],
                "fen": fen,
                "awarded": awarded[owner],
            }


def i6_no_more_is_accepted_than_was_received() -> Iterator[str]:
    legs = award_legs()
    received = net(legs, ("appropriated", "held"), ("payable", "held"))
    for owner, fen in net(legs, ("held", "spent")).items():
        if fen > received[owner]:
            yield _("立项 %(code)s（来源 %(source)s）：已认定 %(fen)s 分，只收到 %(received)s 分") % {
                "code": owner[1][1],
                "source": owner[0],
                "fen": fen,
                "received": received[owner],
            }


def i7_each_posting_is_complete_and_of_the_table() -> Iterator[str]:
    for one in Posting.objects.annotate(found=Count("transfers")).exclude(lines=F("found")):
        yield _("凭证 %(pk)s（%(key)s）：有 %(found)s 笔分录，应有 %(lines)s 笔") % {
            "pk": one.pk,
            "key": one.key,
            "found": one.found,
            "lines": one.lines,
        }
    rows = Transfer.objects.exclude(posting__event=rules.REVERSE).select_related("posting", "src", "dst")
    for leg in rows.order_by("id").iterator(2000):
        for text in rules.wrong_legs(leg.posting.event, [(leg.src.place, leg.dst.place, leg.amount)]):
            yield _("凭证 %(posting_id)s 的分录 %(pk)s：%(text)s") % {
                "posting_id": leg.posting_id,
                "pk": leg.pk,
                "text": text,
            }


def i8_the_triggers_stand() -> Iterator[str]:
    yield from (
        _("数据表 %(table)s 的触发器 %(name)s 缺失、被停用或被改动") % {"table": one.table, "name": one.name}
        for one in missing_triggers(app_label="funds")
    )


def i9_a_reversal_mirrors_exactly() -> Iterator[str]:
    rows = (
        Posting.objects.filter(event=rules.REVERSE)
        .select_related("reverses")
        .prefetch_related("transfers", "reverses__transfers")
    )
    for one in rows.iterator(500):
        if one.reverses is None or one.reverses.reverses_id:
            yield _("凭证 %(pk)s：冲销的不是原始凭证") % {"pk": one.pk}
            continue
        back = sorted((each.dst_id, each.src_id, each.amount, each.budget_category) for each in one.transfers.all())
        right = sorted(
            (each.src_id, each.dst_id, each.amount, each.budget_category) for each in one.reverses.transfers.all()
        )
        if back != right:
            yield _("凭证 %(pk)s：与被冲销的凭证 %(reverses_id)s 不是逐笔相反") % {
                "pk": one.pk,
                "reverses_id": one.reverses_id,
            }


def i10_two_persons_where_required() -> Iterator[str]:
    alone = Q(made_by=F("approved_by")) | Q(event__in=rules.APPROVED, approved_by=None)
    for one in Posting.objects.filter(alone | (Q(made_by=None) & ~Q(event__in=rules.CLOCKED))):
        yield _("凭证 %(pk)s（%(key)s）：经办 %(made_by_id)s、批准 %(approved_by_id)s，不是两个人") % {
            "pk": one.pk,
            "key": one.key,
            "made_by_id": one.made_by_id,
            "approved_by_id": one.approved_by_id,
        }


def i11_each_posting_is_what_was_asked_under_its_key() -> Iterator[str]:
    rows = Posting.objects.prefetch_related("transfers__src", "transfers__dst").order_by("pk")
    for one in rows.iterator(500):
        legs = [[each.src.code, each.dst.code, each.amount, each.budget_category] for each in one.transfers.all()]
        asked = {rules.asked(one.event, legs, one, on) for on in (None, one.effective_date)}
        if one.request_hash not in asked:
            yield _("凭证 %(pk)s（%(key)s）：与当初申请的内容不一致") % {"pk": one.pk, "key": one.key}


def i12_nothing_is_dated_in_a_closed_period() -> Iterator[str]:
    outside = Q(effective_date__lt=F("period__starts_on")) | Q(effective_date__gt=F("period__ends_on"))
    yield from (
        _("凭证 %(pk)s：记账日期 %(effective_date)s 不在所属会计期间")
        % {"pk": one.pk, "effective_date": one.effective_date}
        for one in Posting.objects.filter(outside)
    )
    latest = PeriodChange.objects.filter(period=OuterRef("pk")).order_by("-pk")
    rows = Period.objects.annotate(
        said=Subquery(latest.values("status")[:1]), change=Subquery(latest.values("pk")[:1])
    )
    open_before = None
    for one in rows.order_by("starts_on"):
        if (one.said or PeriodStatus.OPEN) != one.status or one.change != one.last_change:
            yield _("会计期间 %(code)s：状态 %(status)s 与结账记录 %(said)s 不符") % {
                "code": one.code,
                "status": one.status,
                "said": one.said or PeriodStatus.OPEN,
            }
        if one.status == PeriodStatus.CLOSED and open_before:
            yield _("会计期间 %(code)s 已结账，之前的 %(open_before)s 却未结账") % {
                "code": one.code,
                "open_before": open_before,
            }
        open_before = open_before or (one.code if one.status == PeriodStatus.OPEN else None)


def i13_the_seals_hold() -> Iterator[str]:
    previous, last, hashes = "", 0, set()
    rows = Seal.objects.select_related("posting").prefetch_related("posting__transfers").order_by("posting_id")
    for one in rows.iterator(500):
        if one.prev_hash != previous or one.hash != hash_of(previous, one.posting):
            yield _("凭证 %(posting_id)s 的封存校验不通过，哈希链从这里断开") % {"posting_id": one.posting_id}
            return
        previous, last = one.hash, one.posting_id
        hashes.add(one.hash)
    for bare in Posting.objects.filter(seal=None, pk__lt=last).order_by("pk"):
        yield _("凭证 %(pk)s（%(key)s）：之后的凭证已封存，它却没有") % {"pk": bare.pk, "key": bare.key}
    yield from heads_that_are_gone(hashes)


def heads_that_are_gone(hashes: set[str]) -> Iterator[str]:
    """A head that was written outside the database must still be a link of the chain inside."""
    path = heads_file()
    first = Seal.objects.order_by("pk").first()
    if not path.exists() and first and first.sealed_at < clock.now() - DAY:
        yield _("库外的链头文件不见了")
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.split()[-1] not in hashes:
                yield _("%(day)s 公布的链头（凭证 %(pk)s）已不在哈希链中") % {
                    "day": line.split()[0],
                    "pk": line.split()[1],
                }


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
