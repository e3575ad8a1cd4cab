"""Where the budget of a project stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from grants.agreements.models import BudgetLine, Project
from grants.calls.rules import BUDGET_CATEGORIES
from grants.funds import queries as funds
from grants.spending.models import Expenditure
from grants.spending.rules import line_limit
from grants.spending.states import Status
from portal.access import Role
from portal.components.rules import Due
from portal.money import yuan


@dataclass(frozen=True)
class LineUse:
    """One budget line in fen. left may be negative within the tolerance; vouchers: how many count."""

    line: BudgetLine | None
    name: str
    approved: int
    spent: int
    pending: int
    vouchers: int

    @property
    def left(self) -> int:
        return self.approved - self.spent - self.pending

    @property
    def over(self) -> int:
        return max(0, -self.left)

    @property
    def spent_percent(self) -> int:
        return self._percent(self.spent)

    @property
    def used_percent(self) -> int:
        return self._percent(self.spent + self.pending)

    def _percent(self, fen: int) -> int:
        return min(100, fen * 100 // self.approved) if self.approved else 0


def category_name(code: str) -> str:
    return BUDGET_CATEGORIES.get(code, code)


def line_uses(project: Project) -> list[LineUse]:
    """Return approved, spent and pending of each budget line, in order. 1 query."""
    accepted, recorded = Q(expenditures__status=Status.ACCEPTED), Q(expenditures__status=Status.RECORDED)
    lines = (
        BudgetLine.objects.filter(project=project)
        .annotate(
            spent=Sum("expenditures__amount", filter=accepted, default=0)
            - Sum("expenditures__disallowed", filter=accepted, default=0),
            pending=Sum("expenditures__amount", filter=recorded, default=0),
            vouchers=Count("expenditures", filter=accepted | recorded),
        )
        .order_by("position", "pk")
    )
    return [
        LineUse(
            line,
            f"{category_name(line.category)} · {line.item}",
            line.amount,
            line.spent,
            line.pending,
            line.vouchers,
        )
        for line in lines
    ]


def total(uses: Iterable[LineUse]) -> LineUse:
    uses = list(uses)
    return LineUse(
        None,
        _("合计"),
        sum(one.approved for one in uses),
        sum(one.spent for one in uses),
        sum(one.pending for one in uses),
        sum(one.vouchers for one in uses),
    )


def room(line: BudgetLine) -> tuple[int, int]:
    """Return what `line` may still take in fen: (within the approved amount, with the tolerance). 1 query."""
    counting = Expenditure.objects.counting().filter(line=line)
    sums = counting.aggregate(used=Sum("amount", default=0), gone=Sum("disallowed", default=0))
    used = sums["used"] - sums["gone"]
    return line.amount - used, line_limit(line.amount) - used


def balance(project: Project, kind: str) -> int:
    """Return one kind of account of the project's award over all sources, in fen. 1 query."""
    return sum(funds.balance(kind, "award", project.award.code).values())


def held(project: Project) -> int:
    """Return the advance with the payee that no accepted expenditure has used."""
    return balance(project, "held")


def pending(project: Project) -> int:
    return Expenditure.objects.pending().filter(project=project).aggregate(fen=Sum("amount", default=0))["fen"]


def self_raised(project: Project) -> int:
    """Return the memo of self-raised money in counted vouchers, in fen."""
    return Expenditure.objects.counting().filter(project=project).aggregate(fen=Sum("self_amount", default=0))["fen"]


def decidable(user: Any) -> Any:
    """Return the expenditures that wait for this person's decision: own region, never the own organization's."""
    return (
        Expenditure.objects.pending()
        .filter(user.scope(Role.BUREAU_OFFICER, Role.OPERATOR, field="project__region"))
        .exclude(project__organization__memberships__in=user.memberships.active())
        .exclude(recorded_by=user)
    )


def due(user: Any) -> list[Due]:
    """Return what this person must decide, one row per project. 1 query for staff, none for others."""
    if not user.has_role(Role.BUREAU_OFFICER, Role.OPERATOR):
        return []
    waiting: dict[int, list[Expenditure]] = {}
    for one in decidable(user).select_related("project").order_by("due_on", "pk"):
        waiting.setdefault(one.project_id, []).append(one)
    return [
        Due(
            title=_("审核 %(count)s 笔支出,合计 %(yuan)s 元 · %(project)s")
            % {"count": len(rows), "yuan": yuan(sum(one.amount for one in rows)), "project": rows[0].project.title},
            url=reverse("spending:project", args=[rows[0].project.key]),
            due_on=min((one.due_on for one in rows if one.due_on), default=None),
            state=str(Status.RECORDED.label),
            kind="spending.accept",
        )
        for rows in waiting.values()
    ]
