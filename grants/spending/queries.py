"""Where the budget of a project stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.agreements.models import BudgetLine, Project
from grants.calls.rules import BUDGET_CATEGORIES
from grants.funds import queries as funds
from grants.spending.models import Expenditure
from grants.spending.rules import line_limit
from grants.spending.states import Status
from portal.access import Role
from portal.components.rules import Due, due_of
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


def category_name(code: str) -> str:
    return _(BUDGET_CATEGORIES.get(code, code))


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


def url_of_pending(user: Any, project: Project) -> str:
    """The officer decides in the admin's list, the operator on the front page."""
    if user.has_role(Role.BUREAU_OFFICER):
        return f"{reverse('staff_expenditures:index')}?q={project.code}&status={Status.RECORDED}"
    return reverse("spending:project", args=[project.key])


def due(user: Any) -> list[Due]:
    """Return what this person must decide, one row per project. 1 query for staff, none for others."""
    if not user.has_role(Role.BUREAU_OFFICER, Role.OPERATOR):
        return []
    waiting: dict[int, list[Expenditure]] = {}
    for one in decidable(user).select_related("project").order_by("due_on", "pk"):
        waiting.setdefault(one.project_id, []).append(one)
    return [
        due_of(
            rows[0].project,
            _("审核 %(count)s 笔支出，合计 %(yuan)s 元 · %(project)s")
            % {"count": len(rows), "yuan": yuan(sum(one.amount for one in rows)), "project": rows[0].project.title},
            url_of_pending(user, rows[0].project),
            "spending.accept",
            project=rows[0].project,
            due_on=min((one.due_on for one in rows if one.due_on), default=None),
            state=Status.RECORDED.label,
        )
        for rows in waiting.values()
    ]


def projects_with_use(user: Any) -> Any:
    """Return the visible projects with spent and pending fen, newest first. One query when read."""
    accepted, recorded = Q(expenditures__status=Status.ACCEPTED), Q(expenditures__status=Status.RECORDED)
    return (
        Project.objects.visible_to(user)
        .select_related("organization")
        .annotate(
            spent=Sum("expenditures__amount", filter=accepted, default=0)
            - Sum("expenditures__disallowed", filter=accepted, default=0),
            pending=Sum("expenditures__amount", filter=recorded, default=0),
        )
        .order_by("-code")
    )


def facts(one: Expenditure) -> list[tuple[str, Any]]:
    """Return the rows of a voucher's page."""
    rows = [
        (_("事项"), one.item),
        (_("预算行"), f"{category_name(one.line.category)} · {one.line.item}"),
        (_("对应活动"), str(one.activity) if one.activity else _("不对应单项活动")),
        (_("收款方"), one.payee),
        (_("资助资金支出"), _("%(yuan)s 元") % {"yuan": yuan(one.amount)}),
        (_("自筹部分（备查）"), _("%(yuan)s 元") % {"yuan": yuan(one.self_amount)}),
        (_("发票号码"), one.invoice_number),
        (_("开票日期"), f"{one.invoice_date:%Y-%m-%d}"),
        (_("支付方式"), _("现金") if one.is_cash else _("转账或刷卡")),
        (_("说明"), one.note or "—"),
        (_("登记人"), f"{one.recorded_by} · {timezone.localtime(one.recorded_at):%Y-%m-%d\u00a0%H:%M}"),
    ]
    if one.is_over_line:
        rows.append((_("提示"), _("使预算行超出核定数，在10%容差内")))
    if one.decided_by and one.decided_at:
        rows.append((_("审核人"), f"{one.decided_by} · {timezone.localtime(one.decided_at):%Y-%m-%d\u00a0%H:%M}"))
    if one.reason:
        rows.append((_("理由"), one.reason))
    if one.disallowed:
        rows.append((_("审计剔除"), _("%(yuan)s 元") % {"yuan": yuan(one.disallowed)}))
    return rows


def accept_consequences(obj: Expenditure) -> list[str]:
    """Say what acceptance does to the books."""
    lines = [
        _("%(yuan)s 元从“项目单位持有”转为“已认定支出”，科目：%(line)s。")
        % {"yuan": yuan(obj.amount), "line": category_name(obj.line.category)},
        _("认定后登记内容不能再改；有问题须由审计剔除。"),
    ]
    if obj.is_over_line:
        lines.append(_("这一笔使预算行超出核定数，在10%容差内。"))
    return lines
