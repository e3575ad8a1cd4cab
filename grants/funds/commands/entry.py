"""Asking for an entry in the books, and deciding it. Nothing is posted before a second person agrees."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, cast

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from grants.funds import guards, notices
from grants.funds.commands import events, period
from grants.funds.commands.posting import reverse
from grants.funds.models import Account, Entry, FundSource, Posting, Transfer
from grants.funds.rules import FourEyes
from grants.funds.states import ENTRY, EntryKind
from portal import clock
from portal.lifecycle import MoveNotAllowed, Refused, require_moved, require_none
from portal.trail import commands as trail
from portal.workdays import queries as workdays

TWICE = {
    "indicator_document_is_entered_once": gettext_noop(
        "这份文件的指标已经登记或正在等审批，同一文件、来源和年度只登记一次。"
    ),
    "posting_is_corrected_once": gettext_noop("这张凭证已有一份冲销申请，请等审批后再看。"),
    "one_open_entry_per_month": gettext_noop("这个会计期间已有一份申请在等审批，请等审批后再办。"),
}


@transaction.atomic
def request_budget(
    source: FundSource,
    year: int,
    fen: int,
    document_number: str,
    *,
    by: Any,
    issued_on: date | None = None,
    paper: Any = None,
    note: str = "",
) -> Entry:
    """下达指标: ask to enter an indicator document. Raises NotYet, MoveNotAllowed for one that is entered."""
    return ask(
        Entry(
            kind=EntryKind.BUDGET, source=source, region=source.region, year=year, amount=fen,
            document_number=document_number.strip(), issued_on=issued_on, paper=paper, note=note,
        ),
        by,
    )  # fmt: skip


@transaction.atomic
def request_entry(
    kind: str, account: Account, fen: int, document_number: str, *, by: Any, paper: Any = None, note: str = ""
) -> Entry:
    """Ask to move `fen` out of `account` as its kind says. Raises NotYet with every reason."""
    account = Account.objects.select_for_update(of=("self",)).select_related("source__region").get(pk=account.pk)
    return ask(
        Entry(
            kind=kind, account=account, source=account.source, region=account.source.region, year=account.year,
            amount=fen, document_number=document_number.strip(), paper=paper, note=note,
        ),
        by,
    )  # fmt: skip


@transaction.atomic
def request_reversal(posting: Posting, *, by: Any, note: str, paper: Any = None) -> Entry:
    """红字冲销: ask that a wrong posting be mirrored. Raises NotYet (its money is used), MoveNotAllowed (asked already)."""
    leg = cast(Transfer, posting.transfers.select_related("src__source__region").first())
    return ask(
        Entry(
            kind=EntryKind.REVERSE, reverses=posting, source=leg.src.source, region=leg.src.source.region,
            year=leg.src.year, amount=sum(posting.transfers.values_list("amount", flat=True)),
            document_number=posting.document_number, paper=paper, note=note.strip(),
        ),
        by,
    )  # fmt: skip


@transaction.atomic
def request_month(kind: str, month: str, *, by: Any, note: str) -> Entry:
    """Ask to close or reopen an accounting month. Raises NotYet, MoveNotAllowed, WrongEntry."""
    period.named(month)
    require_none(guards.not_overseer(by))
    return ask(Entry(kind=kind, month=month, note=note.strip()), by)


def ask(entry: Entry, by: Any) -> Entry:
    if not entry.is_of_a_month and entry.amount <= 0:
        raise Refused(_("金额应大于 0。"))
    require_none(guards.entry_faults(entry))
    entry.requested_by, entry.requested_at = by, clock.now()
    entry.due_on = workdays.due_on(ENTRY.starts[0].days)
    try:
        with transaction.atomic():
            entry.save()
    except IntegrityError as error:
        text = next((words for name, words in TWICE.items() if name in str(error) or same(name, error)), "")
        if not text:
            raise
        raise MoveNotAllowed(_(text)) from error
    trail.log(entry, "funds.request", by=by, after=words(entry))
    notices.entry_requested(entry)
    return entry


def same(name: str, error: IntegrityError) -> bool:
    """SQLite names the columns of a broken index, not the index."""
    columns = {
        "indicator_document_is_entered_once": "document_number", "posting_is_corrected_once": "reverses_id",
        "one_open_entry_per_month": "month",
    }  # fmt: skip
    return f"funds_entry.{columns[name]}" in str(error)


def words(entry: Entry) -> dict[str, Any]:
    if entry.is_of_a_month:
        return {"kind": str(entry.kind), "month": entry.month}
    source = cast(FundSource, entry.source)  # the database holds every entry of money to one
    return {"kind": str(entry.kind), "source": source.code, "year": entry.year, "fen": entry.amount}


@transaction.atomic
def approve_entry(entry: Entry, *, by: Any) -> Entry:
    """Agree: the ledger posts at once. Raises FourEyes, NotYet, Overdrawn, PeriodClosed."""
    entry = locked(entry)
    ENTRY.target("approve", entry.status)
    if entry.requested_by_id == by.pk:
        raise FourEyes(_("申请和审批不能是同一人，请由另一位领导审批。"))
    require_none(ENTRY.open_reasons("approve", guards, entry))
    if entry.is_of_a_month:
        require_none(guards.not_overseer(by))
    return decide(entry, "approve", by=by, posting=POSTING[entry.kind](entry, by))


@transaction.atomic
def refuse_entry(entry: Entry, *, by: Any, reason: str) -> Entry:
    return decide(locked(entry), "refuse", by=by, reason=reason)


@transaction.atomic
def withdraw_entry(entry: Entry, *, by: Any, reason: str) -> Entry:
    """Take back one's own request. Raises MoveNotAllowed for that of another person."""
    entry = locked(entry)
    if entry.requested_by_id != by.pk:
        raise MoveNotAllowed(_("这份申请由别人提出，只能由申请人撤回。"))
    return decide(entry, "withdraw", by=by, reason=reason)


