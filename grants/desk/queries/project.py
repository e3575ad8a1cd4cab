"""项目档案: everything about one project, read from every floor below. The same figures for all who see it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.agreements.models import Project
from grants.agreements.queries import ProjectMoney, project_money
from grants.agreements.queries import timeline as agreed
from grants.agreements.rules import MILESTONES
from grants.agreements.states import CLOSED
from grants.audits.models import Finding
from grants.desk.queries.risk import lags
from grants.desk.queries.work import work_list
from grants.desk.rules import Drawing, Mark, draw, time_percent
from grants.monitoring import queries as monitoring
from grants.monitoring.models import Evaluation, Evidence, Report, Visit
from grants.payments import guards
from grants.payments.queries import TrancheRow, tranche_rows
from grants.spending.models import Expenditure
from grants.spending.states import Status
from portal import clock
from portal.components.rules import Due
from portal.money import yuan
from portal.trail.queries import Entry, history

LANES = {
    "milestone": gettext_lazy("里程碑"),
    "report": gettext_lazy("报告"),
    "payment": gettext_lazy("拨付"),
    "control": gettext_lazy("监督"),
}


@dataclass(frozen=True)
class ProjectFile:
    """money in fen; time_permille, spent_permille: tenths of a percent; next: this person's next step here."""

    project: Project
    money: ProjectMoney
    drawing: Drawing
    marks: tuple[Mark, ...]
    tranches: tuple[TrancheRow, ...]
    indicators: tuple[monitoring.Indicator, ...]
    findings: tuple[Finding, ...]
    risks: tuple[str, ...]
    evidence: tuple[tuple[str, int], ...]
    log: tuple[Entry, ...]
    next: Due | None
    time_permille: int
    spent_permille: int


def project_file(project: Project, user: Any) -> ProjectFile:
    """Return the file of one project. The number of queries does not grow with its rows."""
    today = clock.today()
    indicators = tuple(monitoring.indicators(project))
    money = project_money(project, pending(project))
    tranches = tuple(tranche_rows(project, guards.conditions))
    marks = tuple(sorted(all_marks(project, tranches, user), key=lambda one: (one.on is None, one.on or today)))
    here = [row for row in work_list(user) if row.project == project.key]
    return ProjectFile(
        project=project,
        money=money,
        drawing=draw(marks, project.starts_on, project.ends_on, today),
        marks=marks,
        tranches=tranches,
        indicators=indicators,
        findings=tuple(known_findings(project, user).exclude(status="SETTLED").order_by("due_on")),
        risks=(*risks(project, money, marks, today), *behind_time(project, indicators, today)),
        evidence=tuple(evidence(project)),
        log=tuple(with_milestone(one) for one in history(project)[:10]),
        next=here[0] if here else None,
        time_permille=time_percent(project.starts_on, project.ends_on, today),
        spent_permille=money.total.permille,
    )


def with_milestone(entry: Entry) -> Entry:
    """Say which milestone an entry is about."""
    named = [_(MILESTONES[new]) for _name, _old, new in entry.changes if isinstance(new, str) and new in MILESTONES]
    return replace(entry, act=_("%(act)s：%(name)s") % {"act": entry.act, "name": named[0]}) if named else entry


def pending(project: Project) -> dict[str, int]:
    """Return budget category -> fen of vouchers that wait for a decision. One query."""
    rows = Expenditure.objects.filter(project=project, status=Status.RECORDED)
    return dict(rows.order_by().values_list("line__category").annotate(fen=Sum("amount")))


def known_findings(project: Project, user: Any) -> QuerySet[Finding]:
    """The findings that this person may know: the organization from its hearing on, officers once issued."""
    return Finding.objects.visible_to(user).filter(project=project)


def all_marks(project: Project, tranches: tuple[TrancheRow, ...], user: Any) -> Iterator[Mark]:
    lanes = {"milestone": "milestone", "agreement": "milestone", "hold": "control", "change": "milestone"}
    for one in agreed(project):
        yield Mark(lanes[one.lane], one.on, one.title, one.state, one.note)
    for report in Report.objects.filter(project=project):
        on = local(report.submitted_at) or report.due_on
        state = "done" if report.submitted_at else late_or_planned(on, project)
        yield Mark("report", on, report.get_kind_display(), state, report.get_status_display())
    for row in tranches:
        paid = row.payment and row.payment.paid_at
        title = _("第 %(number)d 期 %(amount)s") % {"number": row.tranche.number, "amount": yuan(row.tranche.amount)}
        yield Mark("payment", local(paid) if paid else None, title, "done" if paid else "planned", row.state)
    for visit in Visit.objects.filter(project=project):
        yield Mark("control", visit.visited_on, visit.get_kind_display(), "done", visit.get_result_display())
    for judged in Evaluation.objects.filter(project=project, submitted_at__isnull=False):
        yield Mark(
            "control", local(judged.submitted_at), judged.get_kind_display(), "done", judged.get_grade_display()
        )
    for finding in known_findings(project, user):
        state = "done" if finding.settled_at else late_or_planned(finding.due_on, project)
        yield Mark("control", local(finding.found_at), _("审计问题"), state, finding.get_status_display())


def local(moment: Any) -> date | None:
    return moment.astimezone(clock.ZONE).date() if moment else None


def late_or_planned(on: date | None, project: Project) -> str:
    """Nothing of a closed project is late."""
    return "late" if on and on < clock.today() and project.status not in CLOSED else "planned"


def risks(project: Project, money: ProjectMoney, marks: tuple[Mark, ...], today: date) -> Iterator[str]:
    """Say each risk by its rule; no score (screens § 3.7)."""
    for mark in marks:
        if mark.state == "late" and mark.on:
            yield _("%(title)s逾期 %(days)d 天。") % {"title": mark.title, "days": (today - mark.on).days}
    for line in money.lines:
        if line.over:
            yield _("%(name)s超出核定 %(fen)s 元。") % {"name": line.label, "fen": yuan(line.over)}
    over = time_percent(project.starts_on, project.ends_on, today)
    if money.received and abs(over - money.total.permille) > 250:
        yield _("支出进度与时间进度相差 %.1f 个百分点。") % (abs(over - money.total.permille) / 10)


def behind_time(project: Project, rows: tuple[monitoring.Indicator, ...], today: date) -> Iterator[str]:
    """Say what of a running project's activities and indicators is behind."""
    if not project.is_running:
        return
    held, planned = sum(one.times for one in rows), sum(one.planned.times for one in rows)
    served, promised = sum(one.persons for one in rows), sum(one.planned.persons for one in rows)
    yield from lags((held, planned, served, promised), time_percent(project.starts_on, project.ends_on, today))


def evidence(project: Project) -> Iterator[tuple[str, int]]:
    """Yield (kind of evidence, number of files)."""
    rows = Evidence.objects.filter(activity__project=project).order_by().values_list("kind").annotate(n=Count("pk"))
    for kind, count in rows:
        yield str(Evidence.Kind(kind).label), count
    yield _("支出凭证"), Expenditure.objects.filter(project=project).count()
