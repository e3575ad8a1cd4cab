"""Activities and reports: results, refusals, marks left for the floors below."""

import hashlib
import json
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from grants.monitoring import commands, queries
from grants.monitoring.commands.report import NotAWriter, NotIndependent
from grants.monitoring.models import Activity, Report, ReportVersion
from grants.monitoring.policies import report_policy
from grants.monitoring.states import ReportStatus
from grants.spending import commands as spending
from orgs.registry.models import MemberRole, Membership
from portal import clock
from portal.access import Role
from portal.fields.models import AppendOnlyRow
from portal.lifecycle import MoveNotAllowed, NotYet
from portal.notices.models import Notice
from portal.trail.models import Event
from tests.grants.makers_monitoring import (
    TEXTS,
    evaluate,
    make_activity,
    make_report,
    make_task,
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
