"""The result of the meeting: verdicts, amounts, four eyes."""

import re
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from grants.applications.models import Application
from grants.awards import commands, queries
from grants.awards.models import Award, AwardShare, Resolution
from grants.awards.states import Meeting, S
from grants.funds import queries as funds
from grants.funds.models import Posting
from portal.lifecycle import NotYet
from portal.notices.models import Notice
from portal.trail.models import Event
from tests.grants.makers_awards import award_of, draft, make_proposed, standard
from tests.grants.makers_review import (
    make_application,
    make_panel,
    make_ranking,
    make_round,
)

pytestmark = pytest.mark.django_db


def test_recording_reserves_the_money_by_source(round, apps, officer, leader):
    resolution = make_proposed(round, apps, officer, leader)

    awards = [award_of(app) for app in apps]
    assert [(one.status, one.amount) for one in awards] == [
        (S.PROPOSED, 40_000_00), (S.PROPOSED, 38_500_00), (S.RESERVE, 40_000_00),
    ]  # fmt: skip
    assert funds.balances_of("round", "R2026") == {"envelope": 11_500_00}
    for one in awards[:2]:
        assert queries.balances(one) == {"reserved": one.amount}
        assert sum(AwardShare.objects.filter(award=one).values_list("amount", flat=True)) == one.amount
    assert sorted(share.source.code for share in awards[0].shares.all()) == ["FISCAL", "LOTTERY"]
    assert queries.balances(awards[2]) == {}
    assert resolution.recorded_by == leader
    assert Event.objects.filter(action="awards.propose").count() == 3
    posted = Posting.objects.filter(event="propose").values_list("made_by", "approved_by")
    assert set(posted) == {(officer.pk, leader.pk)}  # four eyes stand on the voucher too


def test_the_one_who_drafted_cannot_record(round, apps, officer):
    resolution = draft(round, standard(apps), officer)

    with pytest.raises(NotYet, match="另一位"):
        commands.record_resolution(resolution, by=officer)

    assert Award.objects.count() == 0


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"met_on": date(2020, 1, 1)}, "会议日期不能早于"),
        ({"met_on": date(2026, 6, 13)}, "会议日期不能晚于今天。"),
        ({"minutes_number": "=cmd"}, "纪要文号只能用汉字、字母、数字和"),
        ({"minutes_number": "<img onerror=x>"}, "纪要文号只能用汉字、字母、数字和"),
    ],
)
def test_a_meeting_has_a_possible_day_and_a_number_of_a_paper(round, apps, officer, values, words):
    with pytest.raises(NotYet, match=words):
        draft(round, standard(apps), officer, **values)
    assert Resolution.objects.count() == 0


def test_one_result_waits_at_a_time_and_a_leader_sends_a_wrong_one_back(client, round, apps, officer, leader):
    first = draft(round, standard(apps), officer)
    with pytest.raises(NotYet, match="已有一份待确认的会议结果（纪要 〔2026〕12号）"):
        draft(round, standard(apps), officer, minutes_number="〔2026〕13号")
    url = reverse("staff_resolutions:send_back", args=[first.pk])
    client.force_login(officer)
    assert client.post(url, {"reason": "金额与纪要不符"}).status_code == 403

    client.force_login(leader)
    response = client.post(url, {"reason": "金额与纪要不符"})

    assert (response.status_code, Resolution.objects.count()) == (302, 0)
    assert Notice.objects.get(kind="awards.sent_back").recipient == officer
    assert Event.objects.get(action="awards.cancel").reason == "金额与纪要不符"
    assert draft(round, standard(apps), officer).status == Meeting.DRAFT


def test_each_departure_from_the_ranking_needs_a_reason(round, apps, officer):
    items = [
        commands.Item(apps[2], "PROPOSED", 30_000_00),
        commands.Item(apps[0], "PROPOSED", 30_000_00),
        commands.Item(apps[1], "RESERVE", 40_000_00),
    ]

    with pytest.raises(NotYet, match="写明调整理由"):
        draft(round, items, officer)
    assert Resolution.objects.count() == 0

    items[0] = commands.Item(apps[2], "PROPOSED", 30_000_00, "区域均衡：贵驷街道近两年没有立项。")
    assert draft(round, items, officer).items.count() == 3


def test_amounts_stay_within_what_was_asked_the_ceiling_and_the_envelope(round, apps, officer):
    over = [
        commands.Item(apps[0], "PROPOSED", 40_000_01), commands.Item(apps[1], "PROPOSED", 55_000_00),
        commands.Item(apps[2], "PROPOSED", 1_00),
    ]  # fmt: skip

    with pytest.raises(NotYet) as told:
        draft(round, over, officer)

    assert [one.code for one in told.value.reasons] == ["asked", "asked", "ceiling", "money"]


def test_no_meeting_before_the_seal(round, officer):
    app = make_application(round, 1)
    make_panel(round, [app])

    with pytest.raises(NotYet, match="没有封存"):
        draft(round, [commands.Item(app, "PROPOSED", 1_00)], officer)


