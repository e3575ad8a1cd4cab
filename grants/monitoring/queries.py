"""Where a project stands: what took place, what was spent, what is due."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.agreements.models import BudgetLine, Hold, PlannedActivity, Project
from grants.calls.models import Criterion
from grants.calls.rules import BUDGET_CATEGORIES
from grants.funds import queries as funds
from grants.monitoring import rules
from grants.monitoring.models import (
    Activity,
    Evaluation,
    EvaluationTask,
    Evidence,
    Report,
    ReportVersion,
    Visit,
)
from grants.monitoring.states import (
    EvaluationKind,
    EvaluationStatus,
    ReportKind,
    ReportStatus,
    TaskStatus,
    VisitKind,
)
from orgs.registry.models import MemberRole, Membership, Organization
from portal import clock
from portal.access import Role
from portal.accounts.models import RoleGrant, User
from portal.components.rules import Due, due_of


@dataclass(frozen=True)
class Indicator:
    """One planned activity: planned and done, in this report's period and in all."""

    planned: PlannedActivity
    times_now: int
    times: int
    persons_now: int
    persons: int
    evidence: int
    note: str = ""

    @property
    def percent(self) -> int:
        if self.planned.persons:
            return rules.percent(self.persons, self.planned.persons)
        return rules.percent(self.times, self.planned.times)

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.planned.name,
            "planned_times": self.planned.times,
            "planned_persons": self.planned.persons,
            "times_now": self.times_now,
            "times": self.times,
            "persons_now": self.persons_now,
            "persons": self.persons,
            "evidence": self.evidence,
            "note": self.note,
        }


@dataclass(frozen=True)
class MoneyRow:
    """One budget category in fen: approved by the agreement, spent by the ledger."""

    code: str
    name: str
    approved: int
    spent: int

    @property
    def left(self) -> int:
        return self.approved - self.spent

    def as_json(self) -> dict[str, Any]:
        return {"category": self.code, "name": self.name, "approved": self.approved, "spent": self.spent}


@dataclass(frozen=True)
class Money:
    """Income and expenditure of a project as the ledger has them, in fen."""

    award: int
    received: int
    spent: int
    held: int
    rows: list[MoneyRow]

    @property
    def left(self) -> int:
        return self.award - self.spent


def indicators(project: Project, report: Report | None = None, kind: str = "") -> list[Indicator]:
    """Return one row per planned activity. "now": since the midterm report, for the final one. 4 queries.

    kind: of the report that is about to begin, where there is none yet.
    """
    since = last_reported(project, report.kind if report else kind)
    in_period = Q(held__held_on__gt=since) if since else Q(held__isnull=False)
    notes = {note.planned_id: note.text for note in report.notes.all()} if report else {}
    proofs = dict(
        Evidence.objects.filter(activity__project=project, activity__planned__isnull=False)
        .order_by()
        .values_list("activity__planned")
        .annotate(count=Count("pk"))
    )
    planned = PlannedActivity.objects.filter(project=project).annotate(
        done_times=Count("held"),
        done_persons=Sum("held__persons", default=0),
        now_times=Count("held", filter=in_period),
        now_persons=Sum("held__persons", filter=in_period, default=0),
    )
    return [
        Indicator(
            one,
            one.now_times,
            one.done_times,
            one.now_persons,
            one.done_persons,
            proofs.get(one.pk, 0),
            notes.get(one.pk, ""),
        )
        for one in planned.order_by("position", "pk")
    ]


def last_reported(project: Project, kind: str) -> date | None:
    """Return the day up to which an earlier report of the project reaches; None before the first."""
    if kind != ReportKind.FINAL:
        return None
    earlier = Report.objects.filter(project=project, kind=ReportKind.MIDTERM, submitted_at__isnull=False).first()
    return earlier.submitted_at.astimezone(clock.ZONE).date() if earlier and earlier.submitted_at else None


def money(project: Project) -> Money:
    """Read the figures of a project from agreement and ledger; nothing of it is typed. 6 queries."""
    code = project.award.code
    accepted = funds.moved("award", code, "held", "spent")
    gone = funds.moved("award", code, "spent", "recoverable")
    approved: dict[str, int] = {}
    for line in BudgetLine.objects.filter(project=project).order_by("position", "pk"):
        approved[line.category] = approved.get(line.category, 0) + line.amount
    rows = [
        MoneyRow(
            category,
            _(BUDGET_CATEGORIES.get(category, category)),
            approved.get(category, 0),
            accepted.get(category, 0) - gone.get(category, 0),
        )
        for category in dict.fromkeys([*approved, *sorted(accepted)])
    ]
    balances = funds.balances_of("award", code)
    received = sum(balances.get(kind, 0) for kind in ("held", "spent", "recoverable", "returned", "written_off"))
    return Money(project.amount, received, balances.get("spent", 0), balances.get("held", 0), rows)


