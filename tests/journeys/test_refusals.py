"""Wrong input in a browser: refused in whole Chinese sentences, and nothing is lost or half done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect
from wagtail.models import Revision, TaskState

from grants.applications import commands as applications
from grants.applications.models import Application, BudgetLine, Section, Version
from grants.awards import commands as awards
from grants.awards.models import Award, AwardShare, Resolution
from grants.calls import commands as calls
from grants.calls.models import Allocation, CallPage, Envelope, Round
from grants.funds.models import Account, Posting
from grants.funds.queries import balances_of
from grants.payments.models import Payment
from grants.publicity import commands as publicity
from orgs.registry.models import Claim, Membership, Organization
from portal.access import Role
from portal.accounts.models import RoleGrant
from portal.components.templatetags.portal_tags import grouped
from portal.documents.models import Paper
from portal.files.models import StoredFile
from portal.trail.models import Event
from tests.grants import makers_review as review
from tests.grants.makers_agreements import make_people
from tests.grants.makers_applications import LINES, make_applicant, make_application
from tests.grants.makers_applications import fill as write_all
from tests.grants.makers_calls import head, make_budgeted, make_draft, make_page, person
from tests.grants.makers_payments import advance, make_ready
from tests.journeys.acting import Calendar, fill, shanghai, shows
from tests.makers import again, make_region, make_user
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


def address(name: str, obj: Model) -> str:
    return reverse(name, args=[obj.pk])


def values_of(page: Page, *names: str) -> list[str]:
    return [page.locator(f"[name='{name}']").first.input_value() for name in names]


def settle(page: Page) -> None:
    """Leave the field, and let the page save by itself what was typed."""
    page.locator(":focus").blur()
    page.locator("[data-autosave]").evaluate(
        """({ saver }) => new Promise((done) => {
          const look = () => (saver.dirty || saver.busy ? requestAnimationFrame(look) : done());
          look();
        })"""
    )


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
        "统一社会信用代码的校验位不符。应为 18 位数字和大写字母，例如 52330211MJ0000000X 的样式，请对照登记证书逐位核对。",
    )
    assert SECOND_CODE not in page.content()
    assert values_of(page, "uscc") == [wrong]
    # The same page goes on with the right code.
    fill(page, {"uscc": SECOND_CODE, "certificate": "证书.pdf", "authorisation": "委托书.pdf"})
    assert press(page, "提交认领") == 200
    assert Claim.objects.get().organization.uscc == SECOND_CODE


# 2. One hundredth of a percent too much


def test_personnel_cost_of_30_01_percent_is_not_done_and_30_00_is(calendar, page_of):
    calendar.go("2026-02-10 12:00")
    person, organization = make_applicant()
    application = write_all(make_application(organization=organization, by=person), person)
    applications.set_done(application, "budget", done=False, by=person)
    page = page_of(person)
    page.goto(reverse("applications:budget", args=[application.key]))
    # 12,004 of 40,000 yuan: four yuan moved from training to personnel.
    fill(page, {"row-1-unit_price": "1,200.40", "row-2-unit_price": "399.60", "done": "yes"})
    settle(page)
    with unchanged(Application, Version):
        status = press(page, "保存并返回列表")
    assert status == 422
    sentence = "人员补贴 12,004.00 元，占申请资助额 40,000.00 元的 30.01%，超过本通知规定的 30%。把 4.00 元改到其他科目即可。"
    shows(page, sentence)
    expect(page.get_by_role("alert")).to_contain_text(sentence)
    assert values_of(page, "row-1-unit_price", "row-2-unit_price") == ["1,200.40", "399.60"]
    assert Section.objects.get(code="budget").is_done is False
    assert list(BudgetLine.objects.order_by("position").values_list("amount", flat=True)) == [
        2_400_000, 1_200_400, 399_600, 560_000,
    ]  # fmt: skip

    fill(page, {"row-1-unit_price": "1,200", "row-2-unit_price": "400", "done": "yes"})
    settle(page)
    assert press(page, "保存并返回列表") == 200
    assert Section.objects.get(code="budget").is_done is True
    assert [one.amount for one in BudgetLine.objects.order_by("position")] == [
        one["unit_price"] * int(one["quantity"] * Decimal(one["times"])) for one in LINES
    ]


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
    shows(page, "申报书已提交", application.number, "2026年2月27日 17:00:00", grouped(application.version.sha256))


def test_a_section_saved_one_second_late_gives_the_text_back(calendar, ready):
    page, application = ready
    page.goto(reverse("applications:section", args=[application.key, "venture-need"]))
    calendar.stand("2026-02-27 17:00:01")
    text = "最后一刻补充：2026年2月又走访 31 户，坡道仍是第一位的需求。"
    fill(page, {"q_venture-evidence": text})
    settle(page)
    with unchanged(Application, Version, Section, Event):
        status = press(page, "保存并返回列表")
    assert status == 410
    shows(page, "申报已于 2月27日 17:00 截止，不能再修改。")
    assert text in page.locator("#kept").input_value()
    with page.expect_download() as going:
        page.get_by_role("button", name="下载这些文字").click()
    assert text in going.value.path().read_text("utf-8-sig")


# 4. The same person twice


def refused_twice(page: Page, shown: str, sheet: str, words: str, reason: str) -> None:
    """The button is not drawn on the object's page; the address typed by hand answers 403 with the reason."""
    page.goto(shown)
    expect(page.get_by_role("link", name=words, exact=True)).to_have_count(0)
    answer = page.goto(sheet)
    assert answer.status == 403
    shows(page, reason)
    expect(page.get_by_role("button", name=words, exact=True)).to_have_count(0)
    posted = page.request.post(sheet, form={"csrfmiddlewaretoken": csrf(page)}, headers={"Referer": page.url})
    assert posted.status == 403
    assert reason in posted.text()


