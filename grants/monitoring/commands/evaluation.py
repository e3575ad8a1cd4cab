"""Evaluations: assigned to one independent person, scored, passed or failed, rectified."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from grants.agreements import commands as agreements
from grants.agreements.models import Project
from grants.agreements.rules import EVALUATION as EVALUATION_MILESTONE
from grants.agreements.rules import MIDTERM
from grants.monitoring import guards, notices, queries, rules
from grants.monitoring.commands.report import require_independent, require_signer
from grants.monitoring.models import Evaluation, EvaluationScore, EvaluationTask, Report
from grants.monitoring.states import (
    ASSIGNED_DAYS,
    EVALUATION,
    REPORT,
    TASK,
    EvaluationKind,
    EvaluationStatus,
    ReportStatus,
    TaskStatus,
)
from portal import clock
from portal.access import Role
from portal.accounts.models import User
from portal.lifecycle import MoveNotAllowed, NotYet, Reason, Refused, require_moved, require_none
from portal.trail.commands import log
from portal.workdays.queries import due_on

MILESTONES = {EvaluationKind.MIDTERM: MIDTERM, EvaluationKind.FINAL: EVALUATION_MILESTONE}


class NotTheEvaluator(Refused):
    """The sheet belongs to another person."""


@transaction.atomic
def assign(project: Project, *, by: User, kind: str, evaluator: User) -> EvaluationTask:
    """Open the project to one evaluator for one evaluation; a second attempt needs a rectified first one.

    Raises NotYet: no accepted report, coach, member, no attempt left; MoveNotAllowed on a lost race.
    """
    project = Project.objects.select_for_update(of=("self",)).select_related("award").get(pk=project.pk)
    require_independent(by, project)
    earlier = list(EvaluationTask.objects.in_force().filter(project=project, kind=kind).select_related("evaluation"))
    require_none(assignment_reasons(project, kind, evaluator, by, earlier))
    now = clock.now()
    try:
        with transaction.atomic():
            task = EvaluationTask.objects.create(
                project=project,
                kind=EvaluationKind(kind),
                attempt=len(earlier) + 1,
                evaluator=evaluator,
                due_on=due_on(ASSIGNED_DAYS),
                assigned_by=by,
                assigned_at=now,
            )
    except IntegrityError as error:
        raise MoveNotAllowed(_("其他人刚刚安排了这次评估，请刷新页面后再看。")) from error
    evaluation = Evaluation.objects.create(task=task, project=project, kind=task.kind, due_on=task.due_on)
    EvaluationScore.objects.bulk_create(
        EvaluationScore(
            evaluation=evaluation,
            code=item.code,
            dimension=item.dimension,
            name=item.name,
            max_points=item.max_points,
        )
        for item in queries.rubric(project, kind)
    )
    log(task, "monitoring.assign", by=by, after={"kind": kind, "evaluator": evaluator.pk, "attempt": task.attempt})
    stop_clocks(task)
    notices.assigned(task)
    return task


def stop_clocks(task: EvaluationTask) -> None:
    """The task has the clock now; the report and the failed attempt before it have none."""
    Report.objects.filter(project=task.project, kind=task.kind).update(due_on=None)
    Evaluation.objects.filter(project=task.project, kind=task.kind).exclude(task=task).update(due_on=None)


def assignment_reasons(
    project: Project, kind: str, evaluator: User, by: User, earlier: list[EvaluationTask]
) -> list[Reason]:
    reasons = []
    if not project.is_running:
        reasons.append(Reason("not_running", _("项目不在实施期，不能安排评估。")))
    if not Report.objects.filter(project=project, kind=kind, status=ReportStatus.ACCEPTED).exists():
        reasons.append(Reason("report", _("对应的报告还没有审核通过，不能安排评估。")))
    if not evaluator.has_role(Role.EVALUATOR):
        reasons.append(Reason("role", _("%(name)s不是第三方评估人员。") % {"name": evaluator}))
    if evaluator.pk == by.pk:
        reasons.append(Reason("self", _("不能把评估任务安排给自己。")))
    if queries.belongs(evaluator, project):
        reasons.append(Reason("member", _("%(name)s是（曾是）这个单位的成员，须回避。") % {"name": evaluator}))
    if queries.coached(evaluator, project):
        reasons.append(Reason("coach", _("%(name)s辅导过这个项目，不能评估它。") % {"name": evaluator}))
    if any(one.evaluation.status != EvaluationStatus.RECTIFIED for one in earlier):
        reasons.append(Reason("earlier", _("上一次评估还没有走完：评估通过的不再评，不通过的整改后才能复评。")))
    if len(earlier) >= rules.ATTEMPTS:
        reasons.append(Reason("attempts", _("复评只有一次，已经用完。")))
    return reasons


@transaction.atomic
def release(task: EvaluationTask, *, by: User, reason: str) -> EvaluationTask:
    """Take an open task back; the evaluator loses sight of the project at once."""
    task = EvaluationTask.objects.select_for_update(of=("self",)).select_related("project").get(pk=task.pk)
    target = TASK.target("release", task.status)
    if not reason.strip():
        raise NotYet([Reason("reason", _("请写明收回任务的理由。"))])
    require_moved(EvaluationTask.objects.filter(pk=task.pk, status=task.status).update(status=target, due_on=None))
    Evaluation.objects.filter(task=task).update(due_on=None)
    Report.objects.filter(project=task.project, kind=task.kind).update(due_on=due_on(REPORT.moves["accept"].days))
    log(task, "monitoring.release", by=by, before={"status": task.status}, after={"status": target}, reason=reason)
    return EvaluationTask.objects.get(pk=task.pk)


def locked(evaluation: Evaluation) -> Evaluation:
    rows = Evaluation.objects.select_for_update(of=("self",)).select_related(
        "project__award", "project__organization", "task__evaluator"
    )
    return rows.get(pk=evaluation.pk)


def require_evaluator(evaluation: Evaluation, by: User) -> None:
    if evaluation.task.evaluator_id != by.pk or evaluation.task.status != TaskStatus.OPEN:
        raise NotTheEvaluator(_("这份评估表由任务指定的评估人填写。"))


@transaction.atomic
def save_sheet(
    evaluation: Evaluation,
    *,
    by: User,
    points: Mapping[str, Decimal | None],
    notes: Mapping[str, str] | None = None,
    bonus: Decimal = Decimal(0),
    deduction: Decimal = Decimal(0),
    opinion: str = "",
) -> Evaluation:
    """Keep a sheet that may still have gaps. points, notes: by code of the item.

    Raises NotYet for points outside their item.
    """
    evaluation = locked(evaluation)
    require_evaluator(evaluation, by)
    if evaluation.status != EvaluationStatus.ASSIGNED:
        raise MoveNotAllowed(_("评估已经提交，不能再改。"))
    scores = list(evaluation.scores.all())
    require_none(
        [
            reason
            for one in scores
            if points.get(one.code) is not None
            for reason in rules.points_reasons(
                rules.Item(one.code, one.dimension, one.name, one.max_points), points[one.code]
            )
        ]
    )
    for one in scores:
        one.points = points.get(one.code)
        one.note = (notes or {}).get(one.code, "").strip()
    EvaluationScore.objects.bulk_update(scores, ["points", "note"])
    Evaluation.objects.filter(pk=evaluation.pk).update(
        bonus=bonus or 0, deduction=deduction or 0, opinion=opinion.strip()
    )
    log(evaluation, "monitoring.save_sheet", by=by)
    return locked(evaluation)


@transaction.atomic
def evaluate(
    evaluation: Evaluation,
    *,
    by: User,
    points: Mapping[str, Decimal | None],
    notes: Mapping[str, str] | None = None,
    bonus: Decimal = Decimal(0),
    deduction: Decimal = Decimal(0),
    opinion: str = "",
) -> Evaluation:
    """Make the sheet final. From 60: the milestone is met. Under 60: twenty working days to rectify.

    A critical audit finding caps the total of a final evaluation at 59. Raises NotYet with everything
    that is missing, NotTheEvaluator, MoveNotAllowed.
    """
    evaluation = save_sheet(
        evaluation, by=by, points=points, notes=notes, bonus=bonus, deduction=deduction, opinion=opinion
    )
    critical = evaluation.kind == EvaluationKind.FINAL and queries.has_critical_finding(evaluation.project)
    given = [one.points for one in evaluation.scores.all()]
    plain = rules.total(given, evaluation.bonus, evaluation.deduction, has_critical=False)
    total = rules.total(given, evaluation.bonus, evaluation.deduction, has_critical=critical)
    name = "pass" if total >= rules.PASS else "fail"
    target = EVALUATION.target(name, evaluation.status)
    require_none(EVALUATION.open_reasons(name, guards, evaluation))
    moved = Evaluation.objects.filter(pk=evaluation.pk, status=evaluation.status).update(
        status=target,
        total=total,
        is_capped=total < plain,
        grade=rules.grade(total),
        submitted_at=clock.now(),
        due_on=due_on(EVALUATION.moves[name].days),
    )
    require_moved(moved)
    finish(evaluation.task)
    log(
        evaluation,
        f"monitoring.{name}",
        by=by,
        before={"status": evaluation.status},
        after={"status": target, "total": str(total), "grade": rules.grade(total), "capped": total < plain},
    )
    evaluation = locked(evaluation)
    if name == "pass":
        agreements.meet_milestone(
            evaluation.project,
            MILESTONES[EvaluationKind(evaluation.kind)],
            path=f"/monitoring/evaluations/{evaluation.key}/",
            by=by,
        )
    notices.evaluated(evaluation)
    return evaluation


def finish(task: EvaluationTask) -> None:
    target = TASK.target("finish", task.status)
    require_moved(EvaluationTask.objects.filter(pk=task.pk, status=task.status).update(status=target, due_on=None))


@transaction.atomic
def rectify(evaluation: Evaluation, *, by: User, rectification: str) -> Evaluation:
    """The organization says what it put right; the officer then assigns the second attempt."""
    evaluation = locked(evaluation)
    target = EVALUATION.target("rectify", evaluation.status)
    require_signer(by, evaluation.project)
    if len(rectification.strip()) < 20:
        raise NotYet([Reason("rectification", _("请写明整改措施和结果，至少20字。"))])
    moved = Evaluation.objects.filter(pk=evaluation.pk, status=evaluation.status).update(
        status=target,
        rectification=rectification.strip(),
        due_on=due_on(EVALUATION.moves["rectify"].days),
    )
    require_moved(moved)
    log(evaluation, "monitoring.rectify", by=by, before={"status": evaluation.status}, after={"status": target})
    return locked(evaluation)
