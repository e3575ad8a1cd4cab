"""Payments of one project, and what the rules ask about them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext as _

from grants.agreements.models import Project, Tranche
from grants.agreements.queries import RECEIVED_KINDS
from grants.funds.models import Account
from grants.funds.queries import balances_of
from grants.payments.models import BankLine, Payment, Refund, RefundKind, RefundShare
from grants.payments.states import PaymentStatus
from orgs.registry.models import BankAccount, Organization
from portal.lifecycle import Reason

S = PaymentStatus


def current_account(payee: Organization) -> BankAccount | None:
    """Return the newest version of the payee's bank account, verified or not: a pending change counts."""
    return BankAccount.objects.filter(organization=payee, replaced_at__isnull=True).order_by("-pk").first()


def live_payment(tranche: Tranche) -> Payment | None:
    return Payment.objects.live().filter(tranche=tranche).first()


def previous_payment(tranche: Tranche) -> Payment | None:
    """Return the payment of the tranche before; one that was released in between is skipped."""
    rows = Payment.objects.live().filter(
        tranche__project=tranche.project_id, tranche__number__lt=tranche.number, tranche__released_at__isnull=True
    )
    return rows.filter(tranche__number=tranche.number - 1).first()


def spent_of_last(code: str, last: int) -> int:
    """Return how much of the last tranche (fen) is accepted spending: earlier money is used up first."""
    kinds = balances_of("award", code)
    received = sum(kinds.get(kind, 0) for kind in RECEIVED_KINDS)
    return max(kinds.get("spent", 0) - (received - last), 0)


def is_bureau_held(code: str) -> bool:
    """Say whether all money of an award is held by the bureau itself, so that our batch may pay it."""
    holders = set(Account.objects.of("award", code).values_list("source__holder", flat=True))
    return holders == {"BUREAU"}


@dataclass(frozen=True)
class TrancheRow:
    """One instalment for the payee's page. reasons: why it cannot be requested yet."""

    tranche: Tranche
    payment: Payment | None
    status: str
    state: str
    reasons: tuple[Reason, ...]
    needs_explanation: bool = False

    @property
    def can_request(self) -> bool:
        return self.status in (S.PLANNED, S.RETURNED) and not self.reasons


@dataclass(frozen=True)
class Filters:
    """What the board and the list show. Empty means all."""

    round: str = ""
    number: int | None = None
    source: str = ""


def payments_of(user: Any, filters: Filters) -> Any:
    rows = Payment.objects.visible_to(user).live()
    if filters.round:
        rows = rows.filter(project__award__round__code=filters.round)
    if filters.number:
        rows = rows.filter(tranche__number=filters.number)
    if filters.source:
        rows = rows.filter(project__award__shares__source__code=filters.source).distinct()
    return rows.select_related(
        "project__organization", "project__payee", "project__region", "tranche", "requested_by", "checked_by",
        "approved_by", "leader_by",
        "appropriated_by", "account", "batch",
    )  # fmt: skip


def open_tranches(user: Any, filters: Filters) -> Any:
    """Tranches whose time has come (milestone met, project running) and that nobody has asked for."""
    met = Q(milestone="agreement") | Q(
        project__milestones__met_at__isnull=False, project__milestones__code=F("milestone")
    )
    rows = Tranche.objects.filter(
        met,
        project__in=Project.objects.visible_to(user).running().values("pk"),
        project__agreement__status="SIGNED",
        released_at__isnull=True,
    ).exclude(pk__in=Payment.objects.live().exclude(status=S.PLANNED).values("tranche"))
    if filters.round:
        rows = rows.filter(project__award__round__code=filters.round)
    if filters.number:
        rows = rows.filter(number=filters.number)
    if filters.source:
        rows = rows.filter(project__award__shares__source__code=filters.source)
    return rows.select_related("project__organization", "project__payee").distinct()


def tranche_rows(project: Project, ask: Any) -> list[TrancheRow]:
    """Return each instalment with its payment, or why it cannot be asked for yet.

    ask: payment -> reasons against requesting it (guards stand above queries).
    """
    tranches = list(project.tranches.all())
    live = {
        one.tranche_id: one
        for one in Payment.objects.live().filter(project=project).select_related("account", "receipt")
    }
    rows = []
    for one in tranches:
        payment = live.get(one.pk)
        status = payment.status if payment else S.PLANNED
        reasons: tuple[Reason, ...] = ()
        needs = False
        if status in (S.PLANNED, S.RETURNED):
            draft = Payment(
                tranche=one, project=project, amount=one.amount, status=status, account=current_account(project.payee)
            )
            found = ask(draft)
            needs = any(reason.code == "previous.spent" for reason in found)
            reasons = tuple(reason for reason in found if reason.code != "previous.spent")
        state = _("已核减") if one.released_at else str(S(status).label)
        rows.append(TrancheRow(one, payment, status, state, reasons, needs))
    return rows


def lines_for(refund: Refund) -> Iterable[BankLine]:
    """Incoming lines that nobody has used, of the refund's amount, from statements of its region or one above."""
    path = refund.project.region.path
    above = [path[:end] for end in range(4, len(path) + 1, 4)]
    return arrivals().filter(statement__region__path__in=above, amount=refund.amount)


def arrivals() -> Any:
    """Incoming lines that nobody has used."""
    return BankLine.objects.open().filter(direction="IN", is_success=True)


def bureau_held() -> Any:
    """Return the codes of awards whose money the bureau holds itself, as a subquery."""
    accounts = Account.objects.filter(owner_kind="award")
    outside = accounts.exclude(source__holder="BUREAU").values("owner_code")
    return accounts.exclude(owner_code__in=outside).values("owner_code")


def for_batch(user: Any) -> Any:
    """Approved payments whose money the bureau holds itself, and that this person did not approve."""
    rows = Payment.objects.visible_to(user).filter(status=S.APPROVED, project__code__in=bureau_held())
    return rows.exclude(approved_by=user).select_related("project__payee").order_by("code")


FROM = {RefundKind.SURPLUS: "held", RefundKind.RECOVERY: "recoverable"}
"""Account that the money of a refund comes from."""


def refundable(project: Project, kind: str) -> dict[str, tuple[str, int]]:
    """Return source code -> (name, fen): what there is to give back, less what open refunds will take. Two queries."""
    found: dict[str, tuple[str, int]] = {}
    accounts = Account.objects.of("award", project.code).filter(kind=FROM[RefundKind(kind)], balance__gt=0)
    for one in accounts.select_related("source").order_by("source__code"):
        found[one.source.code] = (one.source.name, found.get(one.source.code, ("", 0))[1] + one.balance)
    taken = RefundShare.objects.filter(refund__in=Refund.objects.open().filter(project=project, kind=kind))
    for code, fen in taken.values_list("source__code", "amount"):
        name, left = found.get(code, ("", 0))
        found[code] = (name, left - fen)
    return {code: (name, fen) for code, (name, fen) in found.items() if fen > 0}