def rubric(project: Project, kind: str) -> list[rules.Item]:
    """Return the round's own table for this evaluation if it has one, else the default of § 6.3, § 6.4."""
    round_id = project.award.round_id
    own = Criterion.objects.filter(round_id=round_id, stage=kind).order_by("position", "pk") if round_id else ()
    rows = [rules.Item(one.code, one.name, one.name, Decimal(one.max_points)) for one in own]
    return rows or list(rules.TABLES[kind])


def has_critical_finding(project: Project) -> bool:
    """Say whether audits ever held this project for a critical finding (the mark lies in the holds)."""
    return Hold.objects.filter(project=project, code__startswith="audit.K.").exists()


def coached(user: Any, project: Project) -> bool:
    return Visit.objects.filter(project=project, visitor=user, kind=VisitKind.COACH).exists()


def belongs(user: Any, project: Project) -> bool:
    """Say whether this person was ever a member of the implementing organization or the payee."""
    return user.memberships.filter(organization__in=[project.organization_id, project.payee_id]).exists()


def evaluators(project: Project) -> Any:
    """Return the people who may be asked: evaluators of the region, neither members nor coaches. 1 query."""
    near = [*project.region.get_ancestors().values_list("path", flat=True), project.region.path]
    grants = RoleGrant.objects.in_force(clock.today()).filter(role=Role.EVALUATOR, region__path__in=near)
    coaches = Visit.objects.filter(project=project, kind=VisitKind.COACH).values("visitor")
    members = Membership.objects.filter(organization__in=[project.organization_id, project.payee_id]).values("user")
    people = User.objects.filter(is_active=True, pk__in=grants.values("user"))
    return people.exclude(pk__in=coaches).exclude(pk__in=members).order_by("name", "pk")


def report_content(report: Report) -> dict[str, Any]:
    """Return what a submitted version freezes."""
    figures = money(report.project)
    return {
        "done": report.done,
        "effect": report.effect,
        "problems": report.problems,
        "indicators": [one.as_json() for one in indicators(report.project, report)],
        "money": {
            "award": figures.award,
            "received": figures.received,
            "spent": figures.spent,
            "rows": [one.as_json() for one in figures.rows],
        },
        "evidence": sorted(report.evidence.values_list("file__sha256", flat=True)),
    }


def latest(report: Report) -> ReportVersion | None:
    return report.versions.order_by("-number").first()


def reporters(user: Any) -> Any:
    """Return the organizations whose reports this person may write."""
    return Organization.objects.of_member(user, MemberRole.ADMIN, MemberRole.WRITER)


def due(user: Any) -> list[Due]:
    """Return this person's reports, decisions, rectifications and evaluations. At most 7 queries."""
    rows = [*due_reports(user), *due_rectifications(user)]
    if user.has_role(Role.BUREAU_OFFICER):
        rows += [*due_checks(user), *due_assignments(user)]
    if user.has_role(Role.EVALUATOR):
        rows += due_tasks(user)
    return rows


def due_reports(user: Any) -> Iterable[Due]:
    """Reports that the person's running projects owe: not begun, in draft, or returned."""
    projects = Project.objects.running().filter(organization__in=reporters(user)).prefetch_related("reports")
    for project in projects:
        reports = {one.kind: one for one in project.reports.all()}
        for kind in ReportKind:
            report = reports.get(kind)
            if report and report.status in (ReportStatus.SUBMITTED, ReportStatus.ACCEPTED):
                continue
            if kind == ReportKind.FINAL and ReportKind.MIDTERM not in reports:
                continue
            yield due_of(
                report or project,
                _("提交%(kind)s · %(project)s") % {"kind": kind.label, "project": project.title},
                reverse("monitoring:report", args=[project.key, kind.lower()]),
                "monitoring.submit",
                project=project,
                due_on=report.due_on if report else report_due(project, kind),
                state="" if report else _("未开始"),
            )


def report_due(project: Project, kind: str) -> date:
    if kind == ReportKind.MIDTERM:
        return rules.midterm_due(project.starts_on, project.ends_on)
    return rules.final_due(project.ends_on)


def due_rectifications(user: Any) -> Iterable[Due]:
    failed = Evaluation.objects.filter(
        status=EvaluationStatus.FAILED,
        project__in=Project.objects.running().filter(organization__in=reporters(user)).values("pk"),
    ).select_related("project")
    for one in failed:
        yield due_of(
            one,
            _("整改后申请复评 · %(project)s") % {"project": one.project.title},
            reverse("monitoring:evaluation", args=[one.key]),
            "monitoring.rectify",
            project=one.project,
        )


def due_checks(user: Any) -> Iterable[Due]:
    waiting = (
        Report.objects.filter(user.scope(Role.BUREAU_OFFICER, field="project__region"))
        .filter(status=ReportStatus.SUBMITTED)
        .select_related("project")
    )
    for one in waiting:
        yield due_of(
            one,
            _("审核%(kind)s · %(project)s") % {"kind": one.get_kind_display(), "project": one.project.title},
            reverse("staff_reports:inspect", args=[one.pk]),
            "monitoring.accept",
            project=one.project,
        )


