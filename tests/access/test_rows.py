"""No list, export, filter, form, chooser, report or search of one district shows a row of its mirror."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from grants.calls.models import CallIndexPage
from portal.access import Role
from tests.access.doors import table
from tests.access.mirrored import District
from tests.test_access import ANYONE, LISTS, door, routes

pytestmark = pytest.mark.django_db
SKIPPED = ("accounts/", "cms/logout", "cms/failwhale", "cms/test404", "_util/", "cms/login", "cms/password_reset")


def signed_in(user: Any) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def text_of(response: Any) -> str:
    """Return what the answer says, the cells of a workbook too.

    Without the names of places, which are no secret, and of accounts without a role, which belong to no district.
    """
    content = b"".join(response) if response.streaming else response.content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            content = b"".join(book.read(name) for name in book.namelist() if name.endswith(".xml"))
    text = re.sub(r"演示(区|街道|社区)\d+", "", content.decode("utf-8", "replace"))
    return re.sub(r"(unit|neighbour|claimant|guest|resident)[a-z-]*-\d{6}", "", text)


def plain_routes(front: bool) -> list[str]:
    """Return the paths without parameters that signed-in people may ask for."""
    found = []
    for route, _name, _ in routes():
        closed = "<" not in route and "(" not in route and not route.startswith(SKIPPED)
        if closed and (route.startswith("cms/") != front) and (not front or door(route) != ANYONE):
            found.append("/" + route.replace("^", "").replace("$", "").replace("\\", ""))
    return found


def shown(client: Client, urls: list[str], district: District) -> str:
    """Return, a line each, the addresses whose answer names something of `district`, and those that fell over."""
    wrong = []
    for url in urls:
        response = client.get(url)
        if response.status_code >= 500:
            wrong.append(f"{url}: {response.status_code}")
        elif found := re.search(rf".{{0,60}}{district.code}.{{0,30}}", text_of(response)):
            wrong.append(f"{url}: {found[0].strip()}")
    return "\n".join(wrong)


def test_no_page_of_the_admin_shows_a_row_of_another_district(districts):
    mine, other = districts
    assert shown(signed_in(mine.everybody), plain_routes(front=False), other) == ""


def test_every_list_and_its_exports_show_the_own_rows_and_no_other(districts):
    mine, other = districts
    client, missing = signed_in(mine.everybody), []
    index = {name: reverse(f"{name}:index") for name in LISTS}
    asked = [f"{url}?{how}" for url in index.values() for how in ("export=csv", "export=xlsx", "q=3302")]
    assert shown(client, asked, other) == ""
    for name, url in index.items():
        if mine.code not in client.get(f"{url}?export=csv").content.decode() + text_of(client.get(url)):
            missing.append(name)
    assert missing == []


def test_no_form_or_sheet_of_an_own_object_offers_a_row_of_another_district(districts):
    """Every own door, rendered for one who may: choices and neighbours in the pile are the district's own."""
    clients: dict[tuple[str, str], Client] = {}
    wrong = ""
    for number, one in enumerate(table(LISTS)):
        mine, other = districts[number % 2], districts[1 - number % 2]
        people = {**mine.people, **vars(mine.unit), **mine.things}
        for name in sorted(one.who)[:1]:
            key = (name, mine.code)
            if key not in clients:
                clients[key] = signed_in(people[name])
            wrong += shown(clients[key], [one.url(mine.things)], other)
    assert wrong == ""


def test_no_page_of_a_member_shows_another_organization(districts):
    mine, other = districts
    for user in (mine.unit.admin, mine.people[Role.EXPERT], mine.people[Role.EVALUATOR], mine.people[Role.OPERATOR]):
        assert shown(signed_in(user), plain_routes(front=True), other) == ""
    stranger = signed_in(mine.neighbour.admin)
    for url in plain_routes(front=True):
        assert "项目330211" not in text_of(stranger.get(url)), url


def page_routes() -> list[tuple[str, dict[str, str]]]:
    """Return Wagtail's routes about one page: name, and the words of its parameters."""
    found = []
    for route, name, _ in routes():
        words = re.findall(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>", route)
        names = [first or second for first, second in words]
        if route.startswith("cms/pages/") and any("page" in one or one == "pk" for one in names):
            found.append((name, dict.fromkeys(names, "")))
    return found


def page_url(name: str, words: dict[str, str], page: Any) -> str:
    revision = page.revisions.first()
    ids = {
        "revision_id": revision.pk, "revision_id_a": "earliest", "revision_id_b": "latest", "task_state_id": 1,
        "task_id": 1, "workflow_state_id": 1, "action_name": "approve", "content_type_app_name": "calls",
        "content_type_model_name": "callpage", "destination_id": page.get_parent().pk,
    }  # fmt: skip
    return reverse(name, kwargs={word: ids.get(word, page.pk) for word in words})


def test_a_notice_of_another_district_is_closed_in_the_page_editor_too(districts):
    """Page rights are a Group's; the notice is its region's."""
    mine, other = districts
    client, own = signed_in(other.everybody), signed_in(mine.everybody)
    page = mine.things["notice"]
    before = [page.latest_revision_id, page.live, page.locked, page.path]
    wrong, doors = "", page_routes()
    for name, words in doors:
        url = page_url(name, words, page)
        for response in (client.get(url), client.post(url)):
            if response.status_code >= 500 or mine.code in text_of(response) + getattr(response, "url", ""):
                wrong += f"{url}: {response.status_code}\n"
    page.refresh_from_db()
    assert wrong == ""
    assert [page.latest_revision_id, page.live, page.locked, page.path] == before
    assert len(doors) > 25
    assert own.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).status_code == 200


def test_the_explorer_the_chooser_and_the_page_api_leave_out_other_districts(districts):
    mine, other = districts
    index = CallIndexPage.objects.get().pk
    urls = [
        reverse("wagtailadmin_explore", args=[index]),
        reverse("wagtailadmin_choose_page_child", args=[index]),
        reverse("wagtailadmin_choose_page_search") + "?q=3302",
        reverse("wagtailadmin_pages:search") + "?q=批次",
        reverse("wagtailadmin_pages:type_use", args=["calls", "callpage"]),
        "/cms/api/main/pages/?type=calls.CallPage&for_explorer=1",
        "/cms/api/main/pages/?type=calls.CallPage",
    ]
    client = signed_in(mine.everybody)
    assert shown(client, urls, other) == ""
    assert mine.code in text_of(client.get(urls[0]))
