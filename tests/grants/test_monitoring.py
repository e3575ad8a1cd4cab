"""Activities, reports, evaluations: results, refusals, marks left for the floors below."""

import hashlib
import json
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from grants.agreements import commands as agreements
from grants.agreements.models import Milestone
from grants.agreements.states import ProjectStatus
from grants.monitoring import commands, queries, rules
from grants.monitoring.commands.evaluation import NotTheEvaluator
from grants.monitoring.commands.report import NotAWriter, NotIndependent
from grants.monitoring.models import Activity, Evaluation, EvaluationTask, Report, ReportVersion
from grants.monitoring.policies import evaluation_policy, report_policy
from grants.monitoring.states import EVALUATION, REPORT, EvaluationStatus, ReportStatus, TaskStatus, VisitKind
from grants.spending import commands as spending
from orgs.registry.models import MemberRole, Membership
from portal import clock
from portal.access import Role
from portal.fields.models import AppendOnlyRow
from portal.lifecycle import MoveNotAllowed, NotYet
from portal.notices.models import Notice
from portal.trail.models import Event
from tests.grants.makers_monitoring import (
    OPINION,
    TEXTS,
    evaluate,
    make_activity,
    make_evaluator,
    make_report,
    make_task,
    meet_midterm,
    points,
)
from tests.grants.makers_spending import TODAY, image, make_people, make_project, record
from tests.makers import again, make_user

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


def met(project):
    return sorted(Milestone.objects.filter(project=project, met_at__isnull=False).values_list("code", flat=True))


# rules


def test_the_tables_add_up_to_one_hundred():
    assert [sum(one.max_points for one in rules.TABLES[kind]) for kind in ("MIDTERM", "FINAL")] == [100, 100]


@pytest.mark.parametrize(
    ("score", "grade"),
    [("100", "EXCELLENT"), ("85", "EXCELLENT"), ("84.99", "GOOD"), ("75", "GOOD"), ("74.99", "PASS"), ("60", "PASS"),
     ("59.99", "FAIL"), ("0", "FAIL")],
)  # fmt: skip
def test_grades(score, grade):
    assert rules.grade(Decimal(score)) == grade


@pytest.mark.parametrize(
    ("given", "bonus", "deduction", "critical", "total"),
    [
        (["30", "40"], "5", "0", False, "75.00"),
        (["30", "40"], "0", "10", False, "60.00"),
        (["90"], "5", "0", True, "59.00"),
        (["40"], "0", "0", True, "40.00"),
        (["2"], "0", "10", False, "0.00"),
    ],
)
def test_total(given, bonus, deduction, critical, total):
    assert rules.total(map(Decimal, given), Decimal(bonus), Decimal(deduction), has_critical=critical) == Decimal(
        total
    )


@pytest.mark.parametrize(
    ("ends", "due"), [(date(2026, 12, 20), date(2027, 1, 20)), (date(2027, 1, 31), date(2027, 2, 28))]
)
def test_the_final_report_is_due_a_month_after_the_end(ends, due):
    assert rules.final_due(ends) == due


def test_points_outside_their_item_are_named():
    item = rules.MIDTERM[0]
    for given in (None, Decimal("-1"), Decimal("15.5")):
        assert len(rules.points_reasons(item, given)) == 1
    assert rules.points_reasons(item, Decimal(15)) == []


# activities


def test_an_activity_is_recorded_with_its_evidence(people, project):
    one = make_activity(project, people.admin, volunteer_hours=Decimal("12.5"), capacity=80)
    assert (one.marks, one.evidence.count(), again(one).volunteer_hours) == ([], 3, Decimal("12.5"))
    assert list(Event.objects.for_instance(one).values_list("action", flat=True)) == ["monitoring.record_activity"]


