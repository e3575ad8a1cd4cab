"""Why a movement may not be posted: what no single row of the database can say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from grants.funds import rules
from grants.funds.models import Account, FundSource, Transfer
from grants.funds.states import Kind
from portal.lifecycle import Reason


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
