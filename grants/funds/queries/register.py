"""资金台账: the office's own fund register of one budget year, from the transfers alone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from grants.funds.models import FundSource, Posting, Transfer
from grants.funds.queries.books import Flow, flows
from grants.funds.queries.owners import owner_names
from grants.funds.rules import Place
from grants.funds.states import OwnerKind
from portal import clock

BUDGET = ("available", "pool", "envelope", "reserved", "committed", "payable", "appropriated")
"""Kinds that are still quota: the closing of a row is what stands here."""


@dataclass(frozen=True)
class RegisterRow:
    """One owner's money of one source and budget year, in fen.

    closing = opening + received - given - paid - fees - handed_back - carried_over, and it is what
    stands in the quota accounts. reserved, committed, payable, in_transit, held, recoverable are
    balances; appropriated, paid, spent, returned are what has passed until the date, reversals off.
    """

    documents: str
    source: str
    owner_kind: str
    owner: str
    name: str
    opening: int
    received: int
    given: int
    reserved: int
    committed: int
    payable: int
    appropriated: int
    in_transit: int
    paid: int
    held: int
    spent: int
    recoverable: int
    returned: int
    fees: int
    handed_back: int
    carried_over: int
    closing: int

    @property
    def others(self) -> int:
        """What left the quota without being paid to a project: fees, handed back, carried over."""
        return self.fees + self.handed_back + self.carried_over


COLUMNS: dict[str, Any] = {
    "documents": _("指标文号"),
    "source": _("资金来源"),
    "owner_kind": _("类别"),
    "owner": _("批次/项目"),
    "name": _("名称"),
    "opening": _("上年结转"),
    "received": _("本年安排"),
    "given": _("转下级安排"),
    "reserved": _("拟立项占用"),
    "committed": _("已立项未拨"),
    "payable": _("已审核待拨"),
    "appropriated": _("财政已拨（累计）"),
    "in_transit": _("财政已拨在途"),
    "paid": _("银行已付（累计）"),
    "held": _("项目单位持有"),
    "spent": _("已认定支出（累计）"),
    "recoverable": _("应追回"),
    "returned": _("已退回（累计）"),
    "fees": _("承办与评估费"),
    "handed_back": _("缴回财政"),
    "carried_over": _("结转下年"),
    "closing": _("期末结余"),
}
RANK = {kind: rank for rank, kind in enumerate(OwnerKind.values)}
"""Money goes down: world, source, community, round, award."""
LEAVING = ("fee_world", "returned_world")
MONEY = tuple(each.name for each in fields(RegisterRow) if each.type == "int")


def fund_register(
    year: int, *, user: Any = None, as_of: date | None = None, source: FundSource | None = None
) -> list[RegisterRow]:
    """Return one row per source × owner of budget year `year`: the source first, then rounds, then projects.

    user: only sources whose books are open to him or her. Three queries, and one for the names of each kind of owner.
    """
    on = as_of or clock.today()
    sources = FundSource.objects.visible_to(user) if user is not None else FundSource.objects.all()
    if source is not None:
        sources = sources.filter(pk=source.pk)
    known = {str(each.pk): each for each in sources}
    until = Transfer.objects.filter(posting__effective_date__lte=on)
    own = until.filter(Q(src__year=year) | Q(dst__year=year), src__source__in=[each.pk for each in known.values()])
    numbers = documents(year, on)
    rows = [
        row(known[source_id], numbers[source_id], owner, year, legs)
        for (source_id, owner), legs in by_owner(flows(own), year).items()
    ]
    names = owner_names((each.owner_kind, each.owner) for each in rows)
    rows = [replace(each, name=names.get((each.owner_kind, each.owner), each.owner)) for each in rows]
    return sorted(rows, key=lambda each: (each.source, RANK[each.owner_kind], each.owner))


def documents(year: int, on: date) -> dict[str, str]:
    """Return source id -> the indicator documents of the year, in the order they came."""
    found: dict[str, list[str]] = defaultdict(list)
    rows = Posting.objects.filter(
        event="appropriate_budget", effective_date__lte=on, transfers__dst__year=year, reversed_by=None
    )
    for source_id, number in rows.order_by("pk").values_list("transfers__dst__source", "document_number"):
        found[str(source_id)].append(number)
    return defaultdict(str, {each: "；".join(numbers) for each, numbers in found.items()})


def by_owner(legs: list[Flow], year: int) -> dict[tuple[str, tuple[str, str]], list[tuple[str, Place, int]]]:
    """Group by (source, owner): (kind here, place of the other side, fen in or out) for accounts of `year`."""
    found: dict[tuple[str, tuple[str, str]], list[tuple[str, Place, int]]] = defaultdict(list)
    for leg in legs:
        for here, there, fen in ((leg.dst, leg.src, leg.fen), (leg.src, leg.dst, -leg.fen)):
            if here.year == year and here.owner[0] != OwnerKind.WORLD:
                found[here.source, here.owner].append((here.kind, there, fen))
    return found


def row(
    source: FundSource, numbers: str, owner: tuple[str, str], year: int, legs: list[tuple[str, Place, int]]
) -> RegisterRow:
    """Sum up one owner. A leg: (kind here, the other place, fen in; negative is out)."""

    def at(*kinds: str) -> int:
        return sum(fen for kind, _, fen in legs if kind in kinds)

    def between(kinds: tuple[str, ...], others: tuple[str, ...]) -> int:
        return sum(fen for kind, there, fen in legs if kind in kinds and there.kind in others)

    quota = [(there, fen) for kind, there, fen in legs if kind in BUDGET]
    inner = [(there, fen) for there, fen in quota if there.owner == owner]
    outer = [(there, fen) for there, fen in quota if there.owner != owner]
    mine = RANK[owner[0]]
    return RegisterRow(
        documents=numbers,
        source=source.name,
        owner_kind=owner[0],
        owner=owner[1],
        name="",
        opening=sum(fen for there, fen in inner if there.year < year),
        received=sum(fen for there, fen in outer if RANK[there.owner[0]] < mine and there.kind not in LEAVING),
        given=-sum(fen for there, fen in outer if RANK[there.owner[0]] > mine),
        reserved=at("reserved"),
        committed=at("committed"),
        payable=at("payable"),
        appropriated=-between(("payable",), ("appropriated", "held")),
        in_transit=at("appropriated"),
        paid=-between(BUDGET, ("held",)),
        held=at("held"),
        spent=at("spent"),
        recoverable=at("recoverable"),
        returned=between(("returned",), ("held", "recoverable")),
        fees=-between(BUDGET, ("fee_world",)),
        handed_back=-between(BUDGET, ("returned_world",)),
        carried_over=-sum(fen for there, fen in inner if there.year > year),
        closing=at(*BUDGET),
    )


@dataclass(frozen=True)
class Totals:
    """Sums over the rows of a register. received: what came from outside, so that the line adds up."""

    opening: int
    received: int
    paid: int
    others: int
    closing: int


def totals(rows: list[RegisterRow]) -> Totals:
    """closing = opening + received - paid - others; what one row gives, another row receives."""
    return Totals(
        opening=sum(each.opening for each in rows),
        received=sum(each.received for each in rows) - sum(each.given for each in rows),
        paid=sum(each.paid for each in rows),
        others=sum(each.others for each in rows),
        closing=sum(each.closing for each in rows),
    )
