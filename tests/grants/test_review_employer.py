"""X13: an expert who joins an applicant after the panel has opened neither reads nor scores its dossier."""

from datetime import timedelta

import pytest
from django.urls import reverse

from grants.review import commands, queries
from grants.review.models import Assignment, Conflict
from grants.review.queries.ranking import valid_sheets
from grants.review.states import ConflictState, Sheet
from orgs.registry.models import MemberRole, Membership
from portal import clock
from portal.lifecycle import MoveNotAllowed, NotYet
from portal.notices.models import Notice
from portal.trail.models import Event
from tests.grants.makers_review import COMMENT, GOOD, make_application, make_panel, make_round
from tests.makers import again

pytestmark = pytest.mark.django_db


@pytest.fixture
def panel():
    round = make_round()
    return make_panel(round, [make_application(round, n) for n in (1, 2)])


@pytest.fixture
def mine(panel):
    """The dossier of the first application, of the first expert."""
    member = panel.members.filter(is_substitute=False).first()
    return member.assignments.get(candidacy__application__number="VEN-2026-000001")


def join(assignment):
    return Membership.objects.create(
        organization=assignment.candidacy.application.organization,
        user=assignment.member.user,
        role=MemberRole.WRITER,
    )


def facts(conflict):
    return conflict.status, conflict.reason, conflict.origin, conflict.due_on is not None


def test_the_dossier_closes_on_the_first_look_and_the_secretary_is_told(client, panel, mine):
    client.force_login(mine.member.user)
    desk = reverse("review:desk", args=[mine.key])
    assert client.get(desk).status_code == 200
    join(mine)

    assert client.get(desk).status_code == 404
    assert client.post(reverse("review:save", args=[mine.key]), {"points_A": "20"}).status_code == 404

    assert facts(Conflict.objects.get()) == (ConflictState.OPEN, "EMPLOYER", "RULE", True)
    assert Event.objects.filter(action="review.find", user=None).count() == 1
    assert Notice.objects.get(kind="review.recused").recipient == panel.secretary
    assert "review.substitute" in [one.kind for one in queries.due(panel.secretary)]
    assert mine.candidacy.application.title not in client.get(reverse("review:tasks")).content.decode()


@pytest.mark.parametrize("scored", [False, True])
def test_saving_is_refused_and_the_finding_is_kept(mine, scored):
    if scored:
        commands.score(mine, points=GOOD, comment=COMMENT, by=mine.member.user)
    join(mine)

    with pytest.raises(MoveNotAllowed, match="回避"):
        commands.save_scores(mine, points=GOOD, comment=COMMENT, by=mine.member.user)

    assert facts(Conflict.objects.get()) == (ConflictState.OPEN, "EMPLOYER", "RULE", True)
    assert not scored or again(mine).sheet.status == Sheet.EXCLUDED


def test_handing_in_leaves_the_dossier_out(mine):
    for one in mine.member.assignments.all():
        commands.score(one, points=GOOD, comment=COMMENT, by=mine.member.user)
    join(mine)

    commands.submit_all(mine.member, by=mine.member.user)

    assert [one.sheet.status for one in mine.member.assignments.order_by("candidacy__application__number")] == [
        Sheet.EXCLUDED, Sheet.SUBMITTED,
    ]  # fmt: skip


def test_a_sheet_handed_in_before_does_not_count_after_the_lock(panel, mine):
    for one in mine.member.assignments.all():
        commands.score(one, points=GOOD, comment=COMMENT, by=mine.member.user)
    commands.submit_all(mine.member, by=mine.member.user)
    join(mine)

    with clock.at(panel.due_at + timedelta(hours=1)):
        with pytest.raises(NotYet, match="刚查出回避"):
            commands.lock(panel, by=panel.secretary)
        locked = commands.lock(panel, by=panel.secretary)

    assert mine.candidacy_id not in valid_sheets(locked)
    assert facts(Conflict.objects.get())[:3] == (ConflictState.OPEN, "EMPLOYER", "RULE")


def test_a_substitute_takes_the_dossier_over(panel, mine):
    join(mine)
    [conflict] = commands.look_again(panel)
    stand_in = panel.members.get(is_substitute=True)

    given = commands.substitute(conflict, stand_in, by=panel.secretary)

    assert (given.member, given.candidacy) == (stand_in, mine.candidacy)
    assert commands.look_again(panel) == []


def test_what_the_secretary_has_decided_is_not_found_again(panel, mine):
    join(mine)
    [conflict] = commands.look_again(panel)

    commands.dismiss_conflict(conflict, reason="同名的另一位人员，经核实无关", by=panel.secretary)

    assert commands.look_again(panel) == []
    assert mine in Assignment.objects.visible_to(mine.member.user)
