"""A panel that was set up by mistake: its end is moved, or it is given up; the round goes on."""

from datetime import timedelta

import pytest
from django.urls import reverse

from grants.applications.models import Application
from grants.awards import queries as awarded
from grants.review import commands, queries
from grants.review.models import Assignment, Candidacy, Conflict, Panel, Slot
from grants.review.states import Candidate, PanelState
from orgs.registry.models import MemberRole, Membership
from portal import clock
from portal.access import Role
from portal.lifecycle import MoveNotAllowed, NotYet
from portal.notices.models import Notice
from portal.trail.models import Event
from tests.grants.makers_review import (
    experts,
    make_application,
    make_defence_panel,
    make_defence_round,
    make_panel,
    make_ranking,
    make_round,
    someone,
)
from tests.makers import again

pytestmark = pytest.mark.django_db
REASON = "评分截止填错了，重新成立。"


def hours(count):
    return clock.now() + timedelta(hours=count)


def secretary():
    return someone("secretary", Role.PANEL_SECRETARY)


def test_an_end_that_has_passed_is_refused_at_drafting():
    with pytest.raises(NotYet, match="评分截止时间已经过去"):
        commands.make_panel(make_round(), name="甲组", due_at=hours(-1), by=secretary())

    assert Panel.objects.count() == 0


def test_a_draft_gets_another_end_and_an_open_panel_only_a_later_one():
    round = make_round()
    panel = make_panel(round, [make_application(round, 1)], opened=False)
    earlier, later = hours(24), hours(400)

    assert commands.reset_due(panel, due_at=earlier, by=panel.secretary).due_at == earlier
    with pytest.raises(NotYet, match="已经过去"):
        commands.reset_due(panel, due_at=hours(-1), by=panel.secretary)
    panel = commands.open_panel(panel, by=panel.secretary)
    with pytest.raises(NotYet) as told:
        commands.reset_due(panel, due_at=hours(23), by=panel.secretary)
    assert [one.code for one in told.value.reasons] == ["due_at", "reason"]

    panel = commands.reset_due(panel, due_at=later, reason="两位专家出差，推迟评分。", by=panel.secretary)

    assert (panel.due_at, panel.due_on) == (later, later.astimezone(clock.ZONE).date())
    assert Notice.objects.filter(kind="review.due_reset").count() == 6
    event = Event.objects.filter(action="review.reset_due").order_by("-pk").first()
    assert event.reason == "两位专家出差，推迟评分。"


def test_the_end_of_a_locked_panel_stays():
    round = make_round()
    panel = make_ranking(round, [make_application(round, 1)])

    with pytest.raises(MoveNotAllowed):
        commands.reset_due(panel, due_at=hours(400), reason="推迟推迟推迟", by=panel.secretary)


def test_a_cancelled_panel_gives_its_projects_back_and_holds_nobody_up():
    round = make_round()
    apps = [make_application(round, n) for n in (1, 2)]
    Membership.objects.create(organization=apps[0].organization, user=experts()[0], role=MemberRole.WRITER)
    panel = make_panel(round, apps, opened=False)
    assert Conflict.objects.count() == 1

    with pytest.raises(NotYet, match="理由"):
        commands.cancel(panel, reason="", by=panel.secretary)
    panel = commands.cancel(panel, reason=REASON, by=panel.secretary)

    assert (panel.status, panel.due_on) == (PanelState.CANCELLED, None)
    assert (Candidacy.objects.count(), Assignment.objects.count(), Conflict.objects.count()) == (0, 0, 0)
    assert [(one.stage, one.due_on is not None) for one in Application.objects.all()] == [("", True)] * 2
    assert "review.make" in [one.kind for one in queries.due(panel.secretary)]
    assert Event.objects.get(action="review.cancel").reason == REASON
    with pytest.raises(MoveNotAllowed):
        commands.open_panel(panel, by=panel.secretary)

    ranked = make_ranking(round, apps)

    assert (ranked.name, queries.waiting(round), awarded.unsealed(round)) == (panel.name, [], [])
    assert [one["panels"] for one in awarded.meetings(someone("officer"))] == [1]
    assert [one.kind for one in awarded.due(someone("officer"))] == ["awards.draft"]


