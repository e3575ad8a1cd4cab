"""The screens of monitoring: grantee, officer, evaluator."""

import re

import pytest
from django.urls import reverse

from grants.monitoring.models import Activity, Evaluation, EvaluationTask, Report, Visit
from grants.monitoring.states import EvaluationStatus, ReportStatus
from portal import clock
from portal.access import Role
from tests.grants.makers_monitoring import (
    OPINION,
    TEXTS,
    evaluate,
    make_activity,
    make_evaluator,
    make_report,
    make_task,
)
from tests.grants.makers_spending import TODAY, image, make_people, make_project
from tests.makers import make_user

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


def test_a_member_records_an_activity(client, people, project):
    client.force_login(people.admin)
    url = reverse("monitoring:record_activity", args=[project.key])
    assert client.get(url).status_code == 200
    answers = {
        "planned": project.planned_activities.first().pk, "name": "助行服务", "held_on": "2026-08-10",
        "place": "后大街社区", "persons": "63", "photos": [image(1), image(2)], "sheet": image(3),
    }  # fmt: skip
    answer = client.post(url, answers)
    assert (answer.status_code, answer.url) == (302, reverse("monitoring:project", args=[project.key]))
    one = Activity.objects.get()
    assert (one.evidence.count(), one.marks) == (3, [])
    text = client.get(answer.url).content.decode()
    assert "63 人参加" in text and "1 次 63 人次" in text
    assert client.get(reverse("monitoring:activity", args=[one.key])).status_code == 200


def test_an_activity_sent_twice_is_kept_once_and_one_that_looks_the_same_is_asked_about(client, people, project):
    client.force_login(people.admin)
    url = reverse("monitoring:record_activity", args=[project.key])
    asked = client.get(url).content.decode()
    token = re.search(r'name="token" value="([A-Za-z0-9_-]{22})"', asked)[1]
    assert "这是另一场活动" not in asked
    answers = {"name": "助行服务", "held_on": "2026-08-10", "place": "后大街社区", "persons": "63", "token": token}

    assert [client.post(url, answers).status_code for _ in range(2)] == [302, 302]
    assert Activity.objects.count() == 1

    again_ = {**answers, "token": "t" * 22}
    answer = client.post(url, again_)
    assert (answer.status_code, Activity.objects.count()) == (422, 1)
    page = answer.content.decode()
    assert "“助行服务”2026-08-10 在后大街社区已有一条记录（63 人）。如果这是另一场，请勾选本项" in page
    assert 'type="checkbox" name="is_another"' in page
    assert client.post(url, {**again_, "is_another": "on"}).status_code == 302
    assert Activity.objects.count() == 2


def test_the_report_goes_from_form_to_acceptance(client, people, project):
    make_activity(project, people.admin)
    client.force_login(people.admin)
    url = reverse("monitoring:report", args=[project.key, "midterm"])
    assert client.get(url).status_code == 200
    assert Report.objects.count() == 0
    assert client.post(url, {"done": "开了个头", "save": "1"}).status_code == 302
    answer = client.post(url, {**TEXTS, "file": image(5), "submit": "1"})
    report = Report.objects.get()
    assert (answer.url, report.evidence.count()) == (reverse("monitoring:submit", args=[report.key]), 1)
    assert client.post(answer.url).status_code == 302
    assert Report.objects.get().status == ReportStatus.SUBMITTED
    assert client.get(url, follow=True).status_code == 200

    client.force_login(people.officer)
    sheet = client.get(reverse("staff_reports:inspect", args=[report.pk])).content.decode()
    assert "审核通过" in sheet and TEXTS["effect"] in sheet
    assert client.post(reverse("staff_reports:accept", args=[report.pk]), {"remark": ""}).status_code == 302
    assert Report.objects.get().status == ReportStatus.ACCEPTED


def sum_row(response) -> list[str]:
    """What the last row of the score table says."""
    row = response.content.decode().partition("<tfoot>")[2].partition("</tfoot>")[0]
    return re.sub(r"<[^>]+>", " ", row).split()


