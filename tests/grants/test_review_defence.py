"""From the sealed paper review to the final ranking: the short list, the slots, who came, the two scores."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from grants.awards import commands as awards
from grants.awards import queries as awarded
from grants.review import commands, queries, rules
from grants.review.models import Assignment, Candidacy, Conflict, Shortlist, Slot
from grants.review.states import Candidate
from orgs.registry.models import MemberRole, Membership
from portal import clock
from portal.access import Role
from portal.fields.models import AppendOnlyRow
from portal.lifecycle import MoveNotAllowed, NotYet
from portal.notices.models import Notice
from portal.trail.models import Event
from tests.grants.makers_review import (
    COMMENT,
    declare,
    defend,
    experts,
    make_application,
    make_defence_panel,
    make_defence_round,
    make_panel,
    make_ranking,
    make_round,
    open_defence,
    score_all,
    someone,
)
from tests.makers import again, make_organization, make_user

pytestmark = pytest.mark.django_db
TIE = {1: [90] * 5, 2: [80] * 5, 3: [80] * 5, 4: [70] * 5}


@pytest.fixture
def secretary(db):
    return someone("secretary", Role.PANEL_SECRETARY)


@pytest.fixture
def round(db):
    return make_defence_round()


@pytest.fixture
def apps(round):
    return [make_application(round, n) for n in (1, 2, 3, 4)]


@pytest.fixture
def ranked(round, apps):
    return make_ranking(round, apps, {one.number: TIE[at] for at, one in enumerate(apps, 1)})


@pytest.fixture
def short(round, ranked, secretary):
    return commands.cut_shortlist(round, by=secretary)


def states(round):
    rows = Candidacy.objects.filter(application__round=round).order_by("application__number")
    return list(rows.values_list("status", flat=True))


def test_the_sealed_paper_review_waits_for_the_short_list(round, apps, ranked):
    assert states(round) == ["IN_REVIEW"] * 4
    assert [one.code for one in queries.waiting(round)] == ["uncut"]
    assert [one.kind for one in queries.due(ranked.secretary)] == ["review.shortlist"]
    assert awarded.table(round).rows == []


def test_the_first_of_the_ranking_go_in_and_a_tie_at_the_line_is_explained(round, apps, short):
    rows = queries.paper_rows(round)
    inside = {row["number"] for row in rows[:2]}

    assert [row["score"] for row in rows] == ["90.00", "80.00", "80.00", "70.00"]
    assert {one.number for one in apps if again(one).stage == "SHORTLISTED"} == inside
    assert sorted(states(round)) == ["NOT_SHORTLISTED", "NOT_SHORTLISTED", "SHORTLISTED", "SHORTLISTED"]
    assert short.cut.startswith("入围名额 2 项，第 2 名与 P-0")
    assert "同为 80.00 分" in short.cut
    assert "抽签排定" in short.cut
    assert Event.objects.filter(action="review.cut").count() == 1
    assert Notice.objects.filter(kind="review.shortlisted").count() == 2
    assert Notice.objects.filter(kind="review.left_out").count() == 2
    assert again(round).stage == "DEFENCE"
    shortlisted = Candidacy.objects.filter(status=Candidate.SHORTLISTED)
    assert all(one.due_on for one in shortlisted)


def test_the_short_list_is_cut_once_and_stays(round, short, secretary):
    with pytest.raises(NotYet, match="已经确定"):
        commands.cut_shortlist(round, by=secretary)
    with pytest.raises(AppendOnlyRow):
        short.save()


def test_the_short_list_waits_for_every_panel_and_every_application(round, apps, secretary):
    make_panel(round, apps[:3])

    with pytest.raises(NotYet) as refusal:
        commands.cut_shortlist(round, by=secretary)

    assert [one.code for one in refusal.value.reasons] == ["unsealed", "left"]
    assert not Shortlist.objects.exists()


def test_a_round_without_a_defence_has_no_short_list(secretary):
    plain = make_round("R2027")

    with pytest.raises(NotYet, match="不设答辩"):
        commands.cut_shortlist(plain, by=secretary)


def test_two_groups_are_cut_as_one_ranking(secretary):
    round = make_defence_round(places=3)
    first = [make_application(round, n) for n in (1, 2)]
    second = [make_application(round, n) for n in (3, 4)]
    for name, rows, totals in (("甲组", first, (90, 70)), ("乙组", second, (85, 60))):
        panel = make_panel(round, rows, name=name)
        score_all(panel, {one.number: [total] * 5 for one, total in zip(rows, totals, strict=True)})
        commands.lock(panel, by=secretary)
        commands.seal(panel, by=secretary)

    commands.cut_shortlist(round, by=secretary)

    assert [row["rank"] for row in queries.paper_rows(round)] == [1, 2, 3, 4]
    assert states(round) == ["SHORTLISTED", "SHORTLISTED", "SHORTLISTED", "NOT_SHORTLISTED"]
    codes = Candidacy.objects.values_list("code", flat=True)
    assert sorted(codes) == ["P-01", "P-02", "P-03", "P-04"]


def test_a_defence_panel_wants_the_short_list_first(round, ranked, secretary):
    with pytest.raises(NotYet, match="入围名单还没有确定"):
        make_defence_panel(round)


def test_slots_follow_each_other_in_a_drawn_order(round, short):
    panel = make_defence_panel(round)
    start = clock.now() + timedelta(hours=24)

    commands.schedule(
        panel, list(queries.unscheduled(round)), starts_at=start, minutes=15, room="201 室", by=panel.secretary
    )

    slots = list(panel.slots.order_by("position"))
    assert [(one.position, one.starts_at, one.room) for one in slots] == [
        (1, start, "201 室"), (2, start + timedelta(minutes=15), "201 室"),
    ]  # fmt: skip
    assert sorted(states(round))[:2] == ["DEFENCE_SCHEDULED"] * 2
    assert Notice.objects.filter(kind="review.scheduled").count() == 2
    assert list(queries.unscheduled(round)) == []
    with pytest.raises(MoveNotAllowed):
        commands.schedule(
            panel, [one.candidacy for one in slots], starts_at=start, minutes=15, room="201 室", by=panel.secretary
        )


@pytest.mark.parametrize(
    ("hours", "minutes", "room", "reason"),
    [
        (-1, 15, "201 室", "已经过去"),
        (24, 3, "201 室", "5 到 120 分钟"),
        (24, 15, " ", "地点"),
        (72, 15, "201 室", "评分截止"),
    ],
)
def test_a_slot_at_an_impossible_time_is_refused(round, short, hours, minutes, room, reason):
    panel = make_defence_panel(round)

    with pytest.raises(NotYet, match=reason):
        commands.schedule(
            panel, list(queries.unscheduled(round)), starts_at=clock.now() + timedelta(hours=hours), minutes=minutes,
            room=room, by=panel.secretary,
        )  # fmt: skip

    assert Slot.objects.count() == 0


def test_one_leader_cannot_speak_twice_at_a_time(round, apps, short):
    leader = make_user("shared", name="演示共同负责人")
    for one in queries.unscheduled(round):
        Membership.objects.create(organization=one.application.organization, user=leader, role=MemberRole.WRITER)
    one, other = queries.unscheduled(round)
    start = clock.now() + timedelta(hours=24)
    first, second = make_defence_panel(round), make_defence_panel(round, "答辩二组")
    commands.schedule(first, [one], starts_at=start, minutes=20, room="201 室", by=first.secretary)

    with pytest.raises(NotYet, match="演示共同负责人，时间重叠"):
        commands.schedule(
            second, [other], starts_at=start + timedelta(minutes=10), minutes=20, room="202 室", by=second.secretary
        )
    commands.schedule(
        second, [other], starts_at=start + timedelta(minutes=20), minutes=20, room="202 室", by=second.secretary
    )
    with pytest.raises(NotYet, match="时间重叠"):
        commands.move_slot(second.slots.get(), starts_at=start, room="202 室", by=second.secretary)

    assert second.slots.get().starts_at == start + timedelta(minutes=20)


def test_one_room_holds_one_defence_at_a_time(round, short):
    one, other = queries.unscheduled(round)
    start = clock.now() + timedelta(hours=24)
    first, second = make_defence_panel(round), make_defence_panel(round, "答辩二组")
    commands.schedule(first, [one], starts_at=start, minutes=20, room="201 室", by=first.secretary)

    with pytest.raises(NotYet, match="都在201 室"):
        commands.schedule(second, [other], starts_at=start, minutes=20, room="201 室", by=second.secretary)


def test_nobody_scores_before_the_project_has_come(round, short):
    panel = open_defence(round)
    member = panel.members.first()
    mine = member.assignments.first()

    with pytest.raises(MoveNotAllowed, match="还没有签到"):
        commands.score(mine, points={"DA": "50", "DB": "30"}, comment=COMMENT, by=member.user)
    slot = mine.candidacy.defence
    with pytest.raises(NotYet, match="答辩当天"), clock.at(slot.starts_at - timedelta(days=1)):
        commands.attend(slot, by=panel.secretary)
    with pytest.raises(NotYet, match="还没有到答辩时间"):
        commands.miss(slot, by=panel.secretary)

    with clock.at(slot.starts_at):
        commands.attend(slot, by=panel.secretary)
        with pytest.raises(MoveNotAllowed, match="已经登记"):
            commands.attend(slot, by=panel.secretary)
        with pytest.raises(MoveNotAllowed, match="已经登记"):
            commands.miss(slot, by=panel.secretary)
    commands.score(mine, points={"DA": "50", "DB": "30"}, comment=COMMENT, by=member.user)

    assert again(mine.sheet).total == 80


def test_the_lock_waits_until_it_is_known_who_came(round, short):
    panel = open_defence(round)

    with clock.at(panel.due_at + timedelta(minutes=1)), pytest.raises(NotYet, match="没有登记到场或缺席"):
        commands.lock(panel, by=panel.secretary)


def finish(panel):
    commands.lock(panel, by=panel.secretary)
    return commands.seal(again(panel), by=panel.secretary)


def test_paper_and_defence_are_weighed_and_the_meeting_sees_the_result(round, apps, short):
    panel = open_defence(round)
    inside = [row for row in short.rows if row["is_in"]]
    defend(panel, {inside[0]["number"]: [70] * 5, inside[1]["number"]: [90] * 5})
    finish(panel)

    rows = queries.ranking(again(panel))
    assert [(row.number, row.paper, row.defence, row.score) for row in rows] == [
        (inside[1]["number"], "80.00", "90.00", "86.00"), (inside[0]["number"], "90.00", "70.00", "78.00"),
    ]  # fmt: skip
    assert queries.is_true_to_seal(again(panel))
    assert queries.waiting(round) == []
    assert again(round).stage == "DECISION"
    table = awarded.table(round)
    assert [(row.application.number, row.rank, row.parts) for row in table.rows] == [
        (inside[1]["number"], 1, ("80.00", "90.00")), (inside[0]["number"], 2, ("90.00", "70.00")),
    ]  # fmt: skip
    officer = someone("officer", Role.BUREAU_OFFICER)
    with pytest.raises(NotYet, match="没有封存的评审成绩"):
        out = next(one for one in apps if again(one).stage == "NOT_SHORTLISTED")
        draft(round, [awards.Item(out, "PROPOSED", 100_00)], officer)
    draft(round, [awards.Item(row.application, "PROPOSED", 10_000_00) for row in table.rows], officer)


def draft(round, items, by):
    return awards.draft_resolution(
        round, kind="PARTY_GROUP", met_on=clock.today(), minutes_number="镇民会纪〔2026〕3号", attendees="领导", items=items,
        by=by,
    )  # fmt: skip


def test_who_does_not_come_has_given_up(round, apps, short):
    panel = open_defence(round)
    inside = [row for row in short.rows if row["is_in"]]
    defend(panel, {inside[1]["number"]: [90] * 5})
    finish(panel)

    absent = Candidacy.objects.get(application=inside[0]["application"])
    assert absent.status == Candidate.DEFENCE_ABSENT
    assert Assignment.objects.active().filter(candidacy=absent, member__panel=panel).count() == 0
    assert [(row.rank, row.number) for row in queries.ranking(again(panel))] == [
        (1, inside[1]["number"]), (None, inside[0]["number"]),
    ]  # fmt: skip
    assert [row.application.number for row in awarded.table(round).rows] == [inside[1]["number"]]
    assert Notice.objects.filter(kind="review.missed").count() == 1


def test_nought_points_for_an_absence_is_a_parameter_of_the_round(secretary):
    round = make_defence_round(absence="ZERO")
    apps = [make_application(round, n) for n in (1, 2)]
    make_ranking(round, apps, {apps[0].number: [90] * 5, apps[1].number: [80] * 5})
    commands.cut_shortlist(round, by=secretary)
    panel = open_defence(round)
    defend(panel, {apps[1].number: [50] * 5})
    finish(panel)

    rows = awarded.table(round).rows

    assert [(row.application.number, row.score) for row in rows] == [
        (apps[1].number, "62.00"),
        (apps[0].number, "36.00"),
    ]


def test_anybody_recomputes_the_ranking_from_the_exported_figures(client, round, short):
    panel = open_defence(round)
    inside = [row for row in short.rows if row["is_in"]]
    defend(panel, {inside[0]["number"]: [70, 71, 72, 73, 90], inside[1]["number"]: [60, 71, 72, 73, 80]})
    finish(panel)
    client.force_login(panel.secretary)

    answer = client.get(reverse("staff_panels:figures", args=[panel.pk]))

    header, *rows = load_workbook(io.BytesIO(answer.content))["计分"].values
    entries, printed = [], []
    for line in rows:
        row = dict(zip(header, line, strict=True))
        kept = [Decimal(text) for text in row["有效总分"].split()]
        defence = rules.mean(kept)
        total = rules.combined(Decimal(row["初评成绩"]), defence, int(row["初评占比"]))
        assert (str(defence), str(total)) == (row["答辩成绩"], row["总成绩"])
        cost = Decimal(row["人次成本（分）"])
        entries.append(rules.Entry(row["编号"], total, Decimal(row["需求与方案"]), cost, row["抽签值"]))
        printed.append((row["编号"], row["名次"], row["并列排定办法"] or ""))
    assert [(one.code, one.rank, one.tie) for one in rules.rank(entries)] == printed


def test_marks_far_apart_want_a_word_of_the_panel(round, short):
    panel = open_defence(round)
    inside = [row for row in short.rows if row["is_in"]]
    defend(panel, {inside[0]["number"]: [50, 70, 72, 73, 90], inside[1]["number"]: [80] * 5})
    commands.lock(panel, by=panel.secretary)

    with pytest.raises(NotYet, match="相差超过 25 分"):
        commands.seal(again(panel), by=panel.secretary)
    made = commands.seal(again(panel), note="评审组复核：两位专家对预算理解不同，评分均有效。", by=panel.secretary)

    assert made.note.startswith("评审组复核")


def test_a_conflict_of_the_paper_review_stands_at_the_defence(round, apps, secretary):
    panel = make_panel(round, apps, declared=False)
    for at, member in enumerate(panel.members.all()):
        declare(member, **({apps[0].organization.name: "CONFLICT"} if at == 0 else {}))
    score_all(panel, {one.number: TIE[at] for at, one in enumerate(apps, 1)})
    commands.lock(panel, by=secretary)
    commands.seal(again(panel), by=secretary)
    commands.cut_shortlist(round, by=secretary)

    defence = open_defence(round)

    carried = Conflict.objects.get(member__panel=defence)
    assert (carried.member.user, carried.origin, carried.note) == (experts()[0], "RULE", "初评时已回避")
    assert Assignment.objects.visible_to(experts()[0]).filter(member__panel=defence).count() == 1


def test_an_expert_declines_late_and_a_substitute_takes_everything(round, apps):
    panel = make_panel(round, apps)
    member, stand_in = panel.members.first(), panel.members.get(is_substitute=True)
    mine = member.assignments.first()
    commands.score(
        mine, points={"A": "20", "B": "28", "C": "8", "E": "16", "F": "8"}, comment=COMMENT, by=member.user
    )

    with pytest.raises(MoveNotAllowed, match="本人"):
        commands.decline(member, reason="临时出差", by=stand_in.user)
    with pytest.raises(MoveNotAllowed, match="没有谢绝"):
        commands.step_in(member, stand_in, by=panel.secretary)
    commands.decline(member, reason="临时出差，不能完成评审。", by=member.user)
    with pytest.raises(MoveNotAllowed, match="已谢绝"):
        commands.decline(again(member), reason="临时出差，不能完成评审。", by=member.user)
    assert again(mine.sheet).status == "EXCLUDED"
    assert Assignment.objects.visible_to(member.user).count() == 0
    given = commands.step_in(member, stand_in, by=panel.secretary)
    with pytest.raises(NotYet, match="都已递补"):
        commands.step_in(member, stand_in, by=panel.secretary)

    assert len(given) == 4
    assert Assignment.objects.visible_to(stand_in.user).count() == 4
    assert Notice.objects.filter(kind="review.declined", recipient=panel.secretary).count() == 1


def test_the_secretary_walks_the_defence_on_the_screens(client, round, ranked, secretary):
    client.force_login(secretary)
    here = reverse("staff_panels:shortlist", args=[round.pk])
    page = client.get(here).content.decode()
    assert "入围线" in page
    assert client.post(here).status_code == 302
    assert "入围名单已确定" in client.get(here).content.decode()
    assert client.post(here).status_code == 422
    panel = make_defence_panel(round)
    chosen = [one.pk for one in queries.unscheduled(round)]
    begin = (clock.now() + timedelta(hours=24)).astimezone(clock.ZONE)
    given = {"candidacies": chosen, "starts_at": f"{begin:%Y-%m-%dT%H:%M}", "minutes": 15, "room": "201 室"}
    assert client.post(reverse("staff_panels:schedule", args=[panel.pk]), given).status_code == 302
    assert client.post(reverse("staff_panels:assign", args=[panel.pk])).status_code == 302
    assert client.post(reverse("staff_panels:open", args=[panel.pk])).status_code == 302
    slot = panel.slots.first()
    assert client.get(reverse("staff_slots:index")).status_code == 200
    later = f"{begin + timedelta(hours=2):%Y-%m-%dT%H:%M}"
    moved = client.post(reverse("staff_slots:move", args=[slot.pk]), {"starts_at": later, "room": "202 室"})
    assert moved.status_code == 302
    assert "签到只能在答辩当天" in client.get(reverse("staff_slots:attend", args=[slot.pk])).content.decode() or (
        clock.today() == slot.starts_at.astimezone(clock.ZONE).date()
    )
    with clock.at(again(slot).starts_at):
        assert client.post(reverse("staff_slots:attend", args=[slot.pk])).status_code == 302
    assert again(slot).present_at is not None
    assert "已签到" in client.get(reverse("staff_panels:console", args=[panel.pk])).content.decode()


def test_another_secretary_and_another_role_are_refused(client, round, short):
    panel = open_defence(round)
    slot = panel.slots.first()
    for user in (make_user("other", Role.PANEL_SECRETARY), make_user("officer9", Role.BUREAU_OFFICER)):
        client.force_login(user)
        with clock.at(slot.starts_at):
            assert client.post(reverse("staff_slots:attend", args=[slot.pk])).status_code == 403
    client.force_login(make_user("away", Role.PANEL_SECRETARY, region="330212"))
    assert client.get(reverse("staff_slots:attend", args=[slot.pk])).status_code == 404
    client.force_login(make_user("accountant", Role.AUDITOR))
    assert client.post(reverse("staff_panels:shortlist", args=[round.pk])).status_code == 403


def test_the_applicant_sees_the_defence_in_the_work_list(round, short):
    slot = open_defence(round).slots.select_related("candidacy__application").first()
    admin = make_user("admin9")
    Membership.objects.create(organization=slot.candidacy.application.organization, user=admin, role=MemberRole.ADMIN)

    rows = queries.due(admin)

    assert [(one.kind, one.due_on) for one in rows] == [
        ("review.defend", slot.starts_at.astimezone(clock.ZONE).date())
    ]
    assert "201 室" in rows[0].state
    make_organization("镇海区演示别处服务中心", None, admin=(stranger := make_user("stranger9")))
    assert queries.due(stranger) == []


def test_an_expert_sees_the_comments_of_the_paper_review_and_declines_on_the_screen(client, round, short):
    panel = open_defence(round)
    member = panel.members.first()
    client.force_login(member.user)
    page = client.get(reverse("review:desk", args=[member.assignments.first().key])).content.decode()

    assert "初评意见" in page
    assert "签到后可以评分" in page
    answer = client.post(reverse("review:decline", args=[member.key]), {"reason": "临时出差，不能到场。"})

    assert answer.status_code == 302
    assert again(member).declined_at is not None
