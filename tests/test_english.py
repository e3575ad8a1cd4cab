"""In English nobody meets Chinese but in what people and offices have written."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from orgs.registry import commands as registry
from portal import clock
from portal.notices.models import Notice
from tests.english import chinese_in, stored
from tests.grants.makers_agreements import make_payee, make_people, make_project
from tests.grants.makers_applications import make_application, make_submitted
from tests.grants.makers_calls import NOON, make_open_round
from tests.home.makers_home import make_award, make_grantee, make_site

STATIC = Path(settings.BASE_DIR) / "static" / "portal"


def chinese_on(client, pages: list[str], statuses: tuple[int, ...] = (200,)) -> dict[str, list[str]]:
    """Return {page: texts} of the pages that show Chinese beyond stored data; every page must answer."""
    client.cookies["django_language"] = "en"
    answers = {page: client.get(page) for page in pages}
    assert {page: one.status_code for page, one in answers.items() if one.status_code not in statuses} == {}
    data = stored()
    found = {page: chinese_in(answer.content.decode(), data) for page, answer in answers.items()}
    return {page: texts for page, texts in found.items() if texts}


def test_the_finder_sees_chinese_and_leaves_stored_data_aside():
    page = '<h1>资助项目</h1><p title="提示">老城梯坎助行计划 · 招宝山街道</p><a>简体中文</a><script>"中"</script>'

    assert chinese_in(page, ["老城梯坎助行计划", "招宝山街道"]) == ["资助项目", "提示"]


@pytest.mark.django_db
class TestPages:
    def test_the_public_pages(self, client):
        make_site()
        with clock.at(NOON):
            make_open_round()
        award = make_award(1)
        organization = make_grantee(award)
        make_award(2, programme="MICRO", amount=1_000_000, year=2018)
        pages = [
            "/", "/calls/", "/publicity/", "/projects/", f"/projects/{award.key}/", "/organizations/",
            f"/organizations/{organization.key}/", "/data/", "/search/", "/search/?q=no", "/verify/", "/needs/",
            "/guide/", "/news/", "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/",
        ]  # fmt: skip

        assert chinese_on(client, pages) == {}

    def test_what_is_not_there(self, client):
        assert chinese_on(client, ["/nowhere/"], (404,)) == {}

    def test_an_application_from_the_first_page_to_the_receipt(self, client):
        draft = make_application()
        admin = draft.organization.memberships.get(role="ADMIN").user
        done = make_submitted(draft.round, draft.organization, admin, title="第二个项目")
        parts = [reverse("applications:section", args=[draft.key, one["id"]]) for one in sections(draft)]
        names = ("tasks", "overview", "plan", "budget", "attachments", "check", "detail", "withdraw")
        pages = [reverse(f"applications:{name}", args=[draft.key]) for name in names]
        pages += [reverse("applications:confirm", args=[draft.key, code]) for code in ("organization", "eligibility")]
        pages += [reverse(f"applications:{name}", args=[done.key]) for name in ("receipt", "detail", "recall")]
        pages += [reverse("applications:mine"), reverse("applications:version", args=[done.key, 1]), "/desk/"]
        client.force_login(admin)

        with clock.at(NOON):
            assert chinese_on(client, [*pages, *parts], (200, 422)) == {}

    def test_the_pages_of_a_project(self, client):
        people = make_people()
        project = make_project(people)
        client.force_login(people.admin)
        pages = [
            "/desk/", "/agreements/", f"/agreements/{project.agreement.key}/", "/payments/", f"/payments/{project.key}/",
            f"/payments/{project.key}/1/request/", "/spending/", f"/spending/projects/{project.key}/",
            f"/spending/projects/{project.key}/record/", f"/monitoring/projects/{project.key}/",
            f"/monitoring/projects/{project.key}/activities/record/",
            f"/monitoring/projects/{project.key}/reports/midterm/", "/audits/", f"/desk/projects/{project.key}/",
            f"/agreements/projects/{project.key}/amend/",
        ]  # fmt: skip

        assert chinese_on(client, pages, (200, 422)) == {}

    def test_the_pages_of_a_member(self, client):
        people = make_people()
        organization = make_project(people).organization
        mine = f"/organizations/mine/{organization.key}/"
        client.force_login(people.admin)
        pages = [
            "/organizations/mine/", mine, f"{mine}profile/", f"{mine}invite/", f"{mine}account/",
            "/organizations/claim/", "/notices/", "/needs/post/", "/accounts/password/change/",
        ]  # fmt: skip

        assert chinese_on(client, pages) == {}

    def test_a_letter_is_kept_in_chinese_whoever_caused_it(self):
        people = make_people()
        make_payee(people)
        with translation.override("en"):
            registry.end_member(people.accountant.memberships.get(), by=people.admin)

        assert set(Notice.objects.values_list("body", flat=True)) == {"org_accountant的财务身份已结束。"}


def sections(application) -> list[dict]:
    return application.form_version.schema["sections"]


def test_everything_that_scripts_say_has_its_english():
    said = set()
    for name in ("draft.js", "portal.js", "review.js"):
        text = (STATIC / name).read_text()
        said |= set(re.findall(r'"([^"]*[\u3400-\u9fff\uff0c][^"]*)"', re.sub(r"/\*.*?\*/", "", text, flags=re.S)))
    words = json.loads((STATIC / "english.js").read_text().partition("portalWords = ")[2].rstrip(";\n"))

    assert said == set(words)
    assert [text for text, english in words.items() if holes(text) != holes(english)] == []


def holes(text: str) -> list[str]:
    return sorted(re.findall(r"\{\w+\}", text))
