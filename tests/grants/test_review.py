from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import translation

from grants.calls.commands.round import put_criteria
from grants.calls.rules import template
from grants.review import commands, policies, queries
from grants.review.models import Assignment, Conflict, Score, ScoreSheet
from grants.review.states import PanelState, Sheet
from orgs.registry.models import MemberRole, Membership
from portal import clock
from portal.access import Role
from portal.fields.models import AppendOnlyRow
from portal.lifecycle import MoveNotAllowed, NotYet
from portal.notices.models import Notice
from portal.trail.models import Event
from tests.grants.makers_review import (
    COMMENT,
    GOOD,
    declare,
    experts,
    make_application,
    make_panel,
    make_ranking,
    make_round,
    points_for,
    score_all,
    someone,
)
from tests.makers import again

pytestmark = pytest.mark.django_db


@pytest.fixture
def round(db):
    return make_round()


@pytest.fixture
def apps(round):
    return [make_application(round, n) for n in (1, 2, 3)]


def seat_of(panel, at=0):
    return list(panel.members.all())[at]


def test_a_panel_opens_with_five_experts_a_substitute_and_dossiers(round, apps):
    panel = make_panel(round, apps, opened=False)
    panel.members.filter(is_substitute=True).delete()

    with pytest.raises(NotYet, match="替补"):
        commands.open_panel(panel, by=panel.secretary)

    commands.seat(panel, experts()[5], is_substitute=True, by=panel.secretary)
    commands.open_panel(panel, by=panel.secretary)

    assert again(panel).status == PanelState.OPEN
    assert Event.objects.filter(action="review.open").count() == 1
    assert Notice.objects.filter(kind="review.opened").count() == 6
    assert Assignment.objects.filter(member__panel=panel).count() == 15


def test_a_blind_panel_opens_with_the_rubric_that_a_round_starts_from(round, apps):
    put_criteria(round, template.CRITERIA)
    people = [*experts()[:4], someone("fin", Role.EXPERT_FIN), experts()[5]]
    panel = make_panel(round, apps, opened=False, people=people)

    assert panel.is_blind
    assert commands.open_panel(panel, by=panel.secretary).status == PanelState.OPEN


def test_a_blind_panel_that_would_judge_the_applicant_says_the_way_out(round, apps):
    round.criteria.filter(code="C").update(name="团队能力")
    panel = make_panel(round, apps, opened=False)

    with pytest.raises(NotYet, match="评分项：团队能力。.*另建不匿名的评审组"):
        commands.open_panel(panel, by=panel.secretary)


def test_an_expert_sees_no_dossier_before_the_declaration(round, apps):
    panel = make_panel(round, apps, declared=False)
    member = seat_of(panel)

    assert Assignment.objects.visible_to(member.user).count() == 0
    with pytest.raises(NotYet, match="作出选择"):
        commands.declare(member, {}, by=member.user)

    declare(member)

    assert Assignment.objects.visible_to(member.user).count() == 3


def test_a_declared_conflict_takes_the_dossier_away_and_nothing_else(round, apps):
    panel = make_panel(round, apps, declared=False)
    member = seat_of(panel)

    declare(member, **{apps[0].organization.name: "CONFLICT", apps[1].organization.name: "UNSURE"})

    left = Assignment.objects.visible_to(member.user)
    assert [one.candidacy.application for one in left] == [apps[2]]
    assert sorted(Conflict.objects.values_list("status", flat=True)) == ["OPEN", "UNSURE"]
    assert {one.why for one in Conflict.objects.all()} == {"专家声明有利害关系"}


def test_a_conflict_during_the_review_seals_the_scores_and_a_substitute_takes_over(round, apps):
    panel = make_panel(round, apps)
    member = seat_of(panel)
    mine = Assignment.objects.visible_to(member.user).first()
    commands.score(mine, points=GOOD, comment=COMMENT, by=member.user)

    conflict = commands.recuse(mine, reason="RELATIVE", note="表亲", by=member.user)

    assert again(mine.sheet).status == Sheet.EXCLUDED
    assert not Assignment.objects.visible_to(member.user).filter(pk=mine.pk).exists()
    with pytest.raises(MoveNotAllowed):
        commands.save_scores(mine, points=GOOD, by=member.user)
    assert Notice.objects.filter(kind="review.recused", recipient=panel.secretary).count() == 1

    stand_in = panel.members.get(is_substitute=True)
    commands.substitute(conflict, stand_in, by=panel.secretary)

    assert Assignment.objects.visible_to(stand_in.user).get().candidacy == mine.candidacy
    for act in (
        lambda: commands.substitute(conflict, stand_in, by=panel.secretary),
        lambda: commands.dismiss_conflict(conflict, reason="已核实没有关系", by=panel.secretary),
    ):
        with pytest.raises(NotYet, match=f"{stand_in} 已递补评审这个项目"):
            act()


