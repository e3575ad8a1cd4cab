"""The site search: public things only, by kind, best first, at a constant price. Runs on both databases."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from grants.needs import commands as needs
from grants.publicity import commands as publicity
from home import commands
from home.models import ArticlePage
from orgs.registry.models import Organization
from portal import clock
from portal.access import Role
from tests.grants.makers_review import day
from tests.grants.test_publicity import make_draft, make_running
from tests.home.makers_home import make_award, make_grantee, make_site
from tests.makers import make_organization, make_region, make_user

pytestmark = pytest.mark.django_db


def found(client, query: str, **more: str) -> list[tuple[str, list[str]]]:
    """Return (kind, titles) as shown."""
    answer = client.get("/search/", {"q": query, **more})
    assert answer.status_code == 200
    return [(group.kind, [hit.title for hit in hits]) for group, hits in answer.context["it"].shown]


def write(title: str, **values: object) -> ArticlePage:
    article = ArticlePage(title=title, published_on=date(2026, 6, 18), **values)
    return commands.publish(commands.channel("news"), article, by=make_user(f"writer{ArticlePage.objects.count()}"))


def test_two_characters_are_found_in_every_kind_that_is_public(client):
    make_site()
    make_award(1)
    make_organization("镇海区演示养老服务中心")
    make_running()
    write("答疑会", body=[("text", "<p>认知障碍和养老</p>")])
    need = needs.post(
        by=make_user("resident"), region=make_region("330211001001"), title="门口路灯", text="门口的路灯坏了两个月了"
    )
    needs.list_(
        need,
        by=make_user("community", Role.COMMUNITY, region="330211001001"),
        title="养老食堂",
        text="老人吃饭不便。",
    )

    assert found(client, "养老") == [
        ("projects", ["居家养老服务1"]),
        ("organizations", ["镇海区演示养老服务中心"]),
        ("needs", ["养老食堂"]),
        ("articles", ["答疑会"]),
    ]
    assert [kind for kind, _titles in found(client, "公示")] == ["lists"]
    assert found(client, need.number) == [("needs", ["养老食堂"])]


def test_nothing_that_is_not_public_is_found(client):
    make_site()
    make_award(1, status="PROPOSED", is_historic=False)
    organization = make_organization("镇海区演示养老服务中心")
    Organization.objects.filter(pk=organization.pk).update(standing="REMOVED")
    needs.post(
        by=make_user("resident"),
        region=make_region("330211001001"),
        title="养老食堂",
        text="老人吃饭不便，请设食堂。",
    )
    draft = make_draft()
    hidden = write("养老答疑")
    hidden.unpublish()

    for words in ("养老", draft.title):
        assert found(client, words) == []
    assert found(client, "食堂") == []


def test_a_list_is_found_by_its_rows_from_its_first_day(client):
    running = make_running()
    row = running.rows.first()

    with clock.at(day("2026-06-18")):
        assert found(client, row.title) == [("lists", [running.title])]
        assert found(client, row.organization) == [("lists", [running.title])]


def test_a_title_that_begins_with_the_word_comes_first(client):
    for number, title in enumerate(("社区养老", "养老", "养老服务"), start=1):
        make_award(number, title=title)
    make_award(4, title="助餐", organization_name="养老之家")

    assert found(client, "养老") == [("projects", ["养老", "养老服务", "社区养老", "助餐"])]


def test_a_kind_alone_is_paged(client):
    for number in range(1, 31):
        make_award(number)
    make_organization("镇海区演示养老服务中心")

    assert [len(titles) for _kind, titles in found(client, "养老")] == [5, 1]
    assert [(kind, len(titles)) for kind, titles in found(client, "养老", kind="projects")] == [("projects", 20)]
    assert [(kind, len(titles)) for kind, titles in found(client, "养老", kind="projects", page="2")] == [
        ("projects", 10)
    ]
    assert [(kind, len(titles)) for kind, titles in found(client, "养老", kind="projects", page="x")] == [
        ("projects", 20)
    ]
    assert [kind for kind, _titles in found(client, "养老", kind="nonsense")] == ["projects", "organizations"]


def test_the_word_is_marked_and_what_was_typed_is_escaped(client):
    make_award(1)

    page = client.get("/search/", {"q": "养老"}).content.decode()
    assert "居家<mark>养老</mark>服务1" in page

    page = client.get("/search/", {"q": "<img src=x onerror=alert(1)>"}).content.decode()
    assert "<img" not in page
    assert "没有找到“&lt;img" in page


def test_one_rare_character_is_found(client):
    make_organization("镇海区大碶演示服务社")

    assert found(client, "碶") == [("organizations", ["镇海区大碶演示服务社"])]
    assert found(client, "大碶") == [("organizations", ["镇海区大碶演示服务社"])]


def test_a_credit_code_is_found_as_it_is_printed(client):
    organization = make_grantee(make_award(1))

    for typed in ("52330211MJ0DEM016A", "5233 0211 MJ0D EM01 6A", "52330211mj0dem016a"):
        assert found(client, typed) == [("organizations", [organization.name])]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "请输入要找的内容"),
        ("   ", "请输入要找的内容"),
        ("。", "没有找到“。”"),
        ("飞机", "没有找到“飞机”"),
        ("养" * 200, "内容较长，只按前 60 个字查找"),
        ("'; DROP TABLE x; --", "没有找到"),
        ('"养老" NEAR *', "没有找到"),
        ("\x00养老", "没有找到"),
    ],
)
def test_odd_questions_are_answered_in_words(client, query, words):
    assert words in client.get("/search/", {"q": query}).content.decode()


def test_nothing_found_offers_ways_on(client):
    assert reverse("home:projects") in client.get("/search/?q=飞机").content.decode()


def test_1_and_30_hits_need_the_same_queries(client):
    def cost() -> int:
        client.get("/search/?q=养老")
        with CaptureQueriesContext(connection) as caught:
            client.get("/search/?q=养老")
        return len(caught)

    make_site()
    write("养老一")
    make_award(1)
    make_organization("镇海区演示养老服务中心")
    few = cost()
    for number in range(2, 31):
        make_award(number)
        make_organization("镇海区演示养老服务中心", None, kind="FILED_GROUP")
        write(f"养老{number}")

    assert cost() == few <= 20


def test_the_lists_find_the_same_way(client):
    make_award(1, region=make_region("330211002", "蛟川街道"))
    make_organization("镇海区演示养老服务中心")

    assert "居家养老服务1" in client.get(reverse("home:projects"), {"q": "蛟川"}).content.decode()
    assert "居家养老服务1" in client.get(reverse("home:projects"), {"q": "v001"}).content.decode()
    assert "镇海区演示养老服务中心" in client.get(reverse("home:organizations"), {"q": "养老"}).content.decode()


def test_a_corrected_list_is_found_by_its_new_words(client):
    draft = make_draft()
    publicity.edit(draft, by=draft.created_by, title="关于梯坎助行的公示")
    with clock.at(day("2026-06-17")):
        publicity.start(draft, by=make_user("head9", Role.BUREAU_HEAD))

        assert found(client, "梯坎") == [("lists", ["关于梯坎助行的公示"])]
