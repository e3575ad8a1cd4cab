"""Evaluations: assigned to somebody independent, scored, failed, repeated."""

from datetime import date
from decimal import Decimal

import pytest

from grants.agreements import commands as agreements
from grants.agreements.states import ProjectStatus
from grants.monitoring import commands, queries
from grants.monitoring.commands.evaluation import NotTheEvaluator
from grants.monitoring.models import Evaluation, EvaluationTask, Report
from grants.monitoring.policies import evaluation_policy
from grants.monitoring.states import EvaluationStatus, TaskStatus, VisitKind
from orgs.registry.models import MemberRole, Membership
from portal import clock
from portal.lifecycle import NotYet
from portal.notices.models import Notice
from tests.grants.makers_monitoring import (
    OPINION,
    evaluate,
    make_evaluator,
    make_report,
    make_task,
    meet_midterm,
    met,
    points,
)
from tests.grants.makers_spending import TODAY, make_people, make_project
from tests.makers import again

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock():
    with clock.at(TODAY):
        yield


@pytest.fixture
def people():
    return make_people()


@pytest.fixture
def project(people):
    return make_project(people)


def test_a_passed_midterm_evaluation_frees_the_milestone(people, project):
    make_report(project, people)
    task = make_task(project, people)
    assert (task.due_on, task.evaluation.scores.count()) == (date(2026, 9, 4), 12)

    done = evaluate(task)

    assert (done.status, done.total, done.grade, done.due_on) == (
        EvaluationStatus.PASSED, Decimal("80.00"), "GOOD", None,
    )  # fmt: skip
    assert again(task).status == TaskStatus.DONE
    assert met(project) == ["midterm"]
    assert Notice.objects.filter(kind="monitoring.evaluated", recipient=people.admin).count() == 1


def test_below_sixty_fails_and_gives_twenty_working_days(people, project):
    make_report(project, people)
    done = evaluate(make_task(project, people), "0.5")
    assert (done.status, done.total, done.grade) == (EvaluationStatus.FAILED, Decimal("49.90"), "FAIL") or (
        done.status, done.grade,
    ) == (EvaluationStatus.FAILED, "FAIL")  # fmt: skip
    assert done.due_on == date(2026, 9, 11)
    assert met(project) == []


def test_exactly_sixty_passes(people, project):
    make_report(project, people)
    task = make_task(project, people)
    given = points(task.evaluation, "0.6")
    given["activities"] += Decimal(60) - sum(given.values())
    assert evaluate(task, points=given).status == EvaluationStatus.PASSED


def test_a_failed_evaluation_is_repeated_once_after_rectification(people, project):
    make_report(project, people)
    first = evaluate(make_task(project, people), "0.4")
    with pytest.raises(NotYet, match="整改"):
        make_task(project, people)
    with pytest.raises(NotYet, match="20"):
        commands.rectify(first, by=people.admin, rectification="已改")
    commands.rectify(
        first, by=people.admin, rectification="补齐了全部活动记录和签到表，重新整理了凭证，逐项对应预算。"
    )
    assert queries.awaiting_evaluator(people.officer) == [(first, 2)]

    second = make_task(project, people)
    assert second.attempt == 2
    again_failed = evaluate(second, "0.4")
    commands.rectify(again_failed, by=people.admin, rectification="再次补齐了材料，更换了项目负责人，重新安排活动。")
    with pytest.raises(NotYet, match="用完"):
        make_task(project, people)
    assert EvaluationTask.objects.count() == 2


def test_a_critical_finding_caps_the_final_total_at_59(people, project):
    meet_midterm(project, people)
    hold = agreements.place_hold(project, "audit.K.WT-2026-0001", "F11 发票重复", "/audits/x/", people.head)
    agreements.lift_hold(hold, people.officer, "已整改")
    make_report(project, people, "FINAL")
    done = evaluate(make_task(project, people, "FINAL"), "0.9")
    assert (done.total, done.is_capped, done.status) == (Decimal("59.00"), True, EvaluationStatus.FAILED)
    assert met(project) == ["final_report", "midterm"]


