"""The books in the admin: who reads what, what is on the page, and at which cost."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.urls import reverse

from grants.calls.models import ProgrammeType
from grants.funds import commands as ledger
from grants.funds import queries
from grants.funds.models import Account, Posting
from portal.access import Role
from tests.grants.makers_funds import make_envelope, make_finance, make_source
from tests.makers import make_region, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return make_finance()


@pytest.fixture
def books(people):
    source = make_source(name="镇海演示预算", region=make_region("330211"))
    envelope = make_envelope(source, 6_000_000, people)
    moves = [ledger.move(envelope, ledger.account("reserved", "award", "VEN-2026-000001", source, 2026), 3_850_000)]
    return ledger.post("propose", key="p1", transfers=moves, by=people[0], memo="第一批")


def page(client, user, name, *args, **query):
    client.force_login(user)
    return client.get(reverse(name, args=args), query)


LISTS = ("staff_postings:index", "staff_fund_accounts:index", "staff_fund_sources:index")


@pytest.mark.parametrize("role", [Role.BUREAU_FINANCE, Role.FINANCE, Role.BUREAU_HEAD, Role.AUDITOR])
def test_finance_head_and_auditor_read_the_books(client, books, role):
    reader = make_user("reader", role)

    for name in (*LISTS, "funds_register"):
        assert page(client, reader, name).status_code == 200
    assert "38,500.00" in page(client, reader, "staff_postings:index").content.decode()
    assert "拟立项占用" in page(client, reader, "staff_postings:inspect", books.pk).content.decode()


def test_an_officer_of_another_desk_is_told_who_may(client, books):
    officer = make_user("officer", Role.BUREAU_OFFICER)

    for name in (*LISTS, "funds_register", "funds_verify"):
        assert page(client, officer, name).status_code == 403


def test_another_district_sees_nothing_of_these_books(client, books):
    stranger = make_user("stranger", Role.BUREAU_FINANCE, region="330206")

    assert page(client, stranger, "staff_postings:inspect", books.pk).status_code == 404
    assert page(client, stranger, "staff_fund_accounts:inspect", Account.objects.first().pk).status_code == 404
    assert "38,500.00" not in page(client, stranger, "staff_postings:index").content.decode()
    assert "镇海演示预算" not in page(client, stranger, "staff_fund_sources:index").content.decode()
    assert "VEN-2026-000001" not in page(client, stranger, "funds_register", year=2026).content.decode()


def test_the_lists_cost_the_same_with_1_and_30_rows(client, books, people, django_assert_max_num_queries):
    for name in LISTS[:2]:
        page(client, people[0], name)
        with django_assert_max_num_queries(40) as few:
            page(client, people[0], name)
        source = make_source(f"S-{name[-12:]}")
        for _ in range(15):
            make_envelope(source, 100, people, code=f"R{Posting.objects.count()}")
        with django_assert_max_num_queries(len(few)):
            page(client, people[0], name)


def test_an_account_shows_its_movements(client, books, people):
    account = Account.objects.get(owner_code="R2026")

    text = page(client, people[0], "staff_fund_accounts:inspect", account.pk).content.decode()

    assert "21,500.00" in text
    assert "-38,500.00" in text


def test_the_register_leaves_as_an_excel_file(client, books, people):
    answer = page(client, people[0], "funds_register", year=2026, format="xlsx")

    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert sheet.title == "2026年资金台账"
    assert [row[3] for row in rows] == ["批次/项目", "FISCAL", "R2026", "VEN-2026-000001"]
    assert rows[3][rows[0].index("拟立项占用（元）")] == 38_500


def test_the_wide_register_is_summed_and_counts_no_money_twice(client, books, people):
    answer = page(client, people[0], "funds_register", year=2026, columns="all")

    foot = {str(label): fen for pair in answer.context["foot"] for label, fen in pair}
    assert {label: fen for label, fen in foot.items() if fen} == {
        "本年安排": 60_000_00, "拟立项占用": 38_500_00, "期末结余": 60_000_00,
    }  # fmt: skip
    assert foot["转下级安排"] is None
    assert "拟立项 VEN-2026-000001" in page(client, people[0], "funds_register", year=2026).content.decode()


def test_the_auditor_has_the_ledger_recomputed(client, books):
    auditor = make_user("auditor", Role.AUDITOR)

    assert "都相符" in page(client, auditor, "funds_verify").content.decode()


def test_money_of_the_past_is_told_by_programme_and_year(client, people, django_assert_num_queries):
    source = make_source(name="历年资金", region=make_region("330211"))
    by, leader = people[0], people[1]
    for year in (2015, 2016):
        ledger.appropriate_budget(source, year, 5_000_000, f"历史导入 FACILITY-{year}", by=by, approved_by=leader)
    ledger.appropriate_budget(source, 2017, 100, "镇财指〔2017〕1号", by=by, approved_by=leader)
    name = ProgrammeType.objects.get(code="FACILITY").name
    reader = make_user("reader", Role.BUREAU_FINANCE)

    listed = page(client, reader, "staff_postings:index").content.decode()
    one = Posting.objects.get(document_number="历史导入 FACILITY-2015")
    inspected = page(client, reader, "staff_postings:inspect", one.pk).content.decode()

    for year in (2015, 2016):
        assert f"历史导入 {year}年{name}（历史）" in listed and f"FACILITY-{year}" not in listed
    assert "镇财指〔2017〕1号" in listed
    assert f"历史导入 2015年{name}（历史）" in inspected and "FACILITY-2015" not in inspected
    rows = list(Posting.objects.filter(document_number__contains="FACILITY"))
    for some in (rows[:1], rows):
        with django_assert_num_queries(2):
            queries.documents(some)