def test_a_conflict_that_the_expert_names_is_not_talked_away(round, apps):
    panel = make_panel(round, apps, declared=False)
    member = seat_of(panel)
    declare(member, **{apps[0].organization.name: "CONFLICT"})
    conflict = Conflict.objects.get()

    with pytest.raises(NotYet, match="专家本人已声明有利害关系"):
        commands.dismiss_conflict(conflict, reason="关系不近，不影响评审", by=panel.secretary)

    assert again(conflict).status == "OPEN" and not policies.conflicts.allows(panel.secretary, "dismiss", conflict)
    assert policies.conflicts.allows(panel.secretary, "substitute", conflict)


def test_a_conflict_named_after_it_was_dismissed_is_the_expert_s_word_again(round, apps):
    panel = make_panel(round, apps, declared=False)
    member = seat_of(panel)
    declare(member, **{apps[0].organization.name: "UNSURE"})
    conflict = commands.dismiss_conflict(Conflict.objects.get(), reason="仅参加过一次培训", by=panel.secretary)
    mine = Assignment.objects.visible_to(member.user).get(candidacy=conflict.candidacy)

    commands.recuse(mine, reason="RELATIVE", note="表亲", by=member.user)

    with pytest.raises(NotYet, match="专家本人已声明"):
        commands.dismiss_conflict(conflict, reason="关系不近，不影响评审", by=panel.secretary)


def test_the_database_refuses_a_score_against_an_open_conflict(round, apps):
    panel = make_panel(round, apps)
    member = seat_of(panel)
    mine = Assignment.objects.visible_to(member.user).first()
    commands.save_scores(mine, points={"A": "10"}, by=member.user)
    sheet = again(mine.sheet)
    commands.recuse(mine, reason="BOARD", by=member.user)
    criterion = queries.criteria_of(panel)[1]

    with pytest.raises(DatabaseError, match="score_has_no_conflict"), transaction.atomic():
        Score.objects.create(sheet=sheet, criterion=criterion, points=Decimal(5), max_points=35)
    with pytest.raises(DatabaseError, match="score_has_no_conflict"), transaction.atomic():
        sheet.scores.update(points=Decimal(7))


def test_an_unsure_answer_is_decided_by_the_secretary(round, apps):
    panel = make_panel(round, apps, declared=False)
    member = seat_of(panel)
    declare(member, **{apps[0].organization.name: "UNSURE"})
    conflict = Conflict.objects.get()

    with pytest.raises(NotYet, match="理由"):
        commands.dismiss_conflict(conflict, reason="", by=panel.secretary)
    commands.dismiss_conflict(conflict, reason="仅参加过一次公开培训", by=panel.secretary)

    assert Assignment.objects.visible_to(member.user).count() == 3


def test_an_expert_who_belongs_to_the_applicant_is_out_by_rule(round, apps):
    Membership.objects.create(organization=apps[0].organization, user=experts()[0], role=MemberRole.READER)

    panel = make_panel(round, apps)

    conflict = Conflict.objects.get(origin="RULE")
    assert (conflict.member.user, conflict.candidacy.application) == (experts()[0], apps[0])
    assert Assignment.objects.visible_to(experts()[0]).count() == 2
    assert panel.status == PanelState.OPEN


@pytest.mark.parametrize("text", ["100.5", "-1", "25.5"])
def test_a_wrong_score_is_refused_and_nothing_is_kept(round, apps, text):
    panel = make_panel(round, apps)
    member = seat_of(panel)
    mine = Assignment.objects.visible_to(member.user).first()

    with pytest.raises(NotYet, match="需求真实性"):
        commands.save_scores(mine, points={**GOOD, "A": text}, by=member.user)

    assert Score.objects.count() == 0


