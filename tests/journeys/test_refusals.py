"""Wrong input in a browser: refused in whole Chinese sentences, and nothing is lost or half done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import time_machine
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page

from grants.applications.models import Application, BudgetLine, Section, Version
from orgs.registry.models import Claim, Membership, Organization
from portal.files.models import StoredFile
from portal.trail.models import Event
from tests.grants.makers_applications import fill as write_all
from tests.grants.makers_applications import make_applicant, make_application
from tests.journeys.acting import Calendar, fill, shanghai, shows
from tests.makers import again, make_user
from tests.orgs.makers_registry import SECOND_CODE, make_entry

pytestmark = pytest.mark.django_db(transaction=True)


class Clock(Calendar):
    """A calendar that can also stand still: a deadline is judged to the second."""

    def stand(self, text: str) -> None:
        self.stop()
        self.traveller = time_machine.travel(shanghai(text), tick=False)
        self.traveller.start()


@pytest.fixture
def calendar() -> Iterator[Clock]:
    calendar = Clock()
    yield calendar
    calendar.stop()


@pytest.fixture
def page_of(visitor, live_server):
    """Return a function that opens a page as a person who has already signed in."""

    def open_as(user: Any) -> Page:
        client = Client()
        client.force_login(user)
        page = visitor()
        page.context.add_cookies(
            [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
        )
        return page

    return open_as


@contextmanager
def unchanged(*models: type[Model]) -> Iterator[None]:
    """Assert that every row of these tables is afterwards what it was."""

    def rows() -> dict[str, list]:
        return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in models}

    before = rows()
    yield
    assert rows() == before


def press(page: Page, words: str) -> int:
    """Press the button of exactly these words; return the status of the answer."""
    with page.expect_navigation() as going:
        page.get_by_role("button", name=words, exact=True).first.click()
    return going.value.status


def values_of(page: Page, *names: str) -> list[str]:
    return [page.locator(f"[name='{name}']").first.input_value() for name in names]


# 1. A wrong code


def test_a_wrong_check_character_is_refused_and_the_right_one_not_told(calendar, page_of):
    calendar.go("2026-01-20 09:00")
    make_entry()
    page = page_of(make_user("person"))
    wrong = f"{SECOND_CODE[:-1]}{'6' if SECOND_CODE[-1] != '6' else '7'}"
    page.goto(reverse("registry:claim"))
    fill(page, {"uscc": wrong, "certificate": "证书.pdf", "authorisation": "委托书.pdf"})
    with unchanged(Claim, Organization, Membership, StoredFile, Event):
        status = press(page, "提交认领")
    assert status == 422
    shows(
        page,
        "统一社会信用代码的校验位不符。应为 18 位数字和大写字母,例如 52330211MJ0000000X 的样式,请对照登记证书逐位核对。",
    )
    assert SECOND_CODE not in page.content()
    assert values_of(page, "uscc") == [wrong]
    # The same page goes on with the right code.
    fill(page, {"uscc": SECOND_CODE, "certificate": "证书.pdf", "authorisation": "委托书.pdf"})
    assert press(page, "提交认领") == 200
    assert Claim.objects.get().organization.uscc == SECOND_CODE


# 3. One second late


@pytest.fixture
def ready(calendar, page_of):
    """A page on "check and submit" of a finished draft, opened a minute before the deadline."""
    calendar.go("2026-02-27 16:59")
    person, organization = make_applicant()
    application = write_all(make_application(organization=organization, by=person), person)
    page = page_of(person)
    page.goto(reverse("applications:check", args=[application.key]))
    fill(page, {"commitment": True})
    return page, application


def test_one_second_after_the_deadline_is_too_late_and_the_text_stays(calendar, ready):
    page, application = ready
    calendar.stand("2026-02-27 17:00:01")
    with unchanged(Application, Version, Section, BudgetLine, Event):
        status = press(page, "提交申报书")
    assert status == 410
    shows(page, "申报已于 2月27日 17:00 截止，这次没有提交成功。您填写的内容仍可查看和下载。")
    page.get_by_role("link", name="查看已保存的草稿全文").click()
    shows(page, "由社工带领志愿者结对陪护，每月两次助行日活动。", "项目社工补贴", "草稿全文")


def test_the_second_of_the_deadline_is_in_time(calendar, ready):
    page, application = ready
    calendar.stand("2026-02-27 17:00:00")
    assert press(page, "提交申报书") == 200
    application = again(application)
    assert (application.status, application.version.number) == ("SUBMITTED", 1)
    shows(page, "申报书已提交", application.number, "2026年2月27日 17:00:00", application.version.sha256)


def test_a_section_saved_one_second_late_gives_the_text_back(calendar, ready):
    page, application = ready
    page.goto(reverse("applications:section", args=[application.key, "venture-need"]))
    calendar.stand("2026-02-27 17:00:01")
    text = "最后一刻补充：2026年2月又走访 31 户，坡道仍是第一位的需求。"
    fill(page, {"q_venture-evidence": text})
    with unchanged(Application, Version, Section, Event):
        status = press(page, "保存并返回列表")
    assert status == 410
    shows(page, "申报已于 2月27日 17:00 截止，不能再修改。")
    assert text in page.locator("#kept").input_value()
    with page.expect_download() as going:
        page.get_by_role("button", name="下载这些文字").click()
    assert text in going.value.path().read_text("utf-8-sig")
