import re
from datetime import timedelta

import pytest
from django.urls import reverse

from grants.calls import commands
from grants.calls.forms import AttachmentRow
from grants.calls.models import Allocation, CallIndexPage, CallPage, Round
from portal import clock
from tests.grants.makers_calls import (
    CLOSES,
    NOON,
    finance,
    head,
    leader,
    make_budgeted,
    make_draft,
    make_page,
    make_published,
    make_source,
    officer,
    programme_id,
)
from tests.makers import again, make_region, make_user

pytestmark = pytest.mark.django_db


def text(response):
    return response.content.decode()


def management(name, total):
    return {f"{name}-TOTAL_FORMS": str(total), f"{name}-INITIAL_FORMS": "0"}


def posted(**changes):
    source = make_source()
    data = {
        "code": "R2026", "title": "镇海区2026年公益创投（演示）", "programme": programme_id("VENTURE"), "region": make_region("330211").pk,
        "year": "2026", "host": "镇海区民政局", "contact": "社会组织科", "phone": "0574-80000012",
        "opens_at_0": "2026-02-02", "opens_at_1": "09:00:00", "closes_at_0": "2026-02-27", "closes_at_1": "17:00:00",
        "starts_on": "2026-04-01", "ends_on": "2027-03-31", "min_months": "6", "max_months": "12", "ceiling": "5万",
        "applications_per_organization": "2", "awards_per_organization": "1", "experts": "5", "score_rule": "TRIMMED",
        "paper_percent": "40", "defence_places": "0", "absence": "GIVEN_UP", "publicity_days": "5", "screening_days": "10", "correction_days": "3",
        "categories": "为老", "forbidden": "旅游",
        **management("envelopes", 1), "envelopes-0-source": source.pk, "envelopes-0-year": "2026",
        "envelopes-0-planned": "300,000",
        **management("criteria", 1), "criteria-0-stage": "PAPER", "criteria-0-code": "A", "criteria-0-name": "需求",
        "criteria-0-max_points": "100",
        **management("tranches", 2), "tranches-0-percent": "60", "tranches-0-milestone": "agreement",
        "tranches-1-percent": "40", "tranches-1-milestone": "final",
        **management("budget_rules", 1), "budget_rules-0-category": "B4", "budget_rules-0-percent": "30",
        **management("attachments", 1), "attachments-0-code": "certificate", "attachments-0-name": "登记证书",
        "attachments-0-is_required": "on",
    }  # fmt: skip
    return {**data, **changes}


def test_an_officer_drafts_a_round_on_one_page(client):
    client.force_login(officer())
    make_region("330211")
    assert client.get(reverse("staff_rounds:new")).status_code == 200
    answer = client.post(reverse("staff_rounds:new"), posted())
    round = Round.objects.get()
    assert answer.url == reverse("staff_rounds:inspect", args=[round.pk])
    assert (round.ceiling, round.closes_at) == (5_000_000, CLOSES)
    assert list(round.tranche_rules.values_list("percent", "milestone")) == [(60, "agreement"), (40, "final")]
    assert round.budget_rules.get().max_permyriad == 3000
    page = text(client.get(answer.url))
    assert "还没有" not in page.split("资金安排")[1][:40]
    assert "已下达 0.00 元" in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"envelopes-0-planned": "3.8"}, "3.80 元太小，是不是 38,000.00 元？"),
        ({"ceiling": "50,000.005"}, "金额最多写到分"),
        ({"closes_at_0": "2026-02-01"}, "截止时间应晚于开始时间"),
        ({"ends_on": "2026-02-30"}, "error"),
    ],
)
def test_wrong_input_is_named_and_nothing_is_drafted(client, changes, words):
    client.force_login(officer())
    make_region("330211")
    answer = client.post(reverse("staff_rounds:new"), posted(**changes))
    assert answer.status_code == 422
    assert words in text(answer)
    assert Round.objects.count() == 0


def test_the_summary_links_each_wrong_field_and_names_each_wrong_table(client):
    client.force_login(officer())
    make_region("330211")

    page = text(client.post(reverse("staff_rounds:new"), posted(title="", phone="")))
    table_only = text(client.post(reverse("staff_rounds:new"), posted(**{"criteria-0-name": ""})))

    summary = page.split('role="alert"')[1].split("</div>")[0]
    assert re.findall(r'href="#(\w[\w-]*)"', summary) == ["id_title", "id_phone"]
    assert "请填写名称" in summary and 'id="id_title"' in page
    assert '<a href="#criteria-section">评分表</a>：1 处要改' in table_only and 'id="criteria-section"' in table_only


def test_a_search_without_result_leads_back_to_the_whole_list(client):
    make_draft()
    client.force_login(officer())

    page = text(client.get(f"{reverse('staff_rounds:index')}?q=飞机"))

    assert f'<a href="{reverse("staff_rounds:index")}">清除筛选</a>' in page


def test_only_an_officer_drafts(client):
    for someone in (head(), leader(), finance()):
        client.force_login(someone)
        answer = client.get(reverse("staff_rounds:new"))
        assert answer.status_code == 403
        assert "民政局经办人" in text(answer)


