"""Reports and evaluations for tests."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from grants.agreements.models import Milestone, Project
from grants.monitoring import commands
from grants.monitoring.models import Activity, Evaluation, EvaluationTask, Report
from portal.access import Role
from portal.accounts.models import User
from tests.grants.makers_spending import People, image
from tests.makers import make_user

TEXTS = {
    "done": "按计划开展了助行服务和志愿者培训，服务老城居民一千二百六十人次。",
    "effect": "居民上下梯坎更安全，志愿者能独立带队，后大街社区反映良好。",
    "problems": "雨季影响施工，九月补做。",
}
OPINION = "项目按计划推进，记录完整，凭证齐全；宣传折页一项略有超支，已按规定作出说明。建议下半年加强志愿者的安全培训和回访记录。"


def make_activity(project: Project, by: User, **values: object) -> Activity:
    return commands.record_activity(
        project,
        by=by,
        **{
            "name": "助行服务",
            "held_on": date(2026, 8, 10),
            "place": "后大街社区",
            "persons": 63,
            "planned": project.planned_activities.first(),
            "photos": [image(1), image(2)],
            "sheet": image(3),
            **values,
        },
    )


def make_report(project: Project, people: People, kind: str = "MIDTERM", *, status: str = "ACCEPTED") -> Report:
    """Return a report walked to `status` by the real commands."""
    if not project.activities.exists():
        make_activity(project, people.admin)
    report = commands.start_report(project, by=people.admin, kind=kind)
    if status == "DRAFT":
        return report
    commands.save_report(report, by=people.admin, **TEXTS)
    report = commands.file_report(report, by=people.admin)
    if status == "RETURNED":
        return commands.return_report(report, by=people.officer, remark="请补充指标说明")
    return commands.accept_report(report, by=people.officer) if status == "ACCEPTED" else report


def make_evaluator(name: str = "evaluator") -> User:
    return User.objects.filter(username=name).first() or make_user(name, Role.EVALUATOR)


def make_task(project: Project, people: People, kind: str = "MIDTERM") -> EvaluationTask:
    return commands.assign(project, by=people.officer, kind=kind, evaluator=make_evaluator())


def points(evaluation: Evaluation, share: str = "0.8") -> dict[str, Decimal]:
    """Return the same share of every item, to a tenth of a point."""
    return {one.code: (one.max_points * Decimal(share)).quantize(Decimal("0.1")) for one in evaluation.scores.all()}


def evaluate(task: EvaluationTask, share: str = "0.8", **values: object) -> Evaluation:
    return commands.evaluate(
        task.evaluation,
        by=task.evaluator,
        **{"points": points(task.evaluation, share), "opinion": OPINION, **values},
    )


def meet_midterm(project: Project, people: People) -> Evaluation:
    make_report(project, people)
    return evaluate(make_task(project, people))


def met(project: Project) -> list[str]:
    """Return the codes of the milestones that are met."""
    return sorted(Milestone.objects.filter(project=project, met_at__isnull=False).values_list("code", flat=True))