def csrf(page: Page) -> str:
    return next(one["value"] for one in page.context.cookies() if one["name"] == "csrftoken")


def test_whoever_drafted_the_round_does_not_publish_it(calendar, page_of):
    calendar.go("2026-01-16 09:00")
    # Officer and head in one person: only four eyes stand in the way.
    drafter = make_user("officer", Role.BUREAU_OFFICER, Role.BUREAU_HEAD)
    round = make_budgeted()
    calls.submit_page(make_page(round), by=drafter)
    page = page_of(drafter)
    shown, sheet = address("staff_rounds:inspect", round), address("staff_rounds:publish", round)
    with unchanged(Round, CallPage, Revision, TaskState, Event):
        refused_twice(page, shown, sheet, "审核并发布通知", "这个批次的通知由您起草，须由另一位同志审核发布。")
    other = page_of(head())
    other.goto(shown)
    expect(other.get_by_role("link", name="审核并发布通知", exact=True)).to_be_visible()


def test_whoever_asked_for_money_does_not_agree_to_it(calendar, page_of):
    calendar.go("2026-01-14 09:00")
    asker = make_user("finance", Role.BUREAU_FINANCE, Role.BUREAU_LEADER)
    person("leader", Role.BUREAU_LEADER)
    round = make_draft()
    asked = calls.request_allocation(round.envelopes.get(), 30_000_000, by=asker)
    page = page_of(asker)
    shown = address("staff_allocations:inspect", asked)
    sheet = address("staff_allocations:approve_allocation", asked)
    with unchanged(Allocation, Envelope, Account, Posting, Event):
        refused_twice(page, shown, sheet, "同意并记账", "这笔申请由您提出，须由另一位领导审批。")
    other = page_of(person("leader"))
    other.goto(shown)
    expect(other.get_by_role("link", name="同意并记账", exact=True)).to_be_visible()


def test_whoever_checked_a_payment_does_not_approve_it(calendar, page_of):
    calendar.go("2026-05-06 09:00")
    people = make_people()
    RoleGrant.objects.create(
        user=people.officer, role=Role.BUREAU_FINANCE, region=make_region("330211"), starts_on=date(2020, 1, 1)
    )
    payment = advance(make_ready(people), people, "CHECKED")
    page = page_of(people.officer)
    shown, sheet = address("staff_payments:inspect", payment), address("staff_payments:approve", payment)
    with unchanged(Payment, Account, Posting, Event):
        refused_twice(page, shown, sheet, "复核通过", "该笔由您做的民政审核，须由他人复核。")
    other = page_of(people.finance)
    other.goto(shown)
    expect(other.get_by_role("link", name="复核通过", exact=True)).to_be_visible()


# 5. More than the money there is