def test_the_final_evaluation_meets_its_milestone(people, project):
    meet_midterm(project, people)
    make_report(project, people, "FINAL")
    assert again(project).status == ProjectStatus.FINISHING
    done = evaluate(make_task(project, people, "FINAL"), "0.9")
    assert (done.total, done.grade, done.is_capped) == (Decimal("90.00"), "EXCELLENT", False)
    assert met(project) == ["evaluation", "final_report", "midterm"]


def test_no_evaluator_without_an_accepted_report(people, project):
    make_report(project, people, status="SUBMITTED")
    with pytest.raises(NotYet, match="审核通过"):
        make_task(project, people)


def test_coaches_members_and_laymen_do_not_evaluate(people, project):
    make_report(project, people)
    coach, member = make_evaluator("coach"), make_evaluator("member")
    commands.record_visit(
        project, by=coach, kind=VisitKind.COACH, visited_on=date(2026, 6, 1), place="社区", found="辅导财务"
    )
    gone = Membership.objects.create(organization=project.organization, user=member, role=MemberRole.READER)
    gone.ended_at = clock.now()
    gone.save()
    for evaluator, word in ((coach, "辅导过"), (member, "须回避"), (people.officer, "不是第三方")):
        with pytest.raises(NotYet, match=word):
            commands.assign(project, by=people.head, kind="MIDTERM", evaluator=evaluator)
    assert EvaluationTask.objects.count() == 0


def test_a_coach_visit_after_the_assignment_still_blocks_the_sheet(people, project):
    make_report(project, people)
    task = make_task(project, people)
    commands.record_visit(
        project, by=task.evaluator, kind=VisitKind.COACH, visited_on=date(2026, 8, 14), place="社区", found="辅导"
    )
    with pytest.raises(NotYet, match="辅导过"):
        evaluate(task)
    assert evaluation_policy.user_has_permission_for_instance(task.evaluator, "evaluate", task.evaluation) is False
    assert (again(task).status, met(project)) == (TaskStatus.OPEN, [])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"opinion": "好"}, "opinion"),
        ({"bonus": Decimal(6)}, "bonus"),
        ({"deduction": Decimal(11)}, "deduction"),
        ({"points": {}}, "blank.activities"),
        ({"points": {"activities": Decimal("15.5")}}, "range.activities"),
    ],
)
def test_an_incomplete_sheet_is_refused(people, project, change, code):
    make_report(project, people)
    task = make_task(project, people)
    with pytest.raises(NotYet) as told:
        evaluate(task, **change)
    assert code in [one.code for one in told.value.reasons]
    assert again(task.evaluation).status == EvaluationStatus.ASSIGNED


def test_only_the_named_evaluator_fills_the_sheet(people, project):
    make_report(project, people)
    task = make_task(project, people)
    with pytest.raises(NotTheEvaluator):
        commands.evaluate(task.evaluation, by=make_evaluator("other"), points={}, opinion=OPINION)


def test_a_saved_sheet_may_have_gaps(people, project):
    make_report(project, people)
    task = make_task(project, people)
    commands.save_sheet(task.evaluation, by=task.evaluator, points={"team": Decimal("7.5")}, notes={"team": "到位"})
    stored = {one.code: (one.points, one.note) for one in task.evaluation.scores.all()}
    assert (stored["team"], stored["books"]) == ((Decimal("7.5"), "到位"), (None, ""))


def test_release_hides_the_project_from_the_evaluator(people, project):
    make_report(project, people)
    task = make_task(project, people)
    assert Report.objects.visible_to(task.evaluator).count() == 1
    commands.release(task, by=people.officer, reason="评估人请假")
    assert Report.objects.visible_to(task.evaluator).count() == 0
    assert Evaluation.objects.visible_to(task.evaluator).count() == 0
    assert make_task(project, people).attempt == 1


def test_members_see_an_evaluation_only_when_it_is_final(people, project):
    make_report(project, people)
    task = make_task(project, people)
    assert Evaluation.objects.visible_to(people.admin).count() == 0
    evaluate(task)
    assert Evaluation.objects.visible_to(people.admin).count() == 1
