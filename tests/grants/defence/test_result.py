"""The final ranking: weighed, exported, recomputed."""

import io
from decimal import Decimal

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from grants.awards import commands as awards
from grants.awards import queries as awarded
from grants.review import commands, queries, rules
from grants.review.models import Assignment, Candidacy
from grants.review.states import Candidate
from portal import clock
from portal.access import Role
from portal.lifecycle import NotYet
from portal.notices.models import Notice
from tests.grants.makers_review import (
    defend,
    make_application,
    make_defence_round,
    make_ranking,
    open_defence,
    someone,
)
from tests.makers import again

pytestmark = pytest.mark.django_db


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