def test_the_officer_assigns_and_the_evaluator_scores(client, people, project):
    make_report(project, people)
    evaluator = make_evaluator()
    client.force_login(people.officer)
    url = reverse("staff_evaluation_assign", args=[project.pk, "MIDTERM"])
    assert evaluator.username in client.get(url).content.decode()
    assert client.post(url, {"evaluator": evaluator.pk}).status_code == 302
    one = Evaluation.objects.get()

    client.force_login(evaluator)
    assert project.title in client.get(reverse("monitoring:evaluations")).content.decode()
    assert client.get(reverse("monitoring:project", args=[project.key])).status_code == 200
    assert client.get(reverse("monitoring:evaluation", args=[one.key])).status_code == 200
    sheet = reverse("monitoring:sheet", args=[one.key])
    page = client.get(sheet).content.decode().partition("<main")[2]
    assert re.findall(r'<button[^>]* name="(\w+)"', page) == ["save", "submit", "save"]  # Enter presses the first
    assert client.post(sheet, {"p_team": "7.5", "save": "1"}).status_code == 302
    assert sum_row(client.get(sheet)) == ["合计", "100", "7.5"]
    refused = client.post(sheet, {"p_team": "9", "submit": "1"})
    assert refused.status_code == 422 and "应为0至8分" in refused.content.decode()
    given = {f"p_{score.code}": str(score.max_points) for score in one.scores.all()}
    assert client.post(sheet, {**given, "opinion": OPINION, "submit": "1"}).status_code == 302
    assert (Evaluation.objects.get().status, str(Evaluation.objects.get().total)) == (
        EvaluationStatus.PASSED,
        "100.00",
    )

    client.force_login(people.admin)
    result = client.get(reverse("monitoring:evaluation", args=[one.key]))
    assert "100.00" in result.content.decode()
    assert sum_row(result) == ["合计", "100.0", "100.0"]


def test_a_failed_evaluation_is_rectified_on_the_front(client, people, project):
    make_report(project, people)
    one = evaluate(make_task(project, people), "0.4")
    client.force_login(people.admin)
    assert "提交整改情况" in client.get(reverse("monitoring:evaluation", args=[one.key])).content.decode()
    url = reverse("monitoring:rectify", args=[one.key])
    assert client.post(url, {"rectification": "补齐了全部活动记录和签到表，重新整理了凭证。"}).status_code == 302
    assert Evaluation.objects.get().status == EvaluationStatus.RECTIFIED


def test_strangers_and_released_evaluators_find_nothing(client, people, project):
    make_report(project, people)
    task = make_task(project, people)
    keys = [
        reverse("monitoring:project", args=[project.key]),
        reverse("monitoring:evaluation", args=[task.evaluation.key]),
        reverse("monitoring:report_version", args=[Report.objects.get().key]),
    ]
    for user in (
        make_user("stranger"),
        make_evaluator("other"),
        make_user("far", Role.BUREAU_OFFICER, region="330212"),
    ):
        client.force_login(user)
        assert [client.get(url).status_code for url in keys] == [404, 404, 404]
    client.force_login(people.officer)
    release = reverse("staff_evaluation_tasks:release", args=[task.pk])
    assert client.post(release, {"reason": "评估人请假"}).status_code == 302
    client.force_login(task.evaluator)
    assert [client.get(url).status_code for url in keys] == [404, 404, 404]
    assert EvaluationTask.objects.get().status == "RELEASED"


def test_a_visit_is_recorded(client, people, project):
    client.force_login(people.officer)
    page = reverse("monitoring:project", args=[project.key])
    assert page in client.get(reverse("staff_projects:inspect", args=[project.pk])).content.decode()
    assert page in client.get(reverse("desk:project", args=[project.key])).content.decode()
    url = reverse("monitoring:record_visit", args=[project.key])
    answers = {
        "kind": "TRACK",
        "visited_on": "2026-08-12",
        "place": "后大街社区",
        "found": "防滑条一处松动",
        "result": "FOLLOW_UP",
    }
    assert client.post(url, answers).status_code == 302
    assert Visit.objects.get().result == "FOLLOW_UP"
    client.force_login(people.admin)
    assert client.post(url, answers).status_code == 403


@pytest.mark.parametrize("name", ["staff_reports", "staff_evaluation_tasks", "staff_evaluations", "staff_activities"])
def test_admin_lists_open_and_stay_in_the_region(client, people, project, name):
    make_report(project, people)
    evaluate(make_task(project, people))
    client.force_login(people.officer)
    assert project.title in client.get(reverse(f"{name}:index")).content.decode()
    client.force_login(make_user("far", Role.BUREAU_OFFICER, region="330212"))
    assert project.title not in client.get(reverse(f"{name}:index")).content.decode()


def test_the_project_page_asks_the_same_for_1_and_19_activities(
    client, people, project, django_assert_max_num_queries
):
    client.force_login(people.admin)
    url, counts = reverse("monitoring:project", args=[project.key]), []
    make_activity(project, people.admin)
    client.get(url)
    for total in (1, 19):
        for number in range(Activity.objects.count(), total):
            make_activity(project, people.admin, name=f"活动{number}", photos=[], sheet=None)
        with django_assert_max_num_queries(60) as asked:
            assert client.get(url).status_code == 200
        counts.append(len(asked.captured_queries))
    assert counts[0] == counts[1]


def test_the_head_of_a_page_keeps_a_day_on_one_line(client, people, project):
    activity = make_activity(project, people.admin)
    client.force_login(people.officer)

    page = client.get(reverse("staff_activities:inspect", args=[activity.pk])).content.decode()

    assert f"{activity.held_on:%Y-\u2060%m-\u2060%d}" in page
