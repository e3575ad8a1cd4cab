"""一事一议: no panel scores; what passed the screening goes to the meeting as it is."""

from datetime import date

import pytest
from django.urls import reverse

from grants.applications.models import Application
from grants.applications.states import S as Screening
from grants.awards import commands, queries
from grants.awards.models import Award, Resolution
from grants.calls import queries as calls
from grants.calls.guards import unready
from grants.calls.models import ProgrammeType
from grants.review.queries import due, waiting
from portal import clock
from portal.access import Role
from tests.grants.makers_review import day, make_application, make_round, someone
from tests.makers import again

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return someone("officer", Role.BUREAU_OFFICER)


@pytest.fixture
def round():
    programme = ProgrammeType.objects.get(code="MICRO")
    return make_round("MIC-2026", programme=programme, closes_at=day("2026-06-01"), defence_places=0)


@pytest.fixture
def apps(round):
    return [make_application(round, n, fen=40_000_00) for n in (1, 2, 3)]


def meeting(apps, verdicts):
    rows = {f"items-{at}-{name}": value for at, app in enumerate(apps) for name, value in (
        ("application", app.pk), ("position", at + 1), ("verdict", verdicts[at]), ("amount", "4万"), ("reason", ""),
    )}  # fmt: skip
    return {
        "items-TOTAL_FORMS": len(apps), "items-INITIAL_FORMS": len(apps), **rows, "kind": "BUREAU",
        "met_on": "2026-06-12", "minutes_number": "〔2026〕9号", "attendees": "测试甲", "recusals": "",
    }  # fmt: skip


def test_the_meeting_takes_what_passed_the_screening_and_the_money_is_reserved(client, round, apps, officer):
    client.force_login(officer)
    url = reverse("staff_resolutions:meeting", args=[round.pk])
    page = client.get(url).content.decode()
    assert "一事一议，不评分，按申报编号列出" in page
    assert [word for word in ("无成绩", "还没有封存", "去掉一个最高分", "有效分") if word in page] == []

    answer = client.post(url, meeting(apps, ["PROPOSED", "NOT_PROPOSED", "PROPOSED"]))
    assert answer.status_code == 302, answer.content.decode()
    assert again(round).stage == "DECISION"

    client.force_login(someone("leader", Role.BUREAU_LEADER))
    client.post(reverse("staff_resolutions:record", args=[Resolution.objects.get().pk]))
    assert list(Award.objects.order_by("application__number").values_list("status", "amount")) == [
        ("PROPOSED", 40_000_00), ("NOT_PROPOSED", 0), ("PROPOSED", 40_000_00),
    ]  # fmt: skip
    assert queries.envelope_left(round) == 10_000_00
    client.force_login(officer)
    assert "无成绩" not in client.get(url).content.decode()


def test_the_list_says_what_the_round_went_through(round, apps, officer):
    items = [commands.Item(app, "PROPOSED", 20_000_00) for app in apps]
    values = {"kind": "BUREAU", "met_on": date(2026, 6, 12), "minutes_number": "〔2026〕9号", "attendees": "测试甲"}
    with clock.at(day("2026-06-12")):
        resolution = commands.draft_resolution(round, items=items, by=officer, **values)
        commands.record_resolution(resolution, by=someone("leader", Role.BUREAU_LEADER))

    basis = queries.publicity_texts(again(resolution))["basis"]

    assert basis.startswith("经资格审查和2026年6月12日局长办公会议集体研究（〔2026〕9号），拟对下列 3 个项目给予资助")


def test_the_officer_has_it_on_the_list_once_all_are_screened_and_the_secretary_never(round, apps, officer):
    Application.objects.filter(pk=apps[0].pk).update(due_on=date(2026, 6, 10))
    assert [(one.kind, one.url, one.due_on) for one in queries.due(officer)] == [
        ("awards.draft", reverse("staff_resolutions:meeting", args=[round.pk]), date(2026, 6, 10))
    ]
    assert due(someone("secretary", Role.PANEL_SECRETARY)) == []
    assert [row["round"] for row in queries.meetings(officer)] == [round]

    Application.objects.filter(pk=apps[0].pk).update(status=Screening.SUBMITTED)

    assert queries.due(officer) == []
    assert [str(one) for one in waiting(round)] == ["还有 1 个项目没有完成资格审查，请先审查。"]


def test_nothing_is_decided_while_applications_come_in(round, apps, officer):
    round.closes_at = day("2099-01-01")

    assert [str(one) for one in waiting(round)] == ["申报还没有截止，截止并完成资格审查后才能录入会议结果。"]


def test_the_notice_promises_no_experts_and_needs_no_rubric(round):
    round.criteria.all().delete()

    assert [one.code for one in unready(round) if one.code in ("rubric", "blind", "defence")] == []
    assert calls.rubric(round) == []
    steps = [one["title"] for one in calls.procedure(round, [], clock.now())]
    assert steps == ["网上申报", "资格审查", "集体研究和公示", "签约和拨款"]
    assert [one["title"] for one in calls.strip(round, clock.now())] == [
        "申报", "资格审查", "集体研究", "公示", "签约",
    ]  # fmt: skip


def test_a_defence_without_a_review_is_refused_before_publication(round):
    round.defence_places = 3

    assert "一事一议的批次没有专家评审，也就没有答辩，请把答辩入围数改为 0。" in [str(one) for one in unready(round)]
