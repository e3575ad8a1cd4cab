from datetime import timedelta

import pytest
from django.urls import reverse

from grants.applications import commands, queries
from grants.applications.models import Application, BudgetLine, Section, Version
from orgs.registry.models import MemberRole, Membership
from portal import clock
from portal.components.templatetags.portal_tags import grouped
from tests.grants.makers_applications import fill, make_applicant, make_application, make_submitted, scan
from tests.grants.makers_calls import CLOSES, NOON, make_open_round, officer
from tests.makers import again, make_user

pytestmark = pytest.mark.django_db
JSON = {"HTTP_ACCEPT": "application/json"}


def url(name, application, *more):
    return reverse(f"applications:{name}", args=[application.key, *more])


@pytest.fixture
def draft():
    return make_application()


@pytest.fixture
def admin(draft):
    return draft.organization.memberships.get(role="ADMIN").user


@pytest.fixture
def signed_in(client, admin):
    client.force_login(admin)
    return client


def text(response):
    return response.content.decode()


def test_starting_shows_the_rules_and_a_double_click_makes_one_draft(client):
    round = make_open_round()
    user, organization = make_applicant()
    client.force_login(user)
    address = reverse("applications:start", args=[round.key])
    with clock.at(NOON):
        page = text(client.get(address))
        assert "一年内没有列入活动异常名录" in page
        data = {"organization": organization.key, "title": "老城梯坎助行计划", "token": "t" * 22}
        first, second = client.post(address, data), client.post(address, data)
    application = Application.objects.get()
    assert first.url == second.url == url("tasks", application)


def test_a_confirmed_self_check_is_not_done_while_a_rule_is_not_met(signed_in, draft, admin):
    with clock.at(NOON):
        commands.confirm(draft, "eligibility", by=admin)
        page = text(signed_in.get(url("tasks", draft)))
        looked = text(signed_in.get(url("confirm", draft, "eligibility")))
    row = page.partition("<b>资格自查</b>")[2].partition("</li>")[0]
    assert "条未达到要求：" in row and "必交附件齐全" in row and "填写中" in row
    assert "条不符合" in looked and "已完成" not in row


def test_a_stranger_finds_nothing_and_a_reader_may_not_write(client, draft):
    for someone, status in ((make_user("stranger"), 404), (officer(), 404)):
        client.force_login(someone)
        with clock.at(NOON):
            assert client.get(url("tasks", draft)).status_code == status
            assert client.get(url("budget", draft)).status_code == status
    reader = make_user("reader")
    Membership.objects.create(organization=draft.organization, user=reader, role=MemberRole.READER)
    client.force_login(reader)
    with clock.at(NOON):
        assert client.get(url("tasks", draft)).status_code == 200
        assert client.post(url("section", draft, "venture-need"), {}).status_code == 403
    client.logout()
    assert client.get(url("tasks", draft)).status_code == 302


def test_every_page_of_the_wizard_opens(signed_in, draft):
    names = [("tasks",), ("overview",), ("section", "venture-need"), ("section", "venture-team"), ("plan",), ("budget",),
             ("attachments",), ("check",), ("confirm", "organization"), ("confirm", "eligibility"), ("detail",),
             ("version", 0), ("withdraw",)]  # fmt: skip
    with clock.at(NOON):
        for name, *more in names:
            assert (name, signed_in.get(url(name, draft, *more)).status_code) == (name, 200)
        assert signed_in.get(reverse("applications:mine")).status_code == 200


def test_what_waits_for_us_stands_before_what_is_over(signed_in, draft, admin):
    over = make_application(draft.round, draft.organization, by=admin, title="银龄助浴同行")
    Application.objects.filter(pk=over.pk).update(status="WITHDRAWN")

    rows = signed_in.get(reverse("applications:mine")).context["applications"]

    assert over.number > draft.number
    assert list(rows) == [draft, over]


def test_autosave_answers_with_the_version_and_a_conflict_with_both_texts(signed_in, draft, admin):
    address = url("section", draft, "venture-need")
    with clock.at(NOON):
        first = signed_in.post(address, {"q_venture-evidence": "甲"}, **JSON, HTTP_IF_MATCH='"0"')
        late = signed_in.post(address, {"q_venture-evidence": "乙"}, **JSON, HTTP_IF_MATCH='"0"')
        without = signed_in.post(address, {"q_venture-evidence": "丙"}, **JSON)
    assert first.json() == {"version": 1, "saved_at": "12:00"}
    assert (late.status_code, late.json()["by"], late.json()["fields"]["q_venture-evidence"]) == (
        409,
        str(admin),
        "甲",
    )
    assert without.status_code == 409
    assert Section.objects.get().answers["venture-evidence"] == "甲"