def test_odd_things_are_marked_and_not_refused(people, project):
    make_activity(project, people.admin, photos=[image(9)])
    one = make_activity(
        project, people.admin, held_on=date(2026, 8, 6), photos=[image(9)], sheet=None, persons=300, capacity=20
    )
    assert one.marks == ["late", "few_photos", "no_sheet", "crowded", "repeated_photo"]
    assert one.mark_words[0] == "活动后超过7天记录"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"held_on": date(2026, 8, 15)}, "future"),
        ({"held_on": date(2026, 4, 1)}, "before_start"),
        ({"place": " "}, "words"),
    ],
)
def test_an_activity_is_refused_with_the_reason(people, project, values, code):
    with pytest.raises(NotYet) as told:
        make_activity(project, people.admin, **values)
    assert [one.code for one in told.value.reasons] == [code]
    assert Activity.objects.count() == 0


def test_only_writers_record_activities(people, project):
    for user in (people.accountant, people.reader, people.officer):
        with pytest.raises(NotYet, match="实施单位"):
            make_activity(project, user)


# reports


def test_a_report_freezes_activities_and_ledger(people, project):
    make_activity(project, people.admin, persons=1260)
    spending.accept(record(project, people.admin, amount=1_280_00), by=people.officer)

    report = make_report(project, people, status="SUBMITTED")

    version = report.versions.get()
    assert version.content["indicators"][0] == {
        "name": "助行服务", "planned_times": 40, "planned_persons": 2000, "times_now": 1, "times": 1,
        "persons_now": 1260, "persons": 1260, "evidence": 3, "note": "",
    }  # fmt: skip
    assert version.content["money"] == {
        "award": 30_000_00,
        "received": 20_000_00,
        "spent": 1_280_00,
        "rows": [
            {"category": "B1", "name": "活动经费", "approved": 20_000_00, "spent": 1_280_00},
            {"category": "B2", "name": "宣传费", "approved": 2_000_00, "spent": 0},
            {"category": "B4", "name": "人员补贴", "approved": 8_000_00, "spent": 0},
        ],
    }
    spelled = json.dumps(version.content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert version.sha256 == hashlib.sha256(spelled.encode()).hexdigest()
    assert report.due_on == date(2026, 8, 21)


def test_a_version_is_never_changed(people, project):
    version = make_report(project, people, status="SUBMITTED").versions.get()
    version.content = {}
    with pytest.raises(AppendOnlyRow):
        version.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        super(type(ReportVersion.objects), ReportVersion.objects).get_queryset().filter(pk=version.pk)._raw_delete(
            "default"
        )


def test_an_empty_report_is_refused_with_everything_that_is_missing(people, project):
    report = commands.start_report(project, by=people.admin, kind="MIDTERM")
    with pytest.raises(NotYet) as told:
        commands.file_report(report, by=people.admin)
    assert [one.code for one in told.value.reasons] == ["done", "effect", "problems", "activities", "evidence"]


def test_only_the_administrator_submits(people, project):
    make_activity(project, people.admin)
    writer = make_user("writer")
    Membership.objects.create(organization=project.organization, user=writer, role=MemberRole.WRITER)
    report = commands.start_report(project, by=writer, kind="MIDTERM")
    commands.save_report(report, by=writer, **TEXTS)
    with pytest.raises(NotAWriter, match="负责人"):
        commands.file_report(report, by=writer)
    assert report_policy.user_has_permission_for_instance(writer, "submit", again(report)) is False
    assert report_policy.user_has_permission_for_instance(people.admin, "submit", again(report)) is True


def test_a_report_is_begun_once(people, project):
    first = commands.start_report(project, by=people.admin, kind="MIDTERM")
    assert commands.start_report(project, by=people.admin, kind="MIDTERM").pk == first.pk
    with pytest.raises(NotAWriter):
        commands.start_report(project, by=people.officer, kind="MIDTERM")


def test_a_returned_report_is_corrected_and_submitted_again(people, project):
    report = make_report(project, people, status="RETURNED")
    assert (report.status, report.due_on) == (ReportStatus.RETURNED, date(2026, 8, 28))
    assert list(Notice.objects.values_list("recipient__username", "kind")) == [
        ("admin", "monitoring.report_returned")
    ]

    report = commands.file_report(report, by=people.admin)

    assert (report.status, report.versions.count()) == (ReportStatus.SUBMITTED, 2)


def test_a_submitted_report_is_not_edited(people, project):
    report = make_report(project, people, status="SUBMITTED")
    with pytest.raises(MoveNotAllowed):
        commands.save_report(report, by=people.admin, **TEXTS)
    with pytest.raises(MoveNotAllowed):
        commands.add_evidence(report, by=people.admin, file=image())


def test_the_final_report_waits_for_the_midterm(people, project):
    with pytest.raises(NotYet, match="中期"):
        make_report(project, people, "FINAL", status="SUBMITTED")


def test_nobody_decides_on_the_report_of_the_own_organization(people, project):
    report = make_report(project, people, status="SUBMITTED")
    Membership.objects.create(organization=project.organization, user=people.officer, role=MemberRole.READER)
    for call in (
        lambda: commands.accept_report(report, by=people.officer),
        lambda: commands.return_report(report, by=people.officer, remark="请修改"),
    ):
        with pytest.raises(NotIndependent):
            call()


@pytest.mark.parametrize("status", ["DRAFT", "SUBMITTED", "RETURNED", "ACCEPTED"])
def test_every_move_of_a_report_in_every_state(people, project, status):
    report = make_report(project, people, status=status)
    for name, call in {
        "submit": lambda: commands.file_report(report, by=people.admin),
        "accept": lambda: commands.accept_report(report, by=people.officer),
        "send_back": lambda: commands.return_report(report, by=people.officer, remark="请修改"),
    }.items():
        if not REPORT.allows(name, status):
            with pytest.raises(MoveNotAllowed):
                call()
    assert again(report).status == status


# evaluations


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
    assert [(one.pk, attempt) for one, attempt in queries.awaiting_evaluator(people.officer)] == [
        (Report.objects.get().pk, 2)
    ]

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


@pytest.mark.parametrize("state", list(EvaluationStatus))
def test_every_move_of_an_evaluation_in_every_state(people, project, state):
    make_report(project, people)
    task = make_task(project, people)
    one = task.evaluation
    if state == EvaluationStatus.PASSED:
        one = evaluate(task)
    elif state != EvaluationStatus.ASSIGNED:
        one = evaluate(task, "0.4")
    if state == EvaluationStatus.RECTIFIED:
        one = commands.rectify(one, by=people.admin, rectification="补齐了全部活动记录和签到表，重新整理了凭证。")
    if not EVALUATION.allows("pass", state):
        with pytest.raises((MoveNotAllowed, NotTheEvaluator)):
            evaluate(again(task))
    if not EVALUATION.allows("rectify", state):
        with pytest.raises(MoveNotAllowed):
            commands.rectify(one, by=people.admin, rectification="补齐了全部活动记录和签到表，重新整理了凭证。")
    assert again(one).status == state


def test_members_see_an_evaluation_only_when_it_is_final(people, project):
    make_report(project, people)
    task = make_task(project, people)
    assert Evaluation.objects.visible_to(people.admin).count() == 0
    evaluate(task)
    assert Evaluation.objects.visible_to(people.admin).count() == 1


def test_due_says_whose_turn_it_is(people, project):
    def kinds(user):
        user.__dict__.pop("grants_now", None)
        return [one.kind for one in queries.due(user)]

    assert kinds(people.admin) == ["monitoring.submit"]
    make_report(project, people, status="SUBMITTED")
    assert (kinds(people.admin), kinds(people.officer)) == (["monitoring.submit"], ["monitoring.accept"])
    commands.accept_report(Report.objects.get(), by=people.officer)
    assert kinds(people.officer) == ["monitoring.assign"]
    task = make_task(project, people)
    assert (kinds(people.officer), kinds(task.evaluator)) == ([], ["monitoring.evaluate"])
    evaluate(task, "0.3")
    assert "monitoring.rectify" in kinds(people.admin)


def test_an_officer_of_another_district_sees_nothing(people, project):
    make_report(project, people)
    far = make_user("far", Role.BUREAU_OFFICER, region="330212")
    assert (Report.objects.visible_to(far).count(), Activity.objects.visible_to(far).count()) == (0, 0)
    assert queries.due(far) == []
