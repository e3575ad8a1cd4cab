from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from grants.applications.models import Application
from grants.awards import commands, queries
from grants.awards.models import Award, AwardShare, Resolution
from grants.awards.states import Meeting, S
from grants.funds import queries as funds
from grants.funds.models import Account, Posting
from grants.publicity import commands as publicity
from orgs.registry.models import MemberRole, Membership
from portal import clock
from portal.access import Role
from portal.documents.models import Paper
from portal.lifecycle import MoveNotAllowed, NotYet
from portal.notices.models import Notice
from portal.trail.models import Event
from tests.grants.makers_awards import NUMBER, award_of, draft, make_draft_list, make_proposed, make_public, standard
from tests.grants.makers_review import (
    day,
    make_application,
    make_panel,
    make_ranking,
    make_round,
    make_source,
    someone,
)
from tests.makers import again, make_region

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return someone("officer", Role.BUREAU_OFFICER)


@pytest.fixture
def leader():
    return someone("leader", Role.BUREAU_LEADER)


@pytest.fixture
def round():
    return make_round(money={"LOTTERY": 60_000_00, "FISCAL": 30_000_00})


@pytest.fixture
def apps(round):
    found = [make_application(round, n) for n in (1, 2, 3)]
    make_ranking(round, found)
    return found


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


def test_the_others_are_confirmed_while_one_waits_for_its_objection(round, apps, officer, leader):
    listed = make_public(round, apps, officer, leader)
    with clock.at(day("2026-06-18")):
        objection = publicity.object_to(
            listed,
            kind="UNTRUE",
            facts="该单位的活动照片与去年另一个项目相同，请核查。",
            row=listed.rows.get(position=2, kind="PROPOSED"),
        )
        with pytest.raises(NotYet, match="期满后才能立项"):
            commands.confirm(award_of(apps[0]), document_number=NUMBER, by=leader)

    with clock.at(listed.ends_at + timedelta(hours=1)):
        done = commands.confirm(award_of(apps[0]), document_number="镇民（2026）1号", by=leader)
        with pytest.raises(NotYet, match="异议没有办结"):
            commands.confirm(award_of(apps[1]), document_number=NUMBER, by=leader)

    assert (done.status, done.document_number) == (S.APPROVED, NUMBER)
    assert queries.balances(done) == {"committed": 40_000_00, "reserved": 0}
    assert sum(line["amount"] for line in done.budget) == 40_000_00
    assert Paper.objects.get().number == f"LX-{done.code}"
    assert Event.objects.filter(action="awards.confirm").count() == 1

    head = someone("head", Role.BUREAU_HEAD)
    publicity.accept(objection, by=head)
    publicity.investigate(objection, by=head)
    publicity.dismiss(objection, findings="照片的拍摄时间和地点不同。", by=head)
    publicity.answer(objection, text="经核查，两组照片拍摄于不同的活动。", by=head)
    with clock.at(listed.ends_at + timedelta(days=3)):
        assert commands.confirm(award_of(apps[1]), document_number=NUMBER, by=leader).status == S.APPROVED


def test_an_upheld_objection_ends_in_dropping_and_the_reserve_follows(round, apps, officer, leader):
    listed = make_public(round, apps, officer, leader)
    with clock.at(day("2026-06-18")):
        objection = publicity.object_to(
            listed,
            kind="UNTRUE",
            facts="单位承诺书上的签字不是本人所签，请核查真伪。",
            row=listed.rows.get(position=1, kind="PROPOSED"),
        )
    head = someone("head", Role.BUREAU_HEAD)
    publicity.accept(objection, by=head)
    publicity.investigate(objection, by=head)
    publicity.uphold(objection, findings="签字确实不是本人所签。", by=head)
    publicity.answer(objection, text="经核查，反映情况属实，取消资格。", by=head)

    with clock.at(listed.ends_at):
        with pytest.raises(NotYet, match="异议成立"):
            commands.confirm(award_of(apps[0]), document_number=NUMBER, by=leader)
        dropped = commands.drop(award_of(apps[0]), reason="异议成立，取消资格。", by=leader)
        promoted = commands.promote(award_of(apps[2]), by=leader)

    assert (dropped.status, queries.balances(dropped)) == (S.DROPPED, {"reserved": 0})
    assert (promoted.status, queries.balances(promoted)) == (S.PROPOSED, {"reserved": 40_000_00})
    assert funds.balances_of("round", "R2026") == {"envelope": 11_500_00}


