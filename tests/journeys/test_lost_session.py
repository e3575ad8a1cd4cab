"""The session ends while a person writes: not one typed word is lost (screens.md § 3.0)."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import Page, expect

from grants.applications.models import Application, BudgetLine
from tests.grants.makers_applications import make_applicant, make_application
from tests.journeys.acting import fill
from tests.journeys.test_refusals import Clock, press
from tests.makers import again

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = "2026年2月又走访 31 户，坡道仍是第一位的需求。"
PASSWORD = "correct-horse-9"  # noqa: S105  of tests.makers


@pytest.fixture
def draft():
    calendar = Clock()
    calendar.go("2026-02-10 09:00")
    by, organization = make_applicant()
    yield make_application(None, organization, by)
    calendar.stop()


def sign_in(page: Page) -> None:
    page.fill("[name=login]", "applicant")
    page.fill("[name=password]", PASSWORD)
    page.click("main form .btn-1")


def answers_of(application: Application) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for section in application.sections.all():
        found |= section.answers
    return found


def open_page(visitor, name: str, *args: str) -> Page:
    page = visitor("applicant")
    page.goto(reverse(name, args=args))
    return page


def test_the_button_waits_for_a_new_sign_in_and_then_saves(visitor, draft):
    page = open_page(visitor, "applications:section", draft.key, "venture-need")
    Session.objects.all().delete()
    fill(page, {"q_venture-evidence": TEXT})
    settle_gone(page)
    page.get_by_role("button", name="保存并返回列表", exact=True).click()
    expect(page.locator("[name='q_venture-evidence']")).to_have_value(TEXT)
    with page.context.expect_page() as going:
        page.get_by_role("link", name="在新窗口登录").click()
    sign_in(going.value)
    going.value.wait_for_url(lambda url: "login" not in url)
    going.value.close()
    page.bring_to_front()
    press(page, "保存并返回列表")
    assert answers_of(draft)["venture-evidence"] == TEXT


def settle_gone(page: Page) -> None:
    page.locator(":focus").blur()
    expect(page.get_by_role("link", name="在新窗口登录")).to_be_visible()


def test_text_sent_without_a_session_comes_back_after_sign_in(visitor, draft):
    page = open_page(visitor, "applications:section", draft.key, "venture-need")
    page.route("**/*", lambda route: route.abort() if route.request.resource_type == "fetch" else route.continue_())
    fill(page, {"q_venture-evidence": TEXT})
    page.locator("[data-autosave]").evaluate("form => { clearTimeout(form.saver.timer); form.saver.busy = false; }")
    Session.objects.all().delete()
    page.locator("[data-autosave]").evaluate("form => { form.saver.stopped = true; }")
    assert press(page, "保存并返回列表") == 401
    assert TEXT in page.locator("#typed").input_value()
    page.unroute("**/*")
    page.get_by_role("link", name="登录并回到原来的页面").click()
    sign_in(page)
    expect(page.locator("[name='q_venture-evidence']")).to_have_value(TEXT)
    expect(page.locator("[data-save-status]")).to_contain_text("已自动保存")
    assert answers_of(draft)["venture-evidence"] == TEXT


def test_budget_rows_typed_without_a_session_come_back(visitor, draft):
    page = open_page(visitor, "applications:budget", draft.key)
    Session.objects.all().delete()
    fill(
        page,
        {"row-0-item": "助行物资包", "row-0-unit_price": "200", "row-0-quantity": "120", "row-0-basis": "120 户"},
    )
    page.locator("[data-add-row]").click()
    fill(page, {"row-1000-item": "楼道防滑条", "row-1000-unit_price": "14"})
    settle_gone(page)
    page.goto(f"{reverse('account_login')}?next={reverse('applications:budget', args=[draft.key])}")
    sign_in(page)
    expect(page.locator("[name='row-0-item']")).to_have_value("助行物资包")
    expect(page.locator("[name='row-1-item']")).to_have_value("楼道防滑条")
    expect(page.locator("[data-save-status]")).to_contain_text("已自动保存")
    assert list(BudgetLine.objects.order_by("pk").values_list("item", "unit_price")) == [
        ("助行物资包", 20_000), ("楼道防滑条", 1_400),
    ]  # fmt: skip


def test_a_long_form_without_autosave_offers_what_this_machine_kept(visitor, draft):
    page = open_page(visitor, "applications:withdraw", draft.key)
    Session.objects.all().delete()
    fill(page, {"reason": TEXT})
    assert press(page, page.locator("main form .btn-danger, main form .btn-1").first.inner_text()) == 401
    assert TEXT in page.locator("#typed").input_value()
    page.get_by_role("link", name="登录并回到原来的页面").click()
    sign_in(page)
    expect(page.get_by_text("这台电脑上有较新的内容")).to_be_visible()
    page.get_by_role("button", name="恢复这些内容").click()
    expect(page.locator("[name='reason']")).to_have_value(TEXT)
    assert again(draft).status == "DRAFT"
