"""The disbursement board."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, Q, Sum, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.agreements.models import Hold, Tranche
from grants.payments.models import Payment
from grants.payments.queries.payment import Filters, open_tranches, payments_of
from grants.payments.states import PaymentStatus
from portal import clock, periods
from portal.access import Role
from portal.workdays import queries as workdays

S = PaymentStatus


@dataclass(frozen=True)
class Column:
    """One column of the board. cards: at most so many as fit; count and total are of all."""

    status: str
    title: str
    owner: str
    count: int
    total: int
    cards: tuple[Card, ...]
    mine: int = 0

    @property
    def more(self) -> int:
        return self.count - len(self.cards)


@dataclass(frozen=True)
class Card:
    """One payment on the board. days_left: working days, negative when late; note: why this person cannot act.

    due_on: of a tranche that nobody asked for yet, the last day of its project.
    """

    payment: Payment | None
    tranche: Tranche
    title: str
    organization: str
    amount: int
    holder: str
    since: date | None
    days_here: int
    due_on: date | None
    days_left: int | None
    tone: str
    tags: tuple[str, ...]
    note: str
    url: str
    is_mine: bool = False


COLUMNS = (
    (S.PLANNED, Role.ORG_ADMIN),
    (S.REQUESTED, Role.BUREAU_OFFICER),
    (S.CHECKED, Role.BUREAU_FINANCE),
    ("LEADER", Role.BUREAU_LEADER),
    (S.APPROVED, Role.FINANCE),
    (S.APPROPRIATED, Role.CASHIER),
    (S.PAID, Role.ORG_ADMIN),
    (S.RECEIPTED, None),
)
HOLDERS = {
    S.PLANNED: gettext_lazy("收款单位"),
    S.REQUESTED: gettext_lazy("经办人"),
    S.CHECKED: gettext_lazy("局财务"),
    "LEADER": gettext_lazy("分管领导"),
    S.APPROVED: gettext_lazy("区财政局"),
    S.APPROPRIATED: gettext_lazy("银行"),
    S.PAID: gettext_lazy("等回执"),
    S.RECEIPTED: gettext_lazy("完成"),
}


def counted(rows: Any) -> dict[str, tuple[int, int]]:
    """Return status -> (count, fen). One query. CHECKED that finance has passed on is "LEADER"."""
    found: dict[str, tuple[int, int]] = {}
    fresh_ones = Case(When(approved_by=None, then=Value(True)), default=Value(False))
    marked = rows.order_by().annotate(fresh=fresh_ones)
    grouped = marked.values_list("status", "fresh").annotate(n=Count("pk"), fen=Sum("amount"))
    for status, fresh, count, fen in grouped:
        name = "LEADER" if status == S.CHECKED and not fresh else status
        before = found.get(name, (0, 0))
        found[name] = (before[0] + count, before[1] + fen)
    return found


def rows_of(rows: Any, name: str) -> Any:
    if name == "LEADER":
        return rows.filter(status=S.CHECKED, approved_by__isnull=False)
    if name == S.CHECKED:
        return rows.filter(status=S.CHECKED, approved_by__isnull=True)
    return rows.filter(status=name)


@dataclass(frozen=True)
class Board:
    """The disbursement board. stopped: returned, failed, and payments of projects with an open hold."""

    columns: tuple[Column, ...]
    stopped: tuple[Card, ...]
    stopped_count: int
    stopped_total: int
    count: int
    total: int
    mine: int

    @property
    def next_url(self) -> str:
        """Where the first payment is that this person can work on; "" for none."""
        cards = (card for column in self.columns for card in column.cards)
        return next((card.url for card in cards if card.is_mine and not card.note), "")


def board(user: Any, filters: Filters, judge: Any, cards: int = 6) -> Board:
    """Return the board of what the person may see. About 25 queries, whatever the number of payments.

    judge: (payment, user) -> why this person cannot do the next step, "" when able, None when it is
    another role's turn. It is handed in because guards and policies stand above queries.
    """
    open_holds = Hold.objects.open().filter(project=OuterRef("project"))
    rows = payments_of(user, filters).annotate(is_held=Exists(open_holds))
    plain = payments_of(user, filters).select_related(None)
    counts = counted(plain)
    overrides = workdays.overrides()
    columns = []
    for name, _owner in COLUMNS:
        if name == S.PLANNED:
            columns.append(planned_column(user, filters, cards, overrides))
            continue
        count, total = counts.get(name, (0, 0))
        if name == "LEADER" and not count:
            continue  # the column stands only while an amount above the band waits
        order = "-since" if name in (S.PAID, S.RECEIPTED) else "due_on"
        shown = [card(one, user, judge, overrides) for one in rows_of(rows, name).order_by(order, "code")[:cards]]
        columns.append(
            Column(
                name,
                _("领导审批") if name == "LEADER" else str(S(name).label),
                str(HOLDERS[name]),
                count,
                total,
                tuple(shown),
                mine=sum(one.note == "" and one.is_mine for one in shown),
            )
        )
    stopped = rows.filter(Q(status__in=(S.RETURNED, S.FAILED)) | Q(is_held=True, status__in=OPEN))
    sums = plain.filter(pk__in=stopped.order_by().values("pk")).aggregate(n=Count("pk"), fen=Sum("amount"))
    return Board(
        columns=tuple(columns),
        stopped=tuple(card(one, user, judge, overrides) for one in stopped.order_by("due_on", "code")[:4]),
        stopped_count=sums["n"],
        stopped_total=sums["fen"] or 0,
        count=sum(count for count, _fen in counts.values()) + columns[0].count,
        total=sum(fen for _count, fen in counts.values()) + columns[0].total,
        mine=sum(one.mine for one in columns),
    )


OPEN = (S.REQUESTED, S.CHECKED, S.APPROVED, S.APPROPRIATED)


def planned_column(user: Any, filters: Filters, cards: int, overrides: dict[date, bool]) -> Column:
    """Instalments that can be asked for: no payment of theirs exists yet."""
    rows = open_tranches(user, filters)
    sums = Tranche.objects.filter(pk__in=rows.order_by().values("pk")).aggregate(n=Count("pk"), fen=Sum("amount"))
    shown = tuple(
        Card(
            payment=None,
            tranche=one,
            title=one.project.title,
            organization=one.project.payee.name,
            amount=one.amount,
            holder=one.project.payee.name,
            since=None,
            days_here=0,
            due_on=one.project.ends_on,
            days_left=None,
            tone="plain",
            tags=(),
            note="",
            url=reverse("staff_projects:inspect", args=[one.project_id]),
        )
        for one in rows.order_by("project__code", "number")[:cards]
    )
    return Column(S.PLANNED, str(S.PLANNED.label), str(HOLDERS[S.PLANNED]), sums["n"], sums["fen"] or 0, shown)


def card(payment: Any, user: Any, judge: Any, overrides: dict[date, bool]) -> Card:
    """Return the card of a payment that is annotated with is_held."""
    today = clock.today()
    left = periods.working_days_between(today, payment.due_on, overrides) if payment.due_on else None
    tags = [payment.get_status_display()] if payment.status in (S.RETURNED, S.FAILED) else []
    if payment.is_held and payment.status in OPEN:
        tags.append(_("暂缓拨付"))
    if left is not None and left < 0:
        tags.append(_("超期 %s 个工作日") % -left)
    note = judge(payment, user)
    if note == "" and payment.is_held:
        note = _("有未解除的暂缓，解除后才能办理。")
    return Card(
        payment=payment,
        tranche=payment.tranche,
        title=payment.project.title,
        organization=payment.project.payee.name,
        amount=payment.amount,
        holder=holder(payment),
        since=payment.since,
        days_here=periods.working_days_between(payment.since, today, overrides),
        due_on=payment.due_on,
        days_left=left,
        tone="late" if left is not None and left < 0 else "soon" if left is not None and left <= 2 else "plain",
        tags=tuple(tags),
        note=note or "",
        url=reverse("staff_payments:inspect", args=[payment.pk]),
        is_mine=note is not None,
    )


def holder(payment: Payment) -> str:
    """Say in words who has it now: the person who brought it here, or the office."""
    if payment.status == S.APPROPRIATED:
        return payment.batch.code if payment.batch else _("银行")
    if payment.status == S.CHECKED and payment.approved_by_id:
        return _("分管领导")
    desks: dict[str, str] = {
        S.REQUESTED: _("民政局经办人"),
        S.CHECKED: _("局财务"),
        S.APPROVED: _("区财政局"),
        S.PAID: payment.project.payee.name,
        S.RETURNED: payment.project.payee.name,
        S.FAILED: _("局财务"),
    }
    return desks.get(payment.status, "")