def test_a_wrong_document_number_and_the_drafter_are_refused(round, apps, officer, leader):
    listed = make_public(round, apps, officer, leader)

    with clock.at(listed.ends_at):
        with pytest.raises(NotYet, match="发文字号"):
            commands.confirm(award_of(apps[0]), document_number="2026-1", by=leader)
        with pytest.raises(NotYet, match="另一位领导"):
            commands.confirm(award_of(apps[0]), document_number=NUMBER, by=officer)
        with pytest.raises(MoveNotAllowed):
            commands.confirm(award_of(apps[2]), document_number=NUMBER, by=leader)


def test_a_lapsed_award_gives_its_money_back_to_each_source(round, apps, officer, leader):
    listed = make_public(round, apps, officer, leader)
    with clock.at(listed.ends_at):
        award = commands.confirm(award_of(apps[0]), document_number=NUMBER, by=leader)
        lapsed = commands.lapse(award, reason="逾期没有签订协议。", by=leader)

    assert lapsed.status == S.LAPSED
    assert set(queries.balances(lapsed).values()) == {0}
    # The other award still holds its part of each source.
    held = funds.balance("reserved", "award", apps[1].number)
    assert funds.balance("envelope", "round", "R2026") == {
        "FISCAL": 30_000_00 - held["FISCAL"],
        "LOTTERY": 60_000_00 - held["LOTTERY"],
    }


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


def test_an_applicant_hears_nothing_before_publicity(round, apps, officer, leader):
    admin = someone("writer", Role.ORG_ADMIN)
    Membership.objects.create(organization=apps[0].organization, user=admin, role=MemberRole.ADMIN)
    make_proposed(round, apps, officer, leader)

    assert Award.objects.visible_to(admin).count() == 0
    assert Notice.objects.filter(recipient=admin).count() == 0


def history(n, **values):
    return {
        "code": f"MIC-2015-{n:06d}", "programme": "MICRO", "organization_name": "后大街社区居民委员会", "region": make_region("330211001"),
        "year": 2015, "amount": 14_200_00, "title": "楼道扶手加装", "split_is_invented": True, **values,
    }  # fmt: skip


def test_history_enters_once_with_its_whole_life(leader):
    finance, source = someone("finance", Role.BUREAU_FINANCE), make_source()

    first = commands.import_award(**history(1), source=source, by=finance, approved_by=leader)
    second = commands.import_award(**history(1), source=source, by=finance, approved_by=leader)

    assert first == second
    assert (first.status, first.is_historic, first.split_is_invented) == (S.APPROVED, True, True)
    assert {kind: fen for kind, fen in queries.balances(first).items() if fen} == {"spent": 14_200_00}
    assert Posting.objects.count() == 7
    assert sum(Account.objects.values_list("balance", flat=True)) == 0


def test_a_list_of_history_posts_its_budget_once(leader, django_assert_max_num_queries):
    finance, source = someone("finance", Role.BUREAU_FINANCE), make_source()

    awards = commands.import_awards(
        [history(n) for n in range(1, 6)], source_of={"MICRO": source}, by=finance, approved_by=leader
    )
    commands.import_awards(
        [history(n) for n in range(1, 6)], source_of={"MICRO": source}, by=finance, approved_by=leader
    )

    assert len(awards) == 5
    assert Award.objects.count() == 5
    assert Posting.objects.filter(event="appropriate_budget").count() == 1
    assert Posting.objects.count() == 2 + 5 * 5
    assert again(awards[0]).document_number == ""


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


def lines(listed):
    return [(one.kind, one.position, one.subject_code) for one in listed.rows.order_by("-kind", "position")]


def test_what_is_dropped_before_the_publicity_leaves_its_draft(round, apps, officer, leader):
    listed = make_draft_list(round, apps, officer, leader)
    assert "下列 2 个项目" in listed.basis
    with clock.at(day("2026-06-16")):
        commands.drop(award_of(apps[0]), reason="单位放弃项目。", by=leader)

    listed = again(listed)
    assert lines(listed) == [("RESERVE", 1, "VEN-2026-000003"), ("PROPOSED", 1, "VEN-2026-000002")]
    assert ("下列 1 个项目" in listed.basis, listed.envelope, listed.created_by) == (True, 90_000_00, officer)
    with clock.at(day("2026-06-16")):
        commands.promote(award_of(apps[2]), by=leader)
    assert lines(again(listed)) == [("PROPOSED", 1, "VEN-2026-000002"), ("PROPOSED", 2, "VEN-2026-000003")]
    assert "下列 2 个项目" in again(listed).basis
    assert Event.objects.filter(action="publicity.redraw").count() == 2


