"""Times, rooms and who has come."""

from datetime import timedelta

import pytest

from grants.review import commands, queries
from grants.review.models import Slot
from orgs.registry.models import MemberRole, Membership
from portal import clock
from portal.lifecycle import MoveNotAllowed, NotYet
from portal.notices.models import Notice
from tests.grants.makers_review import (
    COMMENT,
    make_defence_panel,
    open_defence,
    states,
)
from tests.makers import again, make_user

pytestmark = pytest.mark.django_db


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
