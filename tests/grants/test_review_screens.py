"""The expert's and the secretary's screens."""

import pytest
from django.urls import reverse

from grants.review import commands, queries
from grants.review.models import Assignment, Panel, Score
from grants.review.staff.panel import main_step
from portal.access import Role
from tests.grants.makers_review import (
    COMMENT,
    GOOD,
    declare,
    experts,
    make_application,
    make_panel,
    make_round,
    someone,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def panel(db):
    round = make_round()
    return make_panel(round, [make_application(round, n) for n in (1, 2)], declared=False)


def seat_of(panel, at=0):
    return list(panel.members.all())[at]


def first_of(panel):
    return Assignment.objects.visible_to(experts()[0]).select_related("candidacy__application__organization").first()


def test_an_expert_declares_scores_and_hands_in(client, panel):
    member = seat_of(panel)
    client.force_login(member.user)
    assert "承诺与回避声明" in client.get(reverse("review:tasks")).content.decode()
    page = client.get(reverse("review:declare", args=[member.key])).content.decode()
    names = list(panel.candidacies.values_list("application__organization__name", "application__organization"))
    assert all(name in page for name, _pk in names)
    assert "VEN-2026" not in page
    assert client.post(reverse("review:declare", args=[member.key]), {"promise": "on"}).status_code == 422
    answers = {f"answer_{pk}": "NONE" for _name, pk in names}
    assert client.post(reverse("review:declare", args=[member.key]), {"promise": "on", **answers}).status_code == 302

    for one in list(Assignment.objects.visible_to(member.user)):
        given = {**{f"points_{code}": points for code, points in GOOD.items()}, "comment": COMMENT, "version": "0"}
        assert client.post(reverse("review:desk", args=[one.key]), given).status_code == 302
    (left,) = queries.expert_due(member.user)
    assert (left.title, left.url) == (f"提交全部评分 · {panel.name}", reverse("review:overview", args=[member.key]))
    overview = client.get(left.url)
    assert (overview.status_code, overview.context["ties"]) == (200, 2)
    assert client.post(reverse("review:overview", args=[member.key])).status_code == 302

    member.refresh_from_db()
    assert member.submitted_at is not None
    assert queries.expert_due(member.user) == []


def test_the_desk_names_nobody_and_starts_empty(client, panel):
    declare(seat_of(panel))
    one = first_of(panel)
    client.force_login(experts()[0])

    page = client.get(reverse("review:desk", args=[one.key])).content.decode()

    assert one.candidacy.application.organization.name not in page
    assert one.candidacy.application.number not in page
    assert 'placeholder="——"' in page
    assert 'value="0"' not in page.replace('name="version" value="0"', "")
    assert f"<title>{one.candidacy.code}" in page.replace("\n", "")


def test_a_wrong_score_keeps_what_was_typed(client, panel):
    declare(seat_of(panel))
    one = first_of(panel)
    client.force_login(experts()[0])
    given = {**{f"points_{code}": points for code, points in GOOD.items()}, "points_A": "100.5", "comment": COMMENT}

    page = client.post(reverse("review:desk", args=[one.key]), given)
    saved = client.post(reverse("review:save", args=[one.key]), given)

    assert page.status_code == 422
    assert 'value="100.5"' in page.content.decode()
    assert saved.status_code == 422
    told = saved.json()
    assert told["version"] == 2 and list(told["faults"]) == ["A"]
    assert told["reasons"] == [told["faults"]["A"]] and "满分 25 分" in told["reasons"][0]
    assert {one.criterion.code for one in Score.objects.filter(points__isnull=True)} == {"A"}
    assert Score.objects.filter(points__isnull=False).count() == len(GOOD) - 1


def test_autosave_counts_versions_and_refuses_an_old_page(client, panel):
    declare(seat_of(panel))
    one = first_of(panel)
    client.force_login(experts()[0])
    url = reverse("review:save", args=[one.key])

    assert client.post(url, {"points_A": "10", "version": "0"}).json() == {"version": 1}
    assert client.post(url, {"points_A": "11", "version": "0"}).status_code == 409


def test_a_recused_dossier_is_gone(client, panel):
    declare(seat_of(panel))
    one = first_of(panel)
    client.force_login(experts()[0])

    assert client.get(reverse("review:recuse", args=[one.key])).status_code == 200
    assert client.post(reverse("review:recuse", args=[one.key]), {"reason": "RELATIVE"}).status_code == 302

    assert client.get(reverse("review:desk", args=[one.key])).status_code == 404
    title = one.candidacy.application.title
    assert title not in client.get(reverse("review:tasks")).content.decode()


def test_nobody_enters_another_experts_seat(client, panel):
    declare(seat_of(panel))
    one = first_of(panel)
    client.force_login(experts()[1])

    assert client.get(reverse("review:desk", args=[one.key])).status_code == 404
    assert client.get(reverse("review:overview", args=[seat_of(panel).key])).status_code == 404


def test_the_secretary_sees_progress_and_no_score_before_the_lock(client, panel):
    declare(seat_of(panel))
    commands.save_scores(first_of(panel), points={"A": "13.5"}, by=experts()[0])
    client.force_login(panel.secretary)

    page = client.get(reverse("staff_panels:console", args=[panel.pk])).content.decode()

    assert "0 / 2" in page
    assert "13.5" not in page
    assert client.get(reverse("staff_panels:index")).status_code == 200
    assert client.get(reverse("staff_panels:lock", args=[panel.pk])).status_code == 200


def test_a_panel_is_made_on_the_screens(client):
    round = make_round()
    apps = [make_application(round, n) for n in (1, 2)]
    secretary = someone("secretary", Role.PANEL_SECRETARY)
    client.force_login(secretary)
    given = {"round": round.pk, "name": "乙组", "due_at": "2099-03-11T18:00", "is_blind": "on"}

    assert client.post(reverse("staff_panels:make"), given).status_code == 302
    panel = Panel.objects.get()
    for at, expert in enumerate(experts(), 1):
        seat = {"user": expert.pk, **({"is_substitute": "on"} if at == 6 else {})}
        assert client.post(reverse("staff_panels:seat", args=[panel.pk]), seat).status_code == 302
    chosen = {"applications_": [one.pk for one in apps]}
    assert client.post(reverse("staff_panels:enter", args=[panel.pk]), chosen).status_code == 302
    assert client.post(reverse("staff_panels:assign", args=[panel.pk])).status_code == 302
    assert client.post(reverse("staff_panels:open", args=[panel.pk])).status_code == 302

    panel.refresh_from_db()
    assert (panel.status, panel.secretary) == ("OPEN", secretary)


def finance_panel(round, apps):
    """Four experts for 80 points, one for the money's 20."""
    round.criteria.filter(code="E").update(for_finance=True)
    people = [*experts()[:4], someone("fin", Role.EXPERT_FIN), experts()[5]]
    panel = make_panel(round, apps, people=people)
    for one in list(Assignment.objects.filter(member__panel=panel).select_related("member__user")):
        design = {60: "18", 66: "24", 68: "26", 74: "32"}[[60, 66, 68, 74, 60][one.member.pk % 5]]
        points = {"E": "16"} if one.member.is_finance else {**GOOD, "B": design}
        points = {code: value for code, value in points.items() if one.member.is_finance or code != "E"}
        commands.score(one, points=points, comment=COMMENT * 2, by=one.member.user)
    return panel


def test_the_ranking_shows_every_part_and_how_the_score_is_made(client):
    round = make_round()
    panel = finance_panel(round, [make_application(round, 1)])
    for member in panel.members.filter(is_substitute=False):
        commands.submit_all(member, by=member.user)
    panel = commands.lock(panel, by=panel.secretary)
    client.force_login(panel.secretary)

    page = client.get(reverse("staff_panels:console", args=[panel.pk])).content.decode()

    (row,) = queries.ranking(panel)
    kept = [total for total, counts in row.marks if counts]
    assert (len(row.marks), len(kept), row.finance) == (4, 2, ["16.0"])
    assert row.formula == f"（{kept[0]} + {kept[1]}）÷ 2 + 16.0 = {row.score}"
    assert "财务专家 16.0" in page
    assert row.formula in page
    assert "有效评分满 5 份的，去掉一个最高分和一个最低分后平均，不足 5 份的直接平均；不足 3 份的不统计。" in page
    assert "财务专家只评“预算合理性”，其平均分另加，不参加去掉最高最低分。" in page


@pytest.mark.parametrize("is_blind", [True, False])
def test_a_panel_that_is_not_blind_shows_who_applies(client, is_blind):
    round = make_round()
    application = make_application(round, 1)
    application.organization.__class__.objects.update(grade="4A")
    panel = make_panel(round, [application], opened=False)
    Panel.objects.update(is_blind=is_blind)
    commands.open_panel(Panel.objects.get(), by=panel.secretary)
    member = seat_of(panel)
    client.force_login(member.user)
    told = client.get(reverse("review:declare", args=[member.key])).content.decode()
    declare(member)
    page = client.get(reverse("review:desk", args=[first_of(panel).key])).content.decode()

    named = (application.organization.name in page, "评估等级 4A" in page, "负责人测试甲" in page)
    assert named == ((False,) * 3 if is_blind else (True,) * 3)
    assert ("这是唯一显示单位名称的页面" in told, "本组不匿名" in told) == (is_blind, not is_blind)


@pytest.mark.parametrize(
    ("allowed", "has_experts", "has_dossiers", "main"),
    [
        ({"seat", "enter", "assign", "cancel"}, False, False, "seat"),
        ({"seat", "enter", "assign", "cancel"}, True, False, "enter"),
        ({"seat", "enter", "assign", "cancel"}, True, True, "assign"),
        ({"seat", "enter", "assign", "open", "cancel"}, True, True, "open"),
        ({"reset_due", "remind", "step_in", "cancel"}, True, True, "remind"),
        ({"remind", "lock", "cancel"}, True, True, "lock"),
        ({"cancel"}, True, True, ""),
    ],
)
def test_the_console_has_one_main_step(allowed, has_experts, has_dossiers, main):
    assert main_step(allowed, has_experts, has_dossiers) == main
