"""The short list."""

import pytest

from grants.awards import queries as awarded
from grants.review import commands, queries
from grants.review.models import Candidacy, Shortlist
from grants.review.states import Candidate
from portal.fields.models import AppendOnlyRow
from portal.lifecycle import NotYet
from portal.notices.models import Notice
from portal.trail.models import Event
from tests.grants.makers_review import (
    make_application,
    make_defence_round,
    make_panel,
    make_round,
    score_all,
    states,
)
from tests.makers import again

pytestmark = pytest.mark.django_db


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