def test_an_empty_draft_holds_nobody_up():
    round = make_round()
    apps = [make_application(round, 1)]
    empty = commands.make_panel(round, name="乙组", due_at=hours(24), by=secretary())
    make_ranking(round, apps)

    assert (empty.status, queries.waiting(round)) == (PanelState.DRAFT, [])
    assert [one.kind for one in awarded.due(someone("officer"))] == ["awards.draft"]


def test_no_meeting_while_a_project_waits_for_a_panel():
    round = make_round()
    make_ranking(round, [make_application(round, 1)])
    make_application(round, 2)

    assert [one.code for one in queries.waiting(round)] == ["left"]
    assert awarded.due(someone("officer")) == []


def test_codes_stay_single_in_a_round_after_a_cancellation():
    round = make_round()
    first = make_panel(round, [make_application(round, n) for n in (1, 2)], opened=False)
    second = commands.make_panel(round, name="乙组", due_at=hours(24), by=secretary())
    commands.enter(second, [make_application(round, 3)], by=secretary())
    commands.cancel(first, reason=REASON, by=secretary())
    third = commands.make_panel(round, name="丙组", due_at=hours(24), by=secretary())

    commands.enter(third, Application.objects.filter(candidacy__isnull=True), by=secretary())

    assert sorted(Candidacy.objects.values_list("code", flat=True)) == ["P-03", "P-04", "P-05"]


def test_a_cancelled_defence_gives_its_projects_another_time():
    round = make_defence_round(places=1)
    apps = [make_application(round, n) for n in (1, 2)]
    make_ranking(round, apps)
    commands.cut_shortlist(round, by=secretary())
    panel = make_defence_panel(round)
    commands.schedule(
        panel, list(queries.unscheduled(round)), starts_at=hours(24), minutes=15, room="201 室", by=secretary()
    )

    commands.cancel(panel, reason=REASON, by=secretary())

    assert Slot.objects.count() == 0
    assert [one.status for one in queries.unscheduled(round)] == [Candidate.SHORTLISTED]
    assert Notice.objects.filter(subject__startswith="答辩安排取消").count() == 1


def test_the_secretary_moves_the_end_and_cancels_on_the_screens(client):
    round = make_round()
    panel = make_panel(round, [make_application(round, 1)], opened=False)
    client.force_login(panel.secretary)
    console = client.get(reverse("staff_panels:console", args=[panel.pk])).content.decode()
    assert "改评分截止" in console
    assert "取消评审组" in console

    past = client.post(reverse("staff_panels:reset_due", args=[panel.pk]), {"due_at": "2020-01-01T09:00"})
    assert (past.status_code, "已经过去" in past.content.decode()) == (422, True)
    given = {"due_at": (hours(48)).astimezone(clock.ZONE).strftime("%Y-%m-%dT%H:%M")}
    assert client.post(reverse("staff_panels:reset_due", args=[panel.pk]), given).status_code == 302
    assert client.post(reverse("staff_panels:cancel", args=[panel.pk]), {"reason": REASON}).status_code == 302
    assert again(panel).status == PanelState.CANCELLED
    assert client.get(reverse("staff_panels:console", args=[panel.pk])).status_code == 200

    client.force_login(someone("officer"))
    assert client.post(reverse("staff_panels:cancel", args=[panel.pk]), {"reason": REASON}).status_code == 403


def test_a_panel_in_the_past_is_refused_on_the_screen(client):
    round = make_round()
    make_application(round, 1)
    client.force_login(secretary())
    given = {"round": round.pk, "stage": "PAPER", "name": "甲组", "due_at": "2020-01-01T09:00", "is_blind": "on"}

    refused = client.post(reverse("staff_panels:make"), given)

    assert (refused.status_code, "评分截止时间已经过去" in refused.content.decode()) == (422, True)
    assert Panel.objects.count() == 0
