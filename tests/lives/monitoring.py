from __future__ import annotations

from grants.monitoring import commands
from grants.monitoring.models import Evaluation, EvaluationTask, Report
from grants.monitoring.states import EVALUATION, REPORT, TASK
from tests.grants.makers_monitoring import OPINION, TEXTS, make_report, make_task, points
from tests.grants.makers_review import someone
from tests.grants.makers_spending import TODAY, make_people, make_project
from tests.lives import Act, Life

DUES = ("grants.monitoring",)


def begin_report() -> Report:
    people = make_people()
    report = make_report(make_project(people), people, status="DRAFT")
    return commands.save_report(report, by=people.admin, **TEXTS)


def begin_task() -> EvaluationTask:
    people = make_people()
    project = make_project(people)
    make_report(project, people)
    return make_task(project, people)


def evaluate(one: Evaluation, share: str, may: str | None = "evaluate") -> Act:
    return Act(
        commands.evaluate, one, by=one.task.evaluator, points=points(one, share), opinion=OPINION, may=may
    )  # fmt: skip


LIVES = {
    "grants.monitoring.REPORT": Life(
        REPORT,
        begin=begin_report,
        moves={
            "submit": lambda one: Act(commands.file_report, one, by=someone("admin")),
            "send_back": lambda one: Act(commands.return_report, one, by=someone("officer"), remark="请补充指标说明"),
            "accept": lambda one: Act(commands.accept_report, one, by=someone("officer")),
        },
        dues=DUES,
        at=TODAY,
    ),
    "grants.monitoring.EVALUATION": Life(
        EVALUATION,
        begin=lambda: begin_task().evaluation,
        moves={
            "pass": lambda one: evaluate(one, "0.8"),
            "fail": lambda one: evaluate(one, "0.3"),
            "rectify": lambda one: Act(
                commands.rectify,
                one,
                by=someone("admin"),
                rectification="补齐了全部活动记录和签到表，重新整理了凭证。",
            ),
        },
        dues=DUES,
        at=TODAY,
        waits=lambda one: [one, one.task],
    ),
    "grants.monitoring.TASK": Life(
        TASK,
        begin=begin_task,
        moves={
            "finish": lambda one: evaluate(one.evaluation, "0.8", may=None),
            "release": lambda one: Act(commands.release, one, by=someone("officer"), reason="评估人请假"),
        },
        dues=DUES,
        at=TODAY,
    ),
}