def test_one_award_per_organization_by_rule_and_by_the_database(round, officer, leader):
    first = make_application(round, 1)
    second = make_application(round, 2, organization=first.organization)
    make_ranking(round, [first, second])

    with pytest.raises(NotYet, match="每单位不超过 1 项"):
        draft(round, [commands.Item(first, "PROPOSED", 1_00), commands.Item(second, "PROPOSED", 1_00)], officer)

    resolution = draft(
        round,
        [commands.Item(first, "PROPOSED", 1_00), commands.Item(second, "NOT_PROPOSED", 0, "每单位不超过 1 项")],
        officer,
    )
    commands.record_resolution(resolution, by=leader)
    with pytest.raises(IntegrityError, match="award_per_round|awards_award"), transaction.atomic():
        Award.objects.filter(application=second).update(status=S.PROPOSED, amount=1_00, slot=1)


def test_the_whole_way_in_the_admin(client, round, apps, officer, leader):
    client.force_login(officer)
    page = client.get(reverse("staff_resolutions:meeting", args=[round.pk]))
    assert page.status_code == 200
    assert "资金用至此" in page.content.decode()
    rows = {f"items-{at}-{name}": value for at, app in enumerate(apps) for name, value in (
        ("application", app.pk), ("position", at + 1), ("verdict", "PROPOSED" if at < 2 else "RESERVE"),
        ("amount", "4万" if at == 0 else "38,500"), ("reason", ""),
    )}  # fmt: skip
    given = {
        "items-TOTAL_FORMS": 3, "items-INITIAL_FORMS": 3, **rows, "kind": "BUREAU", "met_on": "2026-06-12",
        "minutes_number": "〔2026〕9号", "attendees": "测试甲", "recusals": "",
    }  # fmt: skip
    response = client.post(reverse("staff_resolutions:meeting", args=[round.pk]), given)
    assert response.status_code == 302, response.content.decode()
    resolution = Resolution.objects.get()
    assert client.post(reverse("staff_resolutions:record", args=[resolution.pk])).status_code == 403

    client.force_login(leader)
    assert client.post(reverse("staff_resolutions:record", args=[resolution.pk])).status_code == 302
    assert [award_of(app).status for app in apps] == ["PROPOSED", "PROPOSED", "RESERVE"]
    for name in ("staff_awards", "staff_resolutions"):
        assert client.get(reverse(f"{name}:index")).status_code == 200
    assert client.get(reverse("staff_awards:inspect", args=[award_of(apps[0]).pk])).status_code == 200
    assert [one.kind for one in queries.due(officer)] == ["awards.publicise"]


def test_every_ranked_project_has_exactly_one_verdict(round, apps, officer):
    other = make_application(make_round("R2025"), 9)
    late = make_application(round, 8)
    Application.objects.filter(pk=late.pk).update(status="SUBMITTED")
    items = [
        commands.Item(apps[0], "PROPOSED", 1_00), commands.Item(apps[0], "RESERVE", 1_00),
        commands.Item(other, "NOT_PROPOSED"), commands.Item(late, "RESERVE", 1_00),
    ]  # fmt: skip

    with pytest.raises(NotYet) as told:
        draft(round, items, officer)

    assert [(one.code, one.text) for one in told.value.reasons] == [
        ("twice", "“助行计划1”出现了 2 次，每个项目只能有一个结果，请删去重复的。"),
        ("foreign", "“助行计划9”不是这个批次的项目，请删去。"),
        ("unranked", "“助行计划8”没有封存的评审成绩，不在排名中，请删去。"),
        ("missing", "还有 2 个项目没有结果：助行计划2、助行计划3，请逐一填写。"),
    ]
    assert Resolution.objects.count() == 0


@pytest.mark.parametrize(
    "changed, words",
    [({"items-2-application": 99999}, "编号 99999"), ({"items-TOTAL_FORMS": 2}, "还有 1 个项目没有结果")],
)
def test_a_foreign_or_a_missing_row_is_refused_on_the_screen(client, round, apps, officer, changed, words):
    rows = {f"items-{at}-{name}": value for at, app in enumerate(apps) for name, value in (
        ("application", app.pk), ("position", at + 1), ("verdict", "RESERVE"), ("amount", "1"), ("reason", ""),
    )}  # fmt: skip
    given = {
        "items-TOTAL_FORMS": 3, "items-INITIAL_FORMS": 3, **rows, "kind": "BUREAU", "met_on": "2026-06-12",
        "minutes_number": "〔2026〕9号", "attendees": "测试甲", "recusals": "", **changed,
    }  # fmt: skip
    client.force_login(officer)

    response = client.post(reverse("staff_resolutions:meeting", args=[round.pk]), given)

    assert response.status_code == 422
    assert words in response.content.decode()
    assert Resolution.objects.count() == 0


def test_the_meeting_and_its_result_count_the_verdicts(client, round, apps, officer):
    resolution = draft(round, standard(apps), officer)
    client.force_login(officer)

    for name, pk in (("meeting", round.pk), ("inspect", resolution.pk)):
        page = client.get(reverse(f"staff_resolutions:{name}", args=[pk])).content.decode()
        counts = re.findall(r'data-count="(\w+)">(\d+)</b>', page)
        assert counts == [("PROPOSED", "2"), ("RESERVE", "1"), ("NOT_PROPOSED", "0")]
    assert "78,500.00" in page
