"""The one way a payment moves, and the one way it posts."""

from __future__ import annotations

from datetime import date
from typing import Any

from grants.agreements.models import Project
from grants.funds import commands as ledger
from grants.funds.models import Posting
from grants.payments import guards
from grants.payments.models import Payment, PaymentPosting
from grants.payments.states import LIFECYCLE
from orgs.registry.models import BankAccount
from portal import clock
from portal.lifecycle import require_moved, require_none
from portal.trail import commands as trail
from portal.workdays import queries as workdays

APPROVE = "approve_tranche"


def locked(payment: Payment) -> Payment:
    """Return the payment as it is now.

    The project is locked first: holds and milestones hang on it. The account is locked too: whoever
    replaces it does so before or after this step, never during it.
    """
    Project.objects.select_for_update(of=("self",)).get(pk=payment.project_id)
    rows = Payment.objects.select_for_update(of=("self",))
    found = rows.select_related("project__organization", "project__payee", "project__agreement", "tranche").get(
        pk=payment.pk
    )
    if found.account_id:
        found.account = BankAccount.objects.select_for_update(of=("self",)).get(pk=found.account_id)
    return found


def ask(payment: Payment, name: str, by: Any) -> str:
    """Return the target state of `name`. Raises MoveNotAllowed, NotYet with all reasons, personal ones too."""
    target = LIFECYCLE.target(name, payment.status)
    require_none([*guards.same_person(payment, by, name), *LIFECYCLE.open_reasons(name, guards, payment)])
    return target


def walk(payment: Payment, name: str, *, by: Any, why: str = "", after: dict | None = None, **fields: Any) -> Payment:
    """Ask, move by compare-and-swap, start the next clock and write the trail. why: for the trail."""
    target = ask(payment, name, by)
    before = payment.status
    moved = Payment.objects.filter(pk=payment.pk, status=before, attempt=payment.attempt).update(
        status=target, since=clock.today(), due_on=workdays.due_on(LIFECYCLE.moves[name].days), **fields
    )
    require_moved(moved)
    payment = Payment.objects.select_related("project", "tranche", "account").get(pk=payment.pk)
    trail.log(
        payment,
        f"payments.{name}",
        by=by,
        reason=why,
        before={"status": before},
        after={"status": target, **(after or {})},
    )
    return payment


def keep(payment: Payment, posting: Posting, attempt: int | None = None) -> Posting:
    """Tie the posting to its step; the second one of a step is refused by the database."""
    PaymentPosting.objects.create(
        payment=payment, event=posting.event, attempt=attempt or payment.attempt, posting=posting
    )
    return posting


def post(
    payment: Payment,
    event: str,
    transfers: list[Any],
    *,
    by: Any,
    approved_by: Any = None,
    on: date | None = None,
    document: str = "",
) -> Posting:
    """Post one step of this attempt."""
    posting = ledger.post(
        event,
        key=f"{payment.code}:{event}:{payment.attempt}",
        transfers=transfers,
        by=by,
        approved_by=approved_by,
        effective_date=on,
        memo=f"{payment.project.title} {payment.tranche}"[:200],
        document_number=document,
    )
    return keep(payment, posting)


def legs(payment: Payment, src: str, dst: str) -> list[Any]:
    """Return the moves of this payment between two kinds, split by source as its approval was."""
    approved = payment.postings.filter(event=APPROVE).order_by("-posting_id").first()
    assert approved, "money moves after approval only"
    parts = approved.posting.transfers.select_related("src__source").order_by("pk")
    return [
        ledger.move(
            ledger.account(src, "award", payment.project.code, one.src.source, one.src.year),
            ledger.account(dst, "award", payment.project.code, one.src.source, one.src.year),
            one.amount,
        )
        for one in parts
    ]