def test_a_late_save_gives_the_text_back(signed_in, draft):
    address = url("section", draft, "venture-need")
    with clock.at(CLOSES + timedelta(seconds=1)):
        page = signed_in.post(address, {"q_venture-evidence": "调查了六十户", "version": "0", "go": "next"})
        saved = signed_in.post(address, {"q_venture-evidence": "调查了六十户"}, **JSON, HTTP_IF_MATCH='"0"')
        copy = signed_in.post(reverse("applications:text_copy"), {"text": "调查了六十户"})
    assert (page.status_code, saved.status_code) == (410, 410)
    assert "调查了六十户" in text(page)
    assert "2月27日 17:00 截止" in text(page)
    assert (text(copy), copy["Content-Type"]) == ("\ufeff调查了六十户", "text/plain; charset=utf-8")
    assert Section.objects.count() == 0


def test_a_section_called_done_too_early_is_kept_and_says_what_is_missing(signed_in, draft):
    address = url("section", draft, "venture-need")
    with clock.at(NOON):
        page = signed_in.post(
            address,
            {
                "q_venture-evidence": "只写了这一题，还有别的没写完呢请稍后",
                "version": "0",
                "done": "yes",
                "go": "next",
            },
        )
    assert page.status_code == 422
    assert "请填写需求分析" in text(page)
    section = Section.objects.get(code="venture-need")
    assert (section.is_done, section.answers["venture-evidence"][:5]) == (False, "只写了这一")


def test_the_overview_refuses_a_day_that_does_not_exist(signed_in, draft):
    with clock.at(NOON):
        page = signed_in.post(
            url("overview", draft),
            {
                "title": "老城梯坎助行计划",
                "starts_on": "2026-02-30",
                "ends_on": "2026-12-31",
                "version": "0",
                "done": "no",
            },
        )
    assert page.status_code == 422
    assert "没有这一天" in text(page)


def line(n, **values):
    row = {"category": "B1", "item": "物资", "basis": "", "unit_price": "100", "quantity": "1", "unit": "份", "times": "1",
           "source": "GRANT", **values}  # fmt: skip
    return {f"row-{n}-{name}": value for name, value in row.items()}


def test_the_budget_reads_money_as_people_write_it_and_tells_the_breach_thrice(signed_in, draft):
    rows = {**line(0, unit_price="2.8万"), **line(7, category="B4", item="社工补贴", unit_price="12,004")}
    with clock.at(NOON):
        saved = signed_in.post(url("budget", draft), rows, **JSON, HTTP_IF_MATCH='"0"')
        page = text(signed_in.get(url("budget", draft)))
    assert saved.status_code == 200
    assert [one["row"] for one in saved.json()["faults"]] == [1]
    assert saved.json()["amounts"] == [2_800_000, 1_200_400]
    words = "人员补贴 12,004.00 元，占申请资助额 40,004.00 元的 30.01%，超过本通知规定的 30%"
    assert page.count(words) == 2  # in the head and under the row
    assert "超 2.80 元" in page
    assert again(draft).amount_requested == 4_000_400
    with clock.at(NOON):
        done = signed_in.post(url("budget", draft), {**rows, "version": "1", "done": "yes", "go": "next"})
    assert done.status_code == 422
    assert BudgetLine.objects.count() == 2


def test_an_unreadable_row_is_named_and_nothing_is_lost(signed_in, draft):
    with clock.at(NOON):
        signed_in.post(url("budget", draft), {**line(0), "version": "0", "done": "no"})
        page = signed_in.post(url("budget", draft), {**line(0, unit_price="一百"), "version": "1", "done": "no"})
    assert page.status_code == 422
    assert "第 1 行单价（元）" in text(page)
    assert "金额应为数字" in text(page)
    assert "一百" in text(page)
    assert BudgetLine.objects.get().unit_price == 10_000


def test_a_paper_is_uploaded_refused_and_removed(signed_in, draft):
    with clock.at(NOON):
        address = url("attachments", draft)
        signed_in.post(address, {"code": "certificate", "file": scan("登记证书.pdf")})
        assert "登记证书.pdf" in text(signed_in.get(address))
        from django.core.files.uploadedfile import SimpleUploadedFile

        bad = signed_in.post(address, {"code": "annual", "file": SimpleUploadedFile("图.jpg", b"%PDF-1.4")})
        assert bad.status_code == 422
        attached = draft.attachments.get()
        signed_in.post(address, {"remove": attached.pk})
        assert queries.dossier(again(draft)).attachments == []


def test_handing_in_shows_the_receipt_and_a_second_click_the_same(signed_in, draft, admin):
    fill(draft, admin)
    with clock.at(NOON):
        page = text(signed_in.get(url("check", draft)))
        assert "我已阅读并承诺" in page
        bare = signed_in.post(url("check", draft), {})
        assert (bare.status_code, Version.objects.count()) == (422, 0)
        first = signed_in.post(url("check", draft), {"commitment": "on"})
        second = signed_in.post(url("check", draft), {"commitment": "on"})
        receipt = text(signed_in.get(url("receipt", draft)))
        paper = signed_in.get(url("receipt_pdf", draft))
    assert first.url == second.url == url("receipt", draft)
    version = Version.objects.get()
    for piece in ("VEN-2026-000001", "2026年2月10日 12:00:00", grouped(version.sha256), "撤回修改"):
        assert piece in receipt
    assert b"".join(paper.streaming_content)[:5] == b"%PDF-"
    with clock.at(NOON):
        commands.screen_pass(draft, by=officer())
        assert "初审通过" in text(signed_in.get(url("receipt", draft)))


