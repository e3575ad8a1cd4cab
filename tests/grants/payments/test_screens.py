"""Screens of agreements and payments: who enters, what they see, what changes."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from grants.agreements.models import PartyCode
from grants.payments import queries
from grants.payments.models import BankStatement, Payment, Refund
from grants.payments.rules import COLUMNS
from grants.payments.states import PaymentStatus as S
from portal import clock
from tests.grants.makers_agreements import PDF, YUAN, make_agreement, make_award, make_project
from tests.grants.makers_payments import advance, incoming, line, make_ready, statement
from tests.makers import again, make_user

pytestmark = pytest.mark.django_db


def text(response) -> str:
    return response.content.decode()


def upload(name="paper.pdf"):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, PDF)


def test_the_organization_reads_and_accepts_its_agreement(client, people):
    agreement = make_agreement(people)
    url = reverse("agreements:detail", args=[agreement.key])

    client.force_login(people.accountant)
    assert "叁万捌仟伍佰元整" in text(client.get(url))
    assert client.post(reverse("agreements:accept", args=[agreement.key])).status_code == 403
    client.force_login(people.admin)
    assert client.get(reverse("agreements:list")).status_code == 200
    assert client.post(reverse("agreements:accept", args=[agreement.key])).status_code == 302
    assert [one.party for one in agreement.acceptances.all()] == [PartyCode.ORGANIZATION]
    client.force_login(make_user("stranger"))
    assert client.get(url).status_code == 404


def test_staff_draft_accept_and_store_the_signed_copy(client, people):
    agreement = make_agreement(people)
    agreement.acceptances.create(party=PartyCode.ORGANIZATION, by=people.admin)

    client.force_login(people.head)
    assert client.post(reverse("staff_agreements:accept", args=[agreement.pk])).status_code == 302
    client.force_login(people.officer)
    late = {"file": upload(), "signed_on": "2199-01-01"}
    assert "不能晚于今天" in text(client.post(reverse("staff_agreements:store_signed", args=[agreement.pk]), late))
    early = {"file": upload(), "signed_on": "2020-01-01"}
    page = text(client.post(reverse("staff_agreements:store_signed", args=[agreement.pk]), early))
    assert "签署日期不能早于协议起草的" in page
    good = {"file": upload(), "signed_on": clock.today()}
    assert client.post(reverse("staff_agreements:store_signed", args=[agreement.pk]), good).status_code == 302

    assert again(agreement).status == "SIGNED"
    for name in ("staff_agreements", "staff_projects", "staff_amendments", "staff_drafts"):
        assert client.get(reverse(f"{name}:index")).status_code == 200
    page = text(client.get(reverse("staff_projects:inspect", args=[agreement.project_id])))
    assert "结项（通过）" in page and "已立项未拨还有 7,700.00 元" in page


def test_drafting_from_the_list_of_awards(client, people):
    from tests.grants.makers_agreements import make_payee

    award = make_award(make_payee(people), people)
    client.force_login(people.officer)

    assert award.title in text(client.get(reverse("staff_drafts:index")))
    assert client.post(reverse("staff_drafts:draft", args=[award.pk]), {"operator": ""}).status_code == 302
    assert award.title not in text(client.get(reverse("staff_drafts:index")))


def test_the_payee_asks_on_screen_and_reads_why_not(client, project, people):
    url = reverse("payments:project", args=[project.key])
    client.force_login(people.accountant)

    page = text(client.get(url))
    assert "申请第 1 期拨款" in page and "不能拨付第 2 期：中期报告还没有通过。" in page
    blocked = client.get(reverse("payments:request", args=[project.key, 2]))
    assert "未达到" in text(blocked) and "提交请款" not in text(blocked)
    assert client.post(reverse("payments:request", args=[project.key, 1])).status_code == 302
    assert Payment.objects.get().status == S.REQUESTED
    client.force_login(make_user("stranger"))
    assert client.get(url).status_code == 404


def test_staff_walk_the_machine_on_screen(client, project, people):
    payment = advance(project, people, S.REQUESTED)

    def press(who, action, **data):
        client.force_login(who)
        return client.post(reverse(f"staff_payments:{action}", args=[payment.pk]), data)

    assert press(people.finance, "check").status_code == 403
    assert press(people.officer, "check").status_code == 302
    assert press(people.finance, "approve").status_code == 302
    bad = press(people.treasury, "appropriate", document_number="", voucher_number="")
    assert "请填写支付凭证号" in text(bad)
    assert press(people.treasury, "appropriate", document_number="d", voucher_number="v").status_code == 302
    client.force_login(people.cashier)
    answers = {"file": statement([line(again(payment))]), "total_out": "1"}
    wrong = client.post(reverse("staff_import_statement"), answers)
    assert (wrong.status_code, BankStatement.objects.count()) == (422, 0)
    answers = {"file": statement([line(again(payment))]), "total_out": "19,200"}
    assert client.post(reverse("staff_import_statement"), answers).status_code == 302
    client.force_login(people.accountant)
    receipt = client.post(reverse("payments:receipt", args=[payment.key]), {"file": upload()})

    assert (receipt.status_code, again(payment).status) == (302, S.RECEIPTED)
    client.force_login(people.finance)
    page = text(client.get(reverse("staff_payments:inspect", args=[payment.pk])))
    assert "d · v" in page


def test_releasing_money_asks_for_the_password_again(client, project, people, settings):
    settings.REAUTHENTICATE = True
    payment = advance(project, people, S.CHECKED)
    for person, url in (
        (people.finance, reverse("staff_payments:approve", args=[payment.pk])),
        (people.treasury, reverse("staff_payments:appropriate", args=[payment.pk])),
        (people.cashier, reverse("staff_create_batch")),
    ):
        client.force_login(person)
        for asked in (client.get(url), client.post(url)):
            assert asked.url.startswith(reverse("account_reauthenticate")), url

    assert again(payment).status == S.CHECKED


def test_the_same_person_reads_why_they_cannot(client, project, people):
    payment = advance(project, people, S.APPROVED)
    client.force_login(people.finance)

    sheet = client.get(reverse("staff_payments:appropriate", args=[payment.pk]))
    board = text(client.get(reverse("staff_board")))

    assert sheet.status_code == 403 and "该笔由您做的财务复核，须由他人拨款。" in text(sheet)
    assert "该笔由您做的财务复核，须由他人拨款。" in board


def test_a_refund_on_screen(client, project, people):
    advance(project, people, S.PAID)
    client.force_login(people.officer)
    url = reverse("staff_register_refund", args=[project.pk])

    assert "最多 3,840.00 元" in text(client.get(url))
    over = {"source_FISCAL": "3840.01", "source_LOTTERY": "", "reason": "结余"}
    assert "最多可退 3,840.00 元" in text(client.post(url, over))
    assert client.post(url, {"source_FISCAL": "40", "source_LOTTERY": "", "reason": "结余"}).status_code == 302
    refund = Refund.objects.get()
    client.force_login(people.cashier)
    assert "还没有同等金额的到账流水" in text(client.get(reverse("staff_refunds:inspect", args=[refund.pk])))
    assert [one.kind for one in queries.due(people.cashier) if one.kind == "payments.match"] == []
    client.post(reverse("staff_import_statement"), {"file": statement([incoming(40 * YUAN)])})
    assert [one.kind for one in queries.due(people.cashier) if one.kind == "payments.match"] == ["payments.match"]
    found = client.get(reverse("staff_refunds:match", args=[refund.pk])).context["form"].fields["line"].queryset.get()
    matched = client.post(reverse("staff_refunds:match", args=[refund.pk]), {"line": found.pk})

    assert (matched.status_code, again(refund).status) == (302, "MATCHED")


def test_lists_and_board_cost_the_same_with_one_and_with_many(client, people):
    first = make_ready(people)
    advance(first, people, S.CHECKED)
    client.force_login(people.finance)
    urls = [reverse(name) for name in ("staff_board", "staff_payments:index", "staff_projects:index")]

    def cost() -> list[int]:
        found = []
        for url in urls:
            client.get(url)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(url).status_code == 200
            found.append(len(queries))
        return found

    before = cost()
    for at in range(3):
        award = make_award(first.payee, people, code=f"VEN-2026-00030{at}")
        advance(make_project(people, award), people, S.CHECKED)

    assert cost() == before


def test_outsiders_do_not_enter_the_money_screens(client, people, project):
    advance(project, people, S.REQUESTED)
    client.force_login(people.accountant)
    for name in ("staff_board", "staff_payments:index", "staff_import_statement", "staff_create_batch"):
        assert client.get(reverse(name)).status_code in (302, 403)
    client.force_login(make_user("stranger", "BUREAU_FINANCE", region="330212"))
    payment = Payment.objects.get()
    assert client.get(reverse("staff_payments:inspect", args=[payment.pk])).status_code == 404


def test_the_bank_template_has_the_columns_that_are_read(client, people):
    client.force_login(people.finance)
    template = reverse("staff_statement_template")
    assert template in text(client.get(reverse("staff_import_statement")))
    sheet = load_workbook(BytesIO(client.get(template).content)).worksheets[0]
    assert [cell.value for cell in sheet[1]] == list(COLUMNS)
    client.force_login(people.officer)
    assert client.get(template).status_code == 403
