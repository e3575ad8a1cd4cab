"""The ledger's own events, one command each. The events of an award are posted by who owns it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from grants.funds import guards, queries, rules
from grants.funds.commands.account import account, available, move, world
from grants.funds.commands.posting import post
from grants.funds.models import Account, FundSource, Posting
from grants.funds.states import Kind
from portal import clock
from portal.access import Role
from portal.lifecycle import require_none


def fresh(prefix: str) -> str:
    return f"{prefix}:{uuid4().hex}"


@transaction.atomic
def appropriate_budget(
    source: FundSource,
    year: int,
    fen: int,
    document_number: str,
    *,
    by: Any,
    approved_by: Any,
    effective_date: date | None = None,
    memo: str = "",
) -> Posting:
    """下达指标: an indicator document makes money of `source` available in budget year `year`.

    The document number is the key: the same document is entered once, and again after its reversal. Raises WrongEntry, FourEyes,
    SameKeyOtherInput, PeriodClosed.
    """
    require_none(guards.document(document_number))
    return post(
        "appropriate_budget",
        key=queries.anew(guards.budget_key(source, year, document_number)),
        transfers=[move(world(Kind.TREASURY, source, year), available(source, year), fen)],
        by=by,
        approved_by=approved_by,
        effective_date=effective_date,
        memo=memo,
        document_number=document_number.strip(),
    )


@transaction.atomic
def allocate(
    source: FundSource,
    year: int,
    envelope: Account,
    fen: int,
    *,
    by: Any,
    approved_by: Any,
    purpose: str = "",
    pool: Account | None = None,
    key: str = "",
    effective_date: date | None = None,
    memo: str = "",
) -> Posting:
    """安排额度: from what is available (or from a community's yearly pool) into a round's envelope or a pool.

    purpose: programme code; a source with listed purposes asks for one of them. Raises NotYet
    (purpose), Overdrawn, WrongEntry, FourEyes, PeriodClosed.
    """
    require_none(guards.purpose(source, purpose))
    return post(
        "allocate",
        key=key or fresh("allocate"),
        transfers=[move(pool or available(source, year), envelope, fen)],
        by=by,
        approved_by=approved_by,
        effective_date=effective_date,
        memo=memo,
    )


@transaction.atomic
def take_back(
    envelope: Account,
    fen: int,
    *,
    by: Any,
    approved_by: Any,
    key: str = "",
    effective_date: date | None = None,
    memo: str = "",
) -> Posting:
    """收回额度: from an envelope or pool back to what is available of its source and year."""
    return post(
        "take_back",
        key=key or fresh("take_back"),
        transfers=[move(envelope, available(envelope.source, envelope.year), fen)],
        by=by,
        approved_by=approved_by,
        effective_date=effective_date,
        memo=memo,
    )


@transaction.atomic
def restore(
    returned: Account,
    envelope: Account,
    fen: int,
    *,
    bank_reference: str,
    by: Any,
    approved_by: Any,
    effective_date: date | None = None,
    memo: str = "",
) -> Posting:
    """恢复指标: returned money of this budget year becomes free in the envelope it came from.

    bank_reference: the bank line that brought it back; it restores once. Raises WrongEntry in a
    later year: that money is handed back to the treasury.
    """
    require_same_year(returned, effective_date or clock.today())
    if not bank_reference.strip():
        raise rules.WrongEntry(_("请填写退款的银行流水号。"))
    return post(
        "restore",
        key=queries.anew(f"restore:{bank_reference.strip()}:{returned.code}"),
        transfers=[move(returned, envelope, fen)],
        by=by,
        approved_by=approved_by,
        effective_date=effective_date,
        memo=memo,
        document_number=bank_reference.strip(),
    )


@transaction.atomic
def hand_back(
    src: Account,
    fen: int,
    document_number: str,
    *,
    by: Any,
    approved_by: Any,
    effective_date: date | None = None,
    memo: str = "",
) -> Posting:
    """缴回财政: returned money of an earlier year, or a lapsed quota, leaves to the treasury."""
    require_none(guards.document(document_number))
    return post(
        "hand_back",
        key=queries.anew(f"hand_back:{document_number.strip()}:{src.code}"),
        transfers=[move(src, world(Kind.RETURNED_WORLD, src.source, src.year), fen)],
        by=by,
        approved_by=approved_by,
        effective_date=effective_date,
        memo=memo,
        document_number=document_number.strip(),
    )


@transaction.atomic
def carry_over(
    src: Account,
    fen: int,
    document_number: str,
    *,
    by: Any,
    approved_by: Any,
    effective_date: date | None = None,
    memo: str = "",
) -> Posting:
    """结转下年: an envelope's or an award's committed money goes to the same account of the next year.

    Raises NotYet (year-end checklist: money of that year still under way), WrongEntry, FourEyes.
    """
    require_none(guards.document(document_number) + guards.year_end(src.source, src.year))
    following = account(src.kind, src.owner_kind, src.owner_code, src.source, src.year + 1)
    return post(
        "carry_over",
        key=queries.anew(f"carry_over:{document_number.strip()}:{src.code}"),
        transfers=[move(src, following, fen)],
        by=by,
        approved_by=approved_by,
        effective_date=effective_date,
        memo=memo,
        document_number=document_number.strip(),
    )


@transaction.atomic
def write_off(
    recoverable: Account,
    fen: int,
    document_number: str,
    *,
    by: Any,
    approved_by: Any,
    effective_date: date | None = None,
    memo: str = "",
) -> Posting:
    """核销: what can no longer be recovered, on a decision of two leaders. Raises FourEyes, NotYet."""
    require_none(guards.document(document_number))
    require_leaders(by, approved_by)
    written_off = account(
        Kind.WRITTEN_OFF, recoverable.owner_kind, recoverable.owner_code, recoverable.source, recoverable.year
    )
    return post(
        "write_off",
        key=f"write_off:{document_number.strip()}:{recoverable.code}",
        transfers=[move(recoverable, written_off, fen)],
        by=by,
        approved_by=approved_by,
        effective_date=effective_date,
        memo=memo,
        document_number=document_number.strip(),
    )


@transaction.atomic
def fee(
    envelope: Account,
    fen: int,
    contract_number: str,
    *,
    ceiling: int,
    key: str,
    by: Any,
    approved_by: Any,
    effective_date: date | None = None,
    memo: str = "",
) -> Posting:
    """承办、评估、审计费: paid out of a round's envelope, within `ceiling` fen for the whole round.

    key: one payment of the contract. Raises NotYet, Overdrawn, WrongEntry, FourEyes.
    """
    Account.objects.select_for_update().get(pk=envelope.pk)  # the ceiling is read under the envelope's lock
    require_none(guards.document(contract_number))
    if not_asked_before(key):
        require_none(guards.fee_share(envelope, fen, ceiling))
    return post(
        "fee",
        key=key,
        transfers=[move(envelope, world(Kind.FEE_WORLD, envelope.source, envelope.year), fen)],
        by=by,
        approved_by=approved_by,
        effective_date=effective_date,
        memo=memo,
        document_number=contract_number.strip(),
    )


def require_same_year(returned: Account, on: date) -> None:
    if on.year != returned.year:
        raise rules.WrongEntry(_("跨年度退回的资金不能恢复指标，请办理“缴回财政”。"))


def require_leaders(*people: Any) -> None:
    if not all(one is not None and one.has_role(Role.BUREAU_LEADER, Role.BUREAU_HEAD) for one in people):
        raise rules.FourEyes(_("核销须由两位领导（科长、分管领导）办理。"))


def not_asked_before(key: str) -> bool:
    return not Posting.objects.filter(key=key).exists()