def test_one_second_late_is_refused_on_the_page(signed_in, draft, admin):
    fill(draft, admin)
    with clock.at(CLOSES + timedelta(seconds=1)):
        page = signed_in.post(url("check", draft), {"commitment": "on"})
    assert (page.status_code, again(draft).status) == (410, "DRAFT")
    assert "这次没有提交成功" in text(page)


def test_a_correction_opens_only_its_sections(client):
    application = make_submitted()
    admin = application.organization.memberships.get(role="ADMIN").user
    client.force_login(admin)
    with clock.at(NOON):
        commands.return_for_correction(application, by=officer(), items=[{"section": "overview", "text": "写到社区"}])
        page = text(client.get(url("tasks", application)))
        assert "需要补正 1 处" in page
        assert url("overview", application) in page
        assert url("budget", application) not in page
        assert client.get(url("budget", application)).status_code == 302
        assert "写到社区" in text(client.get(url("overview", application)))


# staff


def staff_url(name, *args):
    return reverse(f"staff_applications:{name}", args=args)


@pytest.fixture
def at_work(client):
    client.force_login(officer())
    return client


def test_the_officer_screens_and_goes_on_to_the_next(at_work):
    application = make_submitted()
    address = staff_url("screen", application.pk)
    rows = {"items-TOTAL_FORMS": "1", "items-INITIAL_FORMS": "0", "items-0-section": "overview", "items-0-text": ""}
    with clock.at(NOON):
        page = text(at_work.get(address))
        assert "核对清单" in page
        assert "登记库中没有记录" in page
        empty = at_work.post(address, {**rows, "decision": "return"})
        assert (empty.status_code, again(application).status) == (422, "SUBMITTED")
        nothing = at_work.post(address, {**rows, "decision": "fail"})
        assert (nothing.status_code, again(application).status) == (422, "SUBMITTED")
        done = at_work.post(address, {**rows, "decision": "pass", "note": ""})
    assert done.url == staff_url("index")
    assert again(application).status == "SCREEN_PASSED"


@pytest.mark.parametrize(
    "given, words",
    [
        ({"decision": "burn"}, "决定：没有“burn”这种决定"),
        ({}, "决定：没有选择决定"),
        ({"decision": "fail", "codes": ["E99"]}, "原因代码：没有原因代码“E99”"),
        (
            {"decision": "return", "items-0-section": "nowhere", "items-0-text": "请补"},
            "章节：申报表里没有章节“nowhere”",
        ),
    ],
)
def test_a_wrong_decision_code_or_section_is_named(at_work, given, words):
    application = make_submitted()
    rows = {"items-TOTAL_FORMS": "1", "items-INITIAL_FORMS": "0", "items-0-section": "overview", "items-0-text": ""}

    with clock.at(NOON):
        refused = at_work.post(staff_url("screen", application.pk), {**rows, **given})

    assert (refused.status_code, again(application).status) == (422, "SUBMITTED")
    assert words in text(refused)


def test_only_the_officer_of_the_region_screens(client):
    application = make_submitted()
    for someone, status in (
        (make_user("far", "BUREAU_OFFICER", region="330212"), 404),
        (make_user("street", "STREET", region="330211001"), 403),
    ):
        client.force_login(someone)
        assert client.get(staff_url("screen", application.pk)).status_code == status
        assert client.post(staff_url("screen", application.pk), {"decision": "pass"}).status_code == status
    assert again(application).status == "SUBMITTED"


def test_the_list_costs_the_same_for_1_and_30_rows(at_work, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    application = make_submitted()
    with clock.at(NOON):
        at_work.get(staff_url("index"))
        with CaptureQueriesContext(connection) as one:
            assert staff_url("inspect", application.pk) in text(at_work.get(staff_url("index")))
        version = application.version
        Application.objects.bulk_create(
            Application(
                number=f"VEN-2026-1{n:05d}", round=application.round, organization=application.organization,
                form_version=application.form_version, slot=n, slot_limit=50, status="SUBMITTED", title=f"项目{n}",
                region=application.region, created_by=application.created_by, submitted_at=NOON, version=version,
            )
            for n in range(2, 31)
        )  # fmt: skip
        with CaptureQueriesContext(connection) as many:
            page = text(at_work.get(staff_url("index")))
    assert "项目30" in page
    assert len(many) == len(one)
    assert len(many) <= 20
