"""The expert's and the secretary's screens."""

import pytest
from django.urls import reverse

from grants.review import commands
from grants.review.models import Assignment, Panel, Score
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
    assert client.get(reverse("review:overview", args=[member.key])).status_code == 200
    assert client.post(reverse("review:overview", args=[member.key])).status_code == 302

    member.refresh_from_db()
    assert member.submitted_at is not None


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
    assert "满分 25 分" in saved.json()["reasons"][0]
    assert Score.objects.count() == 0


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
