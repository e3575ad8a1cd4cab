"""Money into an envelope: one person asks, a leader agrees, the ledger posts."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from grants.calls import guards, notices
from grants.calls.commands.round import advance
from grants.calls.models import Allocation, Envelope, Round
from grants.calls.states import ALLOCATION, LIFECYCLE, Direction, S
from grants.funds import commands as ledger
from grants.funds.models import FundSource
from grants.funds.rules import FourEyes
from portal import clock
from portal.lifecycle import MoveNotAllowed, Refused, require_moved, require_none
from portal.money import yuan
from portal.trail import commands as trail
from portal.workdays import queries as workdays


@transaction.atomic
def request_allocation(envelope: Envelope, fen: int, *, by: Any) -> Allocation:
    """Ask for `fen` of the envelope's source and year. Raises Refused above the plan."""
    envelope = held(envelope)
    room = envelope.planned - envelope.amount
    if not 0 < fen <= room:
        raise Refused(_("这项来源还可下达 %(room)s 元，请填写大于 0、不超过它的金额。") % {"room": yuan(room)})
    if envelope.round.status != S.DRAFT:
        raise MoveNotAllowed(_("这个批次的资金已经落实，不能再申请下达。"))
    return ask(envelope, Direction.IN, fen, by)


@transaction.atomic
def request_back(envelope: Envelope, fen: int, *, by: Any, note: str) -> Allocation:
    """收回额度: ask that `fen` which the envelope still holds become available again. Raises Refused, MoveNotAllowed."""
    envelope = held(envelope)
    if envelope.round.status not in guards.RETURNABLE:
        raise MoveNotAllowed(_(guards.IN_USE))
    room = min(envelope.account.balance, envelope.amount)
    if not 0 < fen <= room:
        raise Refused(_("这项来源可以收回 %(room)s 元，请填写大于 0、不超过它的金额。") % {"room": yuan(room)})
    return ask(envelope, Direction.BACK, fen, by, note=note)


def held(envelope: Envelope) -> Envelope:
    rows = Envelope.objects.select_for_update(of=("self",)).select_related("round", "source", "account")
    return rows.get(pk=envelope.pk)


def ask(envelope: Envelope, direction: str, fen: int, by: Any, note: str = "") -> Allocation:
    try:
        with transaction.atomic():
            asked = Allocation.objects.create(
                envelope=envelope,
                direction=direction,
                amount=fen,
                note=note,
                requested_by=by,
                requested_at=clock.now(),
                due_on=workdays.due_on(ALLOCATION.starts[0].days),
            )
    except IntegrityError:
        raise MoveNotAllowed(_("这项来源已有一笔待审批的申请，请等审批后再办。"))
    action = "calls.request_back" if asked.is_back else "calls.request_allocation"
    trail.log(envelope.round, action, by=by, after=words(asked), reason=note)
    notices.allocation_requested(asked)
    return asked


def words(asked: Allocation) -> dict[str, Any]:
    return {"source": asked.envelope.source.code, "year": asked.envelope.year, "fen": asked.amount}


@transaction.atomic
def approve_allocation(allocation: Allocation, *, by: Any) -> Allocation:
    """Post the money, in or back. The last one in moves a round to BUDGETED. Raises FourEyes, NotYet, Overdrawn."""
    allocation = locked(allocation)
    if allocation.requested_by_id == by.pk:
        raise FourEyes(_("申请和审批不能是同一人，请由另一位同事审批。"))
    require_none(ALLOCATION.open_reasons("approve_allocation", guards, allocation))
    envelope = allocation.envelope
    posting = take_back(allocation, by) if allocation.is_back else put_in(allocation, by)
    decide(allocation, "approve_allocation", by=by, posting=posting)
    sign = -1 if allocation.is_back else 1
    Envelope.objects.filter(pk=envelope.pk).update(amount=F("amount") + sign * allocation.amount)
    action = "calls.take_back" if allocation.is_back else "calls.allocate"
    trail.log(envelope.round, action, by=by, after=words(allocation), reason=allocation.note)
    if not allocation.is_back:
        budget_when_complete(envelope.round, by)
    notices.allocation_decided(allocation)
    return allocation


def put_in(allocation: Allocation, by: Any) -> Any:
    envelope = allocation.envelope
    return ledger.allocate(
        envelope.source,
        envelope.year,
        envelope.account,
        allocation.amount,
        by=allocation.requested_by,
        approved_by=by,
        purpose=envelope.round.programme.code,
        key=f"allocate:{envelope.round.code}:{allocation.pk}",
    )


def take_back(allocation: Allocation, by: Any) -> Any:
    envelope = allocation.envelope
    return ledger.take_back(
        envelope.account,
        allocation.amount,
        by=allocation.requested_by,
        approved_by=by,
        key=f"take_back:{envelope.round.code}:{allocation.pk}",
        memo=allocation.note,
    )


@transaction.atomic
def refuse_allocation(allocation: Allocation, *, by: Any, reason: str) -> Allocation:
    allocation = locked(allocation)
    decide(allocation, "refuse_allocation", by=by, reason=reason)
    trail.log(allocation.envelope.round, "calls.refuse_allocation", by=by, after=words(allocation), reason=reason)
    notices.allocation_decided(allocation)
    return allocation


def locked(allocation: Allocation) -> Allocation:
    rows = Allocation.objects.select_for_update(of=("self",)).select_related(
        "envelope__round__programme", "envelope__source", "envelope__account", "requested_by"
    )
    found = rows.get(pk=allocation.pk)
    require_moved(1 if ALLOCATION.names_from(found.status) else 0)
    return found


def decide(allocation: Allocation, name: str, *, by: Any, **values: Any) -> None:
    target = ALLOCATION.target(name, allocation.status)
    rows = Allocation.objects.filter(pk=allocation.pk, status=allocation.status)
    require_moved(rows.update(status=target, decided_by=by, decided_at=clock.now(), due_on=None, **values))
    allocation.refresh_from_db()


def budget_when_complete(round: Round, by: Any) -> None:
    if LIFECYCLE.allows("budget", round.status) and not round.envelopes.exclude(amount=F("planned")).exists():
        advance(round, "budget", by=by)


@transaction.atomic
def allocate(round: Round, source: FundSource, year: int, fen: int, *, by: Any, approved_by: Any) -> Allocation:
    """Ask and agree at once, as two persons: for loading data."""
    envelope = round.envelopes.get(source=source, year=year)
    return approve_allocation(request_allocation(envelope, fen, by=by), by=approved_by)