def awaiting_evaluator(user: Any) -> list[tuple[Report | Evaluation, int]]:
    """Return what needs an evaluator, with the number of the attempt: an accepted report, or a rectified evaluation.

    2 queries.
    """
    reports = list(
        Report.objects.filter(user.scope(Role.BUREAU_OFFICER, field="project__region"))
        .filter(status=ReportStatus.ACCEPTED, project__in=Project.objects.running().values("pk"))
        .select_related("project")
    )
    tasks: dict[tuple[int, str], list[EvaluationTask]] = {}
    asked = EvaluationTask.objects.in_force().filter(project__in=[one.project_id for one in reports])
    for task in asked.select_related("evaluation__project").order_by("attempt"):
        tasks.setdefault((task.project_id, task.kind), []).append(task)
    rows: list[tuple[Report | Evaluation, int]] = []
    for report in reports:
        own = tasks.get((report.project_id, report.kind), [])
        if len(own) < rules.ATTEMPTS and all(one.evaluation.status == EvaluationStatus.RECTIFIED for one in own):
            rows.append((own[-1].evaluation if own else report, len(own) + 1))
    return rows


def due_assignments(user: Any) -> Iterable[Due]:
    for one, attempt in awaiting_evaluator(user):
        kind = EvaluationKind(one.kind)
        yield due_of(
            one,
            _("安排%(kind)s · %(project)s") % {"kind": kind.label, "project": one.project.title},
            reverse("staff_evaluation_assign", args=[one.project_id, one.kind]),
            "monitoring.assign",
            project=one.project,
            state=_("待安排") if attempt == 1 else _("待安排复评"),
        )


def open_tasks(user: Any) -> Any:
    return EvaluationTask.objects.filter(evaluator=user, status=TaskStatus.OPEN).select_related(
        "project__organization", "evaluation"
    )


def due_tasks(user: Any) -> Iterable[Due]:
    for one in open_tasks(user):
        yield due_of(
            one,
            _("%(kind)s · %(project)s") % {"kind": one.get_kind_display(), "project": one.project.title},
            reverse("monitoring:evaluation", args=[one.evaluation.key]),
            "monitoring.evaluate",
            project=one.project,
        )


def activities(project: Project) -> Any:
    held = Activity.objects.filter(project=project).select_related("planned")
    return held.annotate(proofs=Count("evidence")).order_by("-held_on", "-pk")


def projects_for(user: Any) -> Any:
    """Return the projects whose follow-up this person may read: the visible ones, and those to evaluate."""
    asked = EvaluationTask.objects.in_force().filter(evaluator=user).values("project")
    return Project.objects.filter(Q(pk__in=Project.objects.visible_to(user).values("pk")) | Q(pk__in=asked))


def tasks_of(user: Any) -> Any:
    """Return the evaluator's tasks, open ones first."""
    mine = EvaluationTask.objects.in_force().filter(evaluator=user)
    return mine.select_related("project__organization", "evaluation").order_by("-status", "due_on", "-pk")


@dataclass(frozen=True)
class ReportRow:
    """One kind of report on the project page. due_on: of the next step; url: empty where nothing can be opened."""

    label: str
    state: str
    code: str
    due_on: date | None
    url: str
    submitted_at: datetime | None = None
    accepted_at: datetime | None = None


def report_rows(user: Any, project: Project) -> list[ReportRow]:
    """Return the two reports of a project, begun or not. 2 queries."""
    begun = {one.kind: one for one in Report.objects.visible_to(user).filter(project=project)}
    writes = reporters(user).filter(pk=project.organization_id).exists() and project.is_running
    rows = []
    for kind in ReportKind:
        report = begun.get(kind)
        url = reverse("monitoring:report", args=[project.key, kind.lower()]) if report or writes else ""
        state = report.get_status_display() if report else _("未开始")
        due_on = report.due_on if report else report_due(project, kind)
        code = report.status if report else ""
        accepted_at = report.decided_at if report and code == ReportStatus.ACCEPTED else None
        sent_at = report.submitted_at if report else None
        rows.append(ReportRow(str(kind.label), str(state), code, due_on, url, sent_at, accepted_at))
    return rows


LABELS = {
    "submit": gettext_lazy("提交报告"),
    "evaluate": gettext_lazy("填写评估表"),
    "rectify": gettext_lazy("提交整改情况"),
}
ROUTES = {"submit": "monitoring:submit", "evaluate": "monitoring:sheet", "rectify": "monitoring:rectify"}


def front_actions(user: Any, policy: Any, obj: Any, names: list[str]) -> list[dict[str, Any]]:
    """Return the moves to draw: a label with its URL, or with the reasons why not yet."""
    rows = []
    for name in names:
        if not policy.user_has_permission(user, name) or not policy.is_legal(name, obj):
            continue
        reasons = policy.open_reasons(name, obj)
        if policy.allows(user, name, obj):
            rows.append({"label": str(LABELS[name]), "url": reverse(ROUTES[name], args=[obj.key]), "reason": ""})
        elif reasons:
            rows.append({"label": str(LABELS[name]), "url": "", "reason": " ".join(str(one) for one in reasons)})
    return rows
