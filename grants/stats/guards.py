"""Invariants that tie awards, tranches, bank lines and projects to the ledger: I14-I16 of `verify_ledger`.

They stand here because no lower floor sees all of these at once. Each yields the rows that differ.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from grants.agreements.models import Project
from grants.agreements.states import CLOSED
from grants.awards.models import Award
from grants.awards.states import HOLDING
from grants.funds.models import Account, Transfer
from grants.payments.models import BankLine, PaymentPosting, Refund
from portal.money import yuan

LIVE = ("reserved", "committed", "payable", "appropriated", "held", "recoverable")
"""What a closed project must have left behind."""


def i14_parts_sum_to_the_award() -> Iterator[str]:
    """Σ tranches = Σ budget lines = award = Σ shares."""
    for award in (
        Award.objects.filter(status__in=HOLDING).annotate(parts=Sum("shares__amount")).exclude(parts=F("amount"))
    ):
        yield _("立项 %(code)s：%(amount)s 元，各来源合计 %(parts)s 元") % {
            "code": award.code,
            "amount": yuan(award.amount),
            "parts": yuan(award.parts or 0),
        }
    for name, relation in ((_("各期拨款"), "tranches__amount"), (_("预算"), "budget_lines__amount")):
        rows = Project.objects.annotate(parts=Sum(relation), granted=F("award__amount"))
        for project in rows.exclude(parts=None).exclude(parts=F("granted")):
            yield _("项目 %(code)s：立项 %(granted)s 元，%(name)s合计 %(parts)s 元") % {
                "code": project.code,
                "granted": yuan(project.granted),
                "name": name,
                "parts": yuan(project.parts),
            }


def i14_the_ledger_holds_the_award() -> Iterator[str]:
    """What came from envelopes, less what went back by release, is the award; none for one that holds no money."""
    came: dict[str, int] = defaultdict(int)
    awards = Q(dst__owner_kind="award", src__kind="envelope") | Q(src__owner_kind="award", dst__kind="envelope")
    kinds = ("src__kind", "src__owner_code", "dst__owner_code")
    rows = Transfer.objects.filter(awards).exclude(src__kind="returned").exclude(dst__kind="returned")
    for src, src_code, dst_code, fen in rows.values_list(*kinds).annotate(fen=Sum("amount")).order_by():
        came[dst_code if src == "envelope" else src_code] += fen if src == "envelope" else -fen
    released = Q(tranches__released_at__isnull=False)
    projects = Project.objects.annotate(fen=Coalesce(Sum("tranches__amount", filter=released), 0))
    back = dict(projects.values_list("code", "fen"))
    for code, status, amount in Award.objects.values_list("code", "status", "amount"):
        right = amount - back.get(code, 0) if status in HOLDING else 0
        if came[code] != right:
            yield _("立项 %(code)s：应占用 %(right)s 元，账本占用 %(came)s 元") % {
                "code": code,
                "right": yuan(right),
                "came": yuan(came[code]),
            }


def i15_a_bank_line_is_one_posting_of_its_amount() -> Iterator[str]:
    paid: dict[int, int] = defaultdict(int)
    legs = Transfer.objects.filter(src__kind="appropriated", dst__kind="held")
    paid.update(legs.values_list("posting").annotate(fen=Sum("amount")).order_by())
    postings = {one.payment_id: one.posting_id for one in PaymentPosting.objects.filter(event="pay").order_by("pk")}
    for line in BankLine.objects.filter(payment__isnull=False, is_success=True).select_related("payment"):
        fen = paid[postings.get(line.payment_id, 0)]
        if not line.amount == line.payment.amount == fen:
            yield _("银行流水 %(reference)s：%(amount)s 元，账本记 %(fen)s 元") % {
                "reference": line.reference,
                "amount": yuan(line.amount),
                "fen": yuan(fen),
            }
    for refund in Refund.objects.filter(posting__isnull=False).annotate(fen=Sum("posting__transfers__amount")):
        if refund.line is None or refund.line.amount != refund.fen:
            yield _("退款 %(code)s：账本记 %(fen)s 元，与银行流水不符") % {
                "code": refund.code,
                "fen": yuan(refund.fen),
            }


def i16_a_closed_project_holds_no_money() -> Iterator[str]:
    closed = Project.objects.filter(status__in=CLOSED).values("code")
    for one in Account.objects.filter(owner_kind="award", owner_code__in=closed, kind__in=LIVE).exclude(balance=0):
        yield _("项目 %(owner_code)s 已结项，账户“%(kind)s”还有 %(balance)s 元") % {
            "owner_code": one.owner_code,
            "kind": one.get_kind_display(),
            "balance": yuan(one.balance),
        }