def test_what_is_right_of_a_sheet_is_kept_and_the_wrong_places_are_named(round, apps):
    member = seat_of(make_panel(round, apps))
    mine = Assignment.objects.visible_to(member.user).first()
    commands.save_scores(mine, points={**GOOD, "A": "9"}, comment=COMMENT, comments={"A": "旧评语"}, by=member.user)
    commands.complete(mine, by=member.user)

    sheet, faults = commands.save_valid(
        mine, points={**GOOD, "A": "100.5", "B": "12"}, comment="好" * 501, comments={"A": "字" * 301, "B": "新评语"},
        version=1, by=member.user,
    )  # fmt: skip

    assert [one.code for one in faults] == ["A", "comment_A", "comment"]
    kept = {one.criterion.code: (one.points, one.comment) for one in sheet.scores.select_related("criterion")}
    assert kept.pop("A") == (None, "旧评语") and kept.pop("B") == (Decimal(12), "新评语")
    assert {code: points for code, (points, _text) in kept.items()} == {
        code: Decimal(text) for code, text in GOOD.items() if code not in "AB"
    }
    assert (sheet.version, sheet.status, sheet.total, sheet.comment) == (2, Sheet.DRAFT, None, COMMENT)
    with pytest.raises(commands.SavedMeanwhile):
        commands.save_valid(mine, points=GOOD, version=1, by=member.user)


def test_a_blank_stays_blank_and_the_sheet_is_not_done(round, apps):
    panel = make_panel(round, apps)
    member = seat_of(panel)
    mine = Assignment.objects.visible_to(member.user).first()

    sheet = commands.save_scores(mine, points={**GOOD, "F": ""}, comment=COMMENT, by=member.user)

    given = {one.criterion.code: one.points for one in sheet.scores.select_related("criterion")}
    assert (sheet.total, sheet.status) == (None, Sheet.DRAFT)
    assert {code for code, points in given.items() if points is None} == {"F"}
    with pytest.raises(NotYet, match="可持续"):
        commands.complete(mine, by=member.user)
    with pytest.raises(NotYet, match="还没有评完"):
        commands.submit_all(member, by=member.user)


def test_the_database_knows_the_maximum(round, apps):
    panel = make_panel(round, apps)
    member = seat_of(panel)
    mine = Assignment.objects.visible_to(member.user).first()
    sheet = commands.save_scores(mine, points={}, by=member.user)

    with pytest.raises(IntegrityError, match="score_is_0_to_its_maximum"), transaction.atomic():
        Score.objects.create(sheet=sheet, criterion=queries.criteria_of(panel)[0], points=Decimal(26), max_points=25)


def test_a_save_from_an_old_page_is_refused(round, apps):
    panel = make_panel(round, apps)
    member = seat_of(panel)
    mine = Assignment.objects.visible_to(member.user).first()
    commands.save_scores(mine, points={"A": "10"}, version=0, by=member.user)

    with pytest.raises(commands.SavedMeanwhile):
        commands.save_scores(mine, points={"A": "11"}, version=0, by=member.user)

    assert Score.objects.get(points__isnull=False).points == 10


def test_a_comment_without_points_is_kept_and_a_long_one_is_never_cut(round, apps):
    member = seat_of(make_panel(round, apps))
    mine = Assignment.objects.visible_to(member.user).first()

    commands.save_scores(mine, points={}, comments={"A": "需求写得实在"}, by=member.user)
    with pytest.raises(NotYet, match="的评语最多 300 字，现在是 301 字，没有保存"):
        commands.save_scores(mine, points={}, comments={"A": "字" * 301}, by=member.user)

    lines = {
        one.criterion.code: (one.points, one.comment) for one in queries.rubric(Assignment.objects.get(pk=mine.pk))
    }
    assert lines["A"] == ("", "需求写得实在")


def test_nobody_sees_a_ranking_before_the_lock(round, apps):
    panel = make_panel(round, apps)
    score_all(panel, {one.number: [80, 81, 82, 83, 84] for one in apps})

    with pytest.raises(NotYet, match="没有锁定"):
        queries.ranking(panel)
    assert not any(hasattr(one, "total") for one in queries.progress(panel))