def locked(entry: Entry) -> Entry:
    rows = Entry.objects.select_for_update(of=("self",))
    return rows.select_related("source", "region", "account__source", "requested_by").get(pk=entry.pk)


def decide(entry: Entry, name: str, *, by: Any, **values: Any) -> Entry:
    target = ENTRY.target(name, entry.status)
    rows = Entry.objects.filter(pk=entry.pk, status=entry.status)
    require_moved(rows.update(status=target, decided_by=by, decided_at=clock.now(), due_on=None, **values))
    before = entry.status
    entry.refresh_from_db()
    trail.log(
        entry, f"funds.{name}", by=by, before={"status": before}, after={"status": target, **words(entry)},
        reason=entry.reason,
    )  # fmt: skip
    if name != "withdraw":
        notices.entry_decided(entry)
    return entry


def two(entry: Entry, by: Any) -> dict[str, Any]:
    return {"by": entry.requested_by, "approved_by": by, "memo": entry.note}


def budget(entry: Entry, by: Any) -> Posting:
    source, year = cast(FundSource, entry.source), cast(int, entry.year)
    return events.appropriate_budget(source, year, entry.amount, entry.document_number, **two(entry, by))


def restore(entry: Entry, by: Any) -> Posting:
    account, number = cast(Account, entry.account), entry.document_number
    return events.restore(
        account, cast(Account, guards.home_of(account)), entry.amount, bank_reference=number, **two(entry, by)
    )


def out_of(command: Callable[..., Posting]) -> Callable[[Entry, Any], Posting]:
    """Return the posting of an event that takes money out of the entry's account under a document."""
    return lambda entry, by: command(entry.account, entry.amount, entry.document_number, **two(entry, by))


def red(entry: Entry, by: Any) -> Posting:
    return reverse(cast(Posting, entry.reverses), **two(entry, by))


def close(entry: Entry, by: Any) -> None:
    period.close_period(entry.month, by=entry.requested_by, approved_by=by, reason=entry.note)


def reopen(entry: Entry, by: Any) -> None:
    period.reopen_period(entry.month, by=entry.requested_by, approved_by=by, reason=entry.note)


POSTING: dict[str, Callable[[Entry, Any], Posting | None]] = {
    EntryKind.BUDGET: budget,
    EntryKind.CARRY_OVER: out_of(events.carry_over),
    EntryKind.HAND_BACK: out_of(events.hand_back),
    EntryKind.RESTORE: restore,
    EntryKind.WRITE_OFF: out_of(events.write_off),
    EntryKind.REVERSE: red,
    EntryKind.CLOSE: close,
    EntryKind.REOPEN: reopen,
}
