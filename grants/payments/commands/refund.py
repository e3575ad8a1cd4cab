"""Money that comes back: registered by one person, matched to a bank line by another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from grants.agreements.models import Project
from grants.funds import commands as ledger
from grants.funds.models import Account, FundSource
from grants.payments import notices, queries
from grants.payments.commands.payment import said
from grants.payments.models import BankLine, Direction, Refund, RefundKind, RefundShare
from grants.payments.states import REFUND
from portal import clock
from portal.lifecycle import Reason, Refused, require_moved, require_none
from portal.money import yuan
from portal.trail import commands as trail
from portal.workdays import queries as workdays


class TooMuch(Refused):
    """More is to come back than there is (X23)."""


class SamePerson(Refused):
    """Registering and matching are two people's work."""


@transaction.atomic
def register_refund(
    project: Project, amounts: Mapping[str, int], *, by: Any, reason: str, kind: str = RefundKind.SURPLUS
) -> Refund:
    """Say how much of each source (code → fen) the payee gives back.

    SURPLUS comes from what it holds, RECOVERY from what it owes. Raises TooMuch with every source
    that has less.
    """
    project = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    wanted = {code: int(fen) for code, fen in amounts.items() if fen}
    if not wanted or min(wanted.values()) < 0:
        raise Refused(_("请填写退回金额。"))
    if reasons := too_much(project, wanted, kind):
        raise TooMuch(*(one.text for one in reasons))
    number = project.refunds.count() + 1
    refund = Refund.objects.create(
        code=f"{project.code}-R{number}",
        project=project,
        kind=kind,
        amount=sum(wanted.values()),
        reason=said(reason)[:300],
        due_on=workdays.due_on(REFUND.starts[0].days),
        registered_by=by,
    )
    sources = {one.code: one for one in FundSource.objects.filter(code__in=wanted)}
    RefundShare.objects.bulk_create(
        RefundShare(refund=refund, source=sources[code], amount=fen) for code, fen in wanted.items()
    )
    trail.log(refund, "payments.register_refund", by=by, reason=reason, after=wanted)
    notices.refund_asked(refund)
    return refund


def too_much(project: Project, wanted: Mapping[str, int], kind: str) -> list[Reason]:
    """Compare with what is there, less what other open refunds will take."""
    left = {code: fen for code, (_name, fen) in queries.refundable(project, kind).items()}
    names = dict(FundSource.objects.filter(code__in=wanted).values_list("code", "name"))
    return [
        Reason(
            "too_much",
            _("%(source)s最多可退 %(left)s 元，填写了 %(fen)s 元。")
            % {"source": names.get(code, code), "left": yuan(left.get(code, 0)), "fen": yuan(fen)},
        )
        for code, fen in wanted.items()
        if fen > left.get(code, 0)
    ]


@transaction.atomic
def match_refund(refund: Refund, line: BankLine, *, by: Any) -> Refund:
    """Tie the refund to the bank line that brought it: the same amount, an incoming line, used once.

    Posts held (or recoverable) → returned, per source. Raises SamePerson, NotYet, MoveNotAllowed.
    """
    Project.objects.select_for_update(of=("self",)).get(pk=refund.project_id)
    refund = Refund.objects.select_for_update(of=("self",)).select_related("project").get(pk=refund.pk)
    line = BankLine.objects.select_for_update(of=("self",)).get(pk=line.pk)
    if refund.registered_by_id == by.pk:
        raise SamePerson(_("退款由您登记，须由他人核对到账。"))
    target = REFUND.target("match", refund.status)
    require_none(unfit(refund, line))
    posting = ledger.post(
        "refund",
        key=refund.code,
        transfers=returned(refund),
        by=by,
        effective_date=line.booked_on,
        memo=f"{refund.project.title} {refund.get_kind_display()}"[:200],
        document_number=line.reference,
    )
    require_moved(
        Refund.objects.filter(pk=refund.pk, status=refund.status).update(
            status=target,
            line=line,
            posting=posting,
            matched_by=by,
            matched_at=clock.now(),
            due_on=None,
        )
    )
    refund.refresh_from_db()
    trail.log(refund, "payments.match_refund", by=by, after={"reference": line.reference, "amount": refund.amount})
    notices.refund_matched(refund)
    return refund


def unfit(refund: Refund, line: BankLine) -> list[Reason]:
    found = []
    if line.direction != Direction.IN or not line.is_success:
        found.append(Reason("direction", _("这条流水不是收款。")))
    if line.amount != refund.amount:
        found.append(
            Reason(
                "amount",
                _("流水金额 %(line)s 元，退款金额 %(refund)s 元，不一致。")
                % {"line": yuan(line.amount), "refund": yuan(refund.amount)},
            )
        )
    if line.payment_id or Refund.objects.filter(line=line).exists():
        found.append(Reason("used", _("这条流水已经匹配过。")))
    return found


def returned(refund: Refund) -> list[Any]:
    """Spell out the moves; a source with several budget years gives the oldest first."""
    moves = []
    for share in refund.shares.select_related("source"):
        left = share.amount
        accounts = Account.objects.of("award", refund.project.code).filter(
            kind=queries.FROM[RefundKind(refund.kind)], source=share.source, balance__gt=0
        )
        for one in accounts.order_by("year"):
            fen = min(left, one.balance)
            if fen:
                target = ledger.account("returned", "award", refund.project.code, share.source, one.year)
                moves.append(ledger.move(one, target, fen))
                left -= fen
        if left:
            raise TooMuch(
                _("%(source)s的余额不足，还差 %(left)s 元。") % {"source": share.source, "left": yuan(left)}
            )
    return moves


@transaction.atomic
def cancel_refund(refund: Refund, *, by: Any, reason: str) -> Refund:
    why = said(reason)
    refund = Refund.objects.select_for_update(of=("self",)).get(pk=refund.pk)
    target = REFUND.target("cancel", refund.status)
    require_moved(Refund.objects.filter(pk=refund.pk, status=refund.status).update(status=target, due_on=None))
    refund.refresh_from_db()
    trail.log(refund, "payments.cancel_refund", by=by, reason=why)
    return refund