@pytest.fixture
def ranked(calendar):
    """A round of 90,000 yuan and three sealed applications that ask for 40,000 each."""
    calendar.go("2026-06-12 10:00")
    round = review.make_round(money={"LOTTERY": 60_000_00, "FISCAL": 30_000_00})
    apps = [review.make_application(round, n) for n in (1, 2, 3)]
    review.make_ranking(round, apps)
    return round, apps


def test_a_meeting_result_above_the_money_reserves_nothing(ranked, page_of):
    round, _apps = ranked
    page = page_of(review.someone("officer"))
    page.goto(address("staff_resolutions:meeting", round))
    rows = {
        f"items-{at}-{name}": value for at in range(3) for name, value in (("verdict", "PROPOSED"), ("amount", "4万"))
    }
    meeting = {
        "kind": "BUREAU",
        "met_on": "2026-06-12",
        "minutes_number": "〔2026〕9号",
        "attendees": "测试甲、测试乙",
    }
    fill(page, {**rows, **meeting})
    with unchanged(Resolution, Award, AwardShare, Account, Posting, Application, Event):
        status = press(page, "提交会议结果")
    assert status == 422
    shows(page, "拟立项合计 120,000.00 元，超过可用额度 90,000.00 元，请减少金额或项目。")
    assert values_of(page, *rows) == list(rows.values())
    assert values_of(page, *meeting) == list(meeting.values())
    assert balances_of("round", round.code) == {"envelope": 90_000_00}

    fill(page, {"items-2-verdict": "RESERVE"})
    assert press(page, "提交会议结果") == 200
    shows(page, "会议结果已录入，请领导确认。")
    assert Resolution.objects.get().items.count() == 3


# 6. An objection that is not answered


@pytest.fixture
def listed(calendar, ranked):
    """A published list of two whose period has ended; the second has an objection that nobody answered."""
    round, apps = ranked
    officer, leader = review.someone("officer"), review.someone("leader")
    items = [
        awards.Item(apps[0], "PROPOSED", 40_000_00),
        awards.Item(apps[1], "PROPOSED", 38_500_00),
        awards.Item(apps[2], "RESERVE", 40_000_00),
    ]
    resolution = awards.draft_resolution(
        round, items=items, by=officer, kind="PARTY_GROUP", met_on=date(2026, 6, 12), minutes_number="〔2026〕12号",
        attendees="测试甲、测试乙、测试丙",
    )  # fmt: skip
    resolution = awards.record_resolution(resolution, by=leader)
    calendar.go("2026-06-16 09:00")
    draft = awards.publicise(
        resolution, by=officer, first_day=date(2026, 6, 17), supervision_unit="驻局纪检监察组",
        supervision_phone="0574-80000019", address="镇海区演示路1号",
    )  # fmt: skip
    shown = publicity.start(draft, by=review.someone("head", Role.BUREAU_HEAD))
    calendar.go("2026-06-18 09:00")
    publicity.object_to(
        shown,
        kind="UNTRUE",
        facts="该单位的活动照片与去年另一个项目相同，请核查。",
        row=shown.rows.get(position=2, kind="PROPOSED"),
    )
    calendar.go("2026-06-25 09:00")
    return [Award.objects.get(application=app) for app in apps[:2]]


def test_an_open_objection_holds_its_award_and_no_other(listed, page_of):
    free, held = listed
    page = page_of(review.someone("leader"))
    reason = "这个项目有异议没有办结，答复后才能立项。"
    with unchanged(Award, AwardShare, Account, Posting, Paper, Event):
        page.goto(address("staff_awards:inspect", held))
        shows(page, "确认立项：现在还不能办理。", reason)
        page.goto(address("staff_awards:confirm", held))
        shows(page, "现在还不能办理：", reason)
        expect(page.get_by_role("button", name="确认立项", exact=True)).to_have_count(0)
        posted = page.request.post(
            page.url, form={"csrfmiddlewaretoken": csrf(page), "document_number": "镇民〔2026〕1号"},
            headers={"Referer": page.url},
        )  # fmt: skip
        assert posted.status == 422
        assert reason in posted.text()

    page.goto(address("staff_awards:inspect", free))
    page.get_by_role("link", name="确认立项", exact=True).click()
    fill(page, {"document_number": "镇民〔2026〕1号"})
    assert press(page, "确认立项") == 200
    shows(page, "已立项，立项通知书已生成。")
    assert [again(free).status, again(held).status] == ["APPROVED", "PROPOSED"]
    assert balances_of("award", held.code) == {"reserved": 38_500_00}
