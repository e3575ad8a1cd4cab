"""Who acts at a defence: expert, substitute, secretary, applicant."""

from datetime import timedelta

import pytest
from django.urls import reverse

from grants.review import commands, queries
from grants.review.models import Assignment, Conflict
from orgs.registry.models import MemberRole, Membership
from portal import clock
from portal.access import Role
from portal.lifecycle import MoveNotAllowed, NotYet
from portal.notices.models import Notice
from tests.grants.defence.conftest import TIE
from tests.grants.makers_review import (
    COMMENT,
    declare,
    experts,
    make_defence_panel,
    make_panel,
    open_defence,
    score_all,
)
from tests.makers import again, make_organization, make_user

pytestmark = pytest.mark.django_db


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