def test_money_is_asked_by_one_and_agreed_by_another_person(client):
    round = make_draft()
    client.force_login(finance())
    sheet = reverse("staff_rounds:request_allocation", args=[round.pk])
    client.post(sheet, {"envelope": round.envelopes.get().pk, "fen": "30万"})
    asked = Allocation.objects.get()
    approve = reverse("staff_allocations:approve_allocation", args=[asked.pk])
    assert client.get(approve).status_code == 403
    client.force_login(leader())
    assert "立即记账" in text(client.get(approve))
    client.post(approve)
    assert (again(asked).status, again(round).status) == ("POSTED", "BUDGETED")


def test_the_head_publishes_from_the_sheet_and_the_officer_cannot(client):
    with clock.at(NOON):
        round = make_budgeted()
        commands.submit_page(make_page(round), by=officer())
        sheet = reverse("staff_rounds:publish", args=[round.pk])
        client.force_login(officer())
        assert client.post(sheet).status_code == 403
        client.force_login(head())
        page = text(client.get(sheet))
        assert "申报时间 2026-02-02 09:00 至 2026-02-27 17:00" in page
        client.post(sheet)
    assert (again(round).status, CallPage.objects.get().live) == ("OPEN", True)


def test_the_sheet_says_why_it_cannot_be_published_yet(client):
    with clock.at(NOON):
        round = make_draft()
        Round.objects.update(status="BUDGETED")
        client.force_login(head())
        page = client.get(reverse("staff_rounds:publish", args=[round.pk]))
    assert "请先完成资金下达" in text(page)
    assert "还没有写申报通知" in text(page)
    assert "csrfmiddlewaretoken" not in text(page).split("现在还不能办理")[1]


def test_wagtails_publish_button_leads_to_approval(client, django_user_model):
    round = make_budgeted()
    page = make_page(round)
    root = django_user_model.objects.create_superuser("root", "root@example.org", "correct-horse-9")
    client.force_login(root)
    from grants.calls.wagtail_hooks import send_to_approval

    request = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).wsgi_request
    request._messages = __import__("django.contrib.messages.storage.base", fromlist=["x"]).BaseStorage(request)
    assert send_to_approval(request, page).status_code == 302
    assert again(page).live is False


def test_the_public_notice_shows_money_rules_and_the_way_in(client):
    round = make_published()
    page = CallPage.objects.get()
    address = page.get_url()
    with clock.at(NOON):
        body = text(client.get(address))
        for words in (
            "申报中",
            "300,000.00 元",
            "50,000.00 元",
            "人员补贴",
            "30%",
            "需求真实",
            "开始申报",
            "16 题",
        ):
            assert words in body
        assert reverse("applications:start", args=[round.key]) in body
        listed = text(client.get(CallIndexPage.objects.get().get_url()))
        assert round.page.title in listed
    with clock.at(CLOSES + timedelta(seconds=1)):
        closed = text(client.get(address))
        assert "申报已截止" in closed
        assert reverse("applications:start", args=[round.key]) not in closed


def test_the_public_notice_costs_the_same_whatever_it_holds(client):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    make_published()
    address = CallPage.objects.get().get_url()
    with clock.at(NOON):
        client.get(address)
        with CaptureQueriesContext(connection) as first:
            client.get(address)
        round = Round.objects.get()
        for n in range(30):
            round.attachment_rules.create(code=f"x{n}", name=f"材料{n}")
        with CaptureQueriesContext(connection) as second:
            client.get(address)
    assert len(second) == len(first)


def test_a_stranger_does_not_see_a_draft_round(client):
    round = make_draft()
    client.force_login(make_user("far", "BUREAU_OFFICER", region="330212"))
    assert client.get(reverse("staff_rounds:inspect", args=[round.pk])).status_code == 404
    assert round.title not in text(client.get(reverse("staff_rounds:index")))


def test_a_street_is_shown_no_request_that_it_may_not_open(client):
    round = make_published()
    asked = Allocation.objects.get(envelope__round=round)
    door = reverse("staff_allocations:inspect", args=[asked.pk])

    shown = {}
    for user in (officer(), make_user("street", "STREET", region="330211001")):
        client.force_login(user)
        page = text(client.get(reverse("staff_rounds:inspect", args=[round.pk])))
        shown[user.username] = (door in page, client.get(door).status_code)

    assert shown == {"officer": (True, 200), "street": (False, 404)}


def test_the_round_opens_its_notice_to_write_or_to_read(client):
    round = make_published()
    page = CallPage.objects.get(round=round)

    shown = {}
    for user in (officer(), leader()):
        client.force_login(user)
        answer = text(client.get(reverse("staff_rounds:inspect", args=[round.pk])))
        shown[user.username] = re.search(r'href="([^"]+)">打开通知', answer)[1]

    assert shown == {"officer": reverse("wagtailadmin_pages:edit", args=[page.pk]), "leader": page.url}


def test_a_paper_keeps_its_code_and_a_new_one_gets_its_own():
    kept, new = (AttachmentRow({"code": code, "name": "登记证书"}) for code in ("certificate", ""))

    assert kept.is_valid() and new.is_valid()
    assert kept.row()["code"] == "certificate"
    assert re.fullmatch(r"[0-9a-f]{8}", new.row()["code"])