def test_the_lock_waits_for_every_sheet_until_the_printed_end(round, apps):
    panel = make_panel(round, apps)

    with pytest.raises(NotYet, match="15 份评分没有提交"):
        commands.lock(panel, by=panel.secretary)
    with clock.at(panel.due_at + timedelta(seconds=1)):
        commands.lock(panel, by=panel.secretary)

    assert [row.rank for row in queries.ranking(again(panel))] == [None, None, None]


def test_a_ranking_is_trimmed_explained_sealed_and_recomputable(round, apps):
    panel = make_ranking(
        round, apps,
        {apps[0].number: [70, 80, 81, 82, 99], apps[1].number: [60, 81, 81, 81, 90], apps[2].number: [90, 90, 90, 90, 90]},
    )  # fmt: skip

    rows = queries.ranking(panel)

    assert [(row.rank, row.number, row.score) for row in rows] == [
        (1, apps[2].number, "90.00"),
        (2, rows[1].number, "81.00"),
        (3, rows[2].number, "81.00"),
    ]
    assert "同为 81.00 分" in rows[1].tie
    assert {row.number: row.is_wide for row in rows} == {
        apps[0].number: True,
        apps[1].number: True,
        apps[2].number: False,
    }
    assert queries.is_true_to_seal(panel)


def test_a_seal_set_in_english_bears_chinese_words_and_is_true_in_both_languages(round, apps):
    with translation.override("en"):
        panel = make_ranking(round, apps, {one.number: [80] * 5 for one in apps})
        shown = [row.tie for row in queries.ranking(panel)]
        assert queries.is_true_to_seal(panel)

    assert shown[0].startswith("Equal with")
    assert "同为 80.00 分" in panel.ranking.rows[0]["tie"]
    assert queries.is_true_to_seal(panel)
    assert Event.objects.filter(action="review.seal").count() == 1


def test_after_the_lock_no_score_can_be_changed_by_anyone(round, apps):
    panel = make_ranking(round, apps)

    with pytest.raises(DatabaseError, match="locked_score"), transaction.atomic():
        Score.objects.update(points=Decimal(1))
    with pytest.raises(DatabaseError, match="locked_score"), transaction.atomic():
        Score.objects.all().delete()
    with pytest.raises(AppendOnlyRow):
        panel.ranking.save()
    with pytest.raises(MoveNotAllowed):
        commands.save_scores(Assignment.objects.first(), points=GOOD, by=experts()[0])


def test_a_conflicted_sheet_does_not_count(round, apps):
    panel = make_panel(round, apps)
    member = seat_of(panel)
    mine = Assignment.objects.get(member=member, candidacy__application=apps[0])
    commands.score(mine, points=points_for(100), comment=COMMENT, by=member.user)
    commands.recuse(mine, reason="PARTNER", by=member.user)
    score_all(panel, {one.number: [80, 80, 80, 80, 80] for one in apps})
    panel = commands.lock(panel, by=panel.secretary)

    row = next(row for row in queries.ranking(panel) if row.number == apps[0].number)

    assert row.marks == [["80.0", True]] * 4


def test_the_dossier_names_nobody(round, apps):
    make_panel(round, apps)
    mine = Assignment.objects.visible_to(experts()[0]).filter(candidacy__application=apps[0]).get()

    seen = str(queries.dossier(mine))

    assert apps[0].organization.name not in seen
    assert "测试甲" not in seen
    assert "612 户" in seen


def test_progress_asks_the_same_number_of_queries_for_any_panel(round, apps, django_assert_num_queries):
    panel = make_panel(round, apps)
    with django_assert_num_queries(3):
        queries.progress(panel)
    member = seat_of(panel)
    with django_assert_num_queries(2):
        queries.queue(member)


def test_an_outsider_and_a_foreign_expert_see_nothing(round, apps):
    from tests.makers import make_user

    make_panel(round, apps)
    stranger = make_user("stranger", "EXPERT")

    assert Assignment.objects.visible_to(stranger).count() == 0
    assert ScoreSheet.objects.count() == 0


def test_due_tells_the_expert_and_the_secretary(round, apps):
    panel = make_panel(round, apps, declared=False)
    assert [one.kind for one in queries.expert_due(experts()[0])] == ["review.declare"]
    declare(seat_of(panel))
    user = type(experts()[0]).objects.get(pk=experts()[0].pk)
    assert [one.kind for one in queries.expert_due(user)] == ["review.score"]