def test_a_published_list_keeps_its_rows_when_an_award_is_dropped(round, apps, officer, leader):
    listed = make_public(round, apps, officer, leader)
    before = lines(listed)

    commands.drop(award_of(apps[0]), reason="单位放弃项目。", by=leader)

    assert lines(listed) == before
    with pytest.raises(MoveNotAllowed):
        commands.rebuild(Resolution.objects.get(), by=officer)


def test_a_number_in_a_title_is_reworded_in_the_draft_and_the_list_goes_out(client, round, apps, officer, leader):
    Application.objects.filter(pk=apps[0].pk).update(title="助行计划19900001234")
    listed = make_draft_list(round, apps, officer, leader)
    other, head = someone("officer2", Role.BUREAU_OFFICER), someone("head", Role.BUREAU_HEAD)
    row = listed.rows.get(subject_code=apps[0].number)
    client.force_login(other)
    url = reverse("staff_publicity:reword", args=[listed.pk])
    given = {"row": row.pk, "title": "助行计划", "reason": "名称中含有手机号"}
    with clock.at(day("2026-06-16")):
        with pytest.raises(NotYet, match="手机号"):
            publicity.start(listed, by=head)
        assert "助行计划19900001234" in client.get(f"{url}?row={row.subject_code}").content.decode()
        assert client.post(url, {**given, "title": "电话19900001234"}).status_code == 422
        assert client.post(url, given).status_code == 302
        with pytest.raises(NotYet, match="拟稿人不能自己发布"):
            publicity.start(listed, by=other)
        commands.rebuild(Resolution.objects.get(), by=officer)
        listed = publicity.start(listed, by=head)

    assert listed.rows.get(subject_code=apps[0].number).title == "助行计划"
    event = Event.objects.get(action="publicity.reword")
    assert (event.reason, "19900001234" in str([event.before, event.after])) == ("名称中含有手机号", False)
    with clock.at(listed.ends_at):
        commands.confirm(award_of(apps[0]), document_number=NUMBER, by=leader)
    assert award_of(apps[0]).title == "助行计划"


def test_the_officer_rebuilds_a_draft_on_the_screen(client, round, apps, officer, leader):
    listed = make_draft_list(round, apps, officer, leader)
    Award.objects.filter(application=apps[1]).update(status=S.DROPPED, slot=None)
    client.force_login(officer)

    response = client.post(reverse("staff_resolutions:rebuild", args=[Resolution.objects.get().pk]))

    assert response.url == reverse("staff_publicity:inspect", args=[listed.pk])
    assert [code for _kind, _position, code in lines(listed)] == ["VEN-2026-000003", "VEN-2026-000001"]


def test_the_leaders_list_leaves_out_what_an_objection_blocks_and_drops_what_one_ended(round, apps, officer, leader):
    listed = make_public(round, apps, officer, leader)
    with clock.at(day("2026-06-18")):
        objection = publicity.object_to(
            listed,
            kind="UNTRUE",
            facts="单位承诺书上的签字不是本人所签，请核查真伪。",
            row=listed.rows.get(position=1, kind="PROPOSED"),
        )
    head = someone("head", Role.BUREAU_HEAD)
    publicity.accept(objection, by=head)
    publicity.investigate(objection, by=head)
    with clock.at(listed.ends_at):
        assert [one.title for one in queries.due(leader)] == [f"立项 · {apps[1].title}"]

    publicity.uphold(objection, findings="签字确实不是本人所签。", by=head)
    publicity.answer(objection, text="经核查，反映情况属实，取消资格。", by=head)
    with clock.at(listed.ends_at):
        assert [(one.title, one.url) for one in queries.due(leader)] == [
            (f"不予立项 · {apps[0].title}", reverse("staff_awards:drop", args=[award_of(apps[0]).pk])),
            (f"立项 · {apps[1].title}", reverse("staff_awards:confirm", args=[award_of(apps[1]).pk])),
        ]
