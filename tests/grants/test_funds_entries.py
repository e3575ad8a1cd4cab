"""Entries in the books: one asks, a leader agrees, the ledger posts. From the command to the screen."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from grants.funds import commands as ledger
from grants.funds import queries
from grants.funds.models import Account, Entry, FundSource, Posting
from grants.funds.policies import entry_policy
from grants.funds.states import EntryKind
from portal import clock
from portal.access import Role
from portal.lifecycle import MoveNotAllowed, NotYet, Refused
from portal.notices.models import Notice
from portal.trail.models import Event
from tests.grants.makers_agreements import PDF
from tests.grants.makers_funds import make_budget, make_entry, make_envelope, make_finance, make_source
from tests.makers import acts, again, make_region, make_user

pytestmark = pytest.mark.django_db
TODAY = datetime(2026, 11, 20, 9, 0, tzinfo=clock.ZONE)
NUMBER = "镇财指〔2026〕8号"


@pytest.fixture(autouse=True)
def _now():
    with clock.at(TODAY):
        yield


@pytest.fixture
def people():
    return make_finance()


@pytest.fixture
def source():
    return make_source("LOTTERY", region=make_region("330211"))


def text(response) -> str:
    return response.content.decode()


def balances(source, kind: str = "available") -> dict[int, int]:
    return dict(Account.objects.filter(source=source, kind=kind).values_list("year", "balance"))


# indicators


def test_an_indicator_becomes_available_when_a_leader_agrees(people, source):
    finance, leader = people
    entry = ledger.request_budget(source, 2027, 30_000_000, f" {NUMBER} ", by=finance, issued_on=date(2026, 11, 19))
    assert (entry.status, entry.document_number, entry.due_on) == ("REQUESTED", NUMBER, date(2026, 11, 25))
    assert balances(source) == {}

    entry = ledger.approve_entry(entry, by=leader)

    assert (entry.status, entry.decided_by, entry.due_on) == ("POSTED", leader, None)
    assert balances(source) == {2027: 30_000_000}
    posting = entry.posting
    assert (posting.event, posting.made_by, posting.approved_by) == ("appropriate_budget", finance, leader)
    assert acts(entry) == ["funds.request", "funds.approve"]
    told = list(Notice.objects.order_by("pk").values_list("recipient__username", "kind"))
    assert told == [("leader", "funds.entry"), ("finance", "funds.entry_decided")]
    assert list(queries.problems()) == []


def test_nobody_agrees_to_an_own_request(source):
    both = make_user("both", Role.BUREAU_FINANCE, Role.BUREAU_LEADER)
    entry = make_entry(source, 100, both)
    with pytest.raises(ledger.FourEyes, match="另一位领导"):
        ledger.approve_entry(entry, by=both)
    assert not entry_policy.user_has_permission_for_instance(both, "approve", entry)
    assert (again(entry).status, balances(source)) == ("REQUESTED", {})


def test_a_document_is_entered_once_for_a_source_and_year(people, source):
    finance, leader = people
    entry = make_entry(source, 100, finance, NUMBER)
    with pytest.raises(MoveNotAllowed, match="同一文件"):
        make_entry(source, 200, finance, NUMBER)
    ledger.approve_entry(entry, by=leader)
    with pytest.raises(NotYet, match="已经登记过"):
        make_entry(source, 200, finance, NUMBER)
    make_entry(source, 200, finance, NUMBER, year=2027)
    assert Entry.objects.count() == 2


def test_a_refused_document_can_be_entered_again(people, source):
    finance, leader = people
    refused = ledger.refuse_entry(make_entry(source, 100, finance, NUMBER), by=leader, reason="金额不符")
    assert (refused.status, refused.reason, balances(source)) == ("REFUSED", "金额不符", {})
    ledger.approve_entry(make_entry(source, 200, finance, NUMBER), by=leader)
    assert balances(source) == {2026: 200}


def test_only_the_one_who_asked_takes_a_request_back(people, source):
    finance, leader = people
    entry = make_entry(source, 100, finance)
    with pytest.raises(MoveNotAllowed, match="申请人"):
        ledger.withdraw_entry(entry, by=leader, reason="误")
    assert ledger.withdraw_entry(entry, by=finance, reason="重写").status == "WITHDRAWN"
    with pytest.raises(MoveNotAllowed):
        ledger.approve_entry(entry, by=leader)


@pytest.mark.parametrize(
    ("fen", "number", "issued_on", "words"),
    [(0, NUMBER, None, "大于 0"), (100, " ", None, "文号"), (100, NUMBER, date(2026, 11, 21), "晚于今天")],
)
def test_an_indicator_without_amount_number_or_date_is_refused(people, source, fen, number, issued_on, words):
    with pytest.raises(Refused, match=words):
        ledger.request_budget(source, 2026, fen, number, by=people[0], issued_on=issued_on)
    assert Entry.objects.count() == 0


# the other kinds


def posted(kind, account, fen, people, number="镇民〔2026〕30号") -> Entry:
    entry = ledger.request_entry(kind, account, fen, number, by=people[0], note="年终")
    return ledger.approve_entry(entry, by=people[1])


def test_unused_money_is_handed_back_and_carried_over(people, source):
    make_budget(source, 500, people)
    envelope = make_envelope(source, 1_000, people)

    posted(EntryKind.HAND_BACK, Account.objects.get(source=source, kind="available"), 200, people)
    posted(EntryKind.CARRY_OVER, envelope, 1_000, people, "镇民〔2026〕31号")

    assert balances(source) == {2026: 300}
    assert balances(source, "envelope") == {2026: 0, 2027: 1_000}
    assert balances(source, "returned_world") == {2026: 200}
    assert list(queries.problems()) == []


def test_an_entry_takes_no_more_than_is_there_and_only_from_the_right_account(people, source):
    envelope = make_envelope(source, 1_000, people)
    with pytest.raises(NotYet, match="余额只有 10.00 元"):
        ledger.request_entry(EntryKind.HAND_BACK, envelope, 1_001, "1号", by=people[0], note="年终")
    with pytest.raises(NotYet, match="不能从“批次额度”办理"):
        ledger.request_entry(EntryKind.WRITE_OFF, envelope, 1, "1号", by=people[0], note="无法追回")


def test_what_came_back_this_year_is_restored_to_its_envelope(people, source):
    envelope = make_envelope(source, 1_000, people)
    returned = pay_and_return(source, envelope, people)

    posted(EntryKind.RESTORE, returned, 400, people, "BANK-1")

    assert (again(returned).balance, again(envelope).balance) == (0, 1_000)
    assert list(queries.problems()) == []


def pay_and_return(source, envelope, people) -> Account:
    place = {kind: ledger.account(kind, "award", "V1", source, 2026) for kind in WAY}
    steps = [("propose", envelope, place["reserved"])]
    steps += [(event, place[src], place[dst]) for event, src, dst in EVENTS]
    for event, src, dst in steps:
        moves = [ledger.move(src, dst, 400)]
        ledger.post(event, key=event, transfers=moves, by=people[0], approved_by=people[1])
    return again(place["returned"])


WAY = ("reserved", "committed", "payable", "appropriated", "held", "returned")
EVENTS = (
    ("confirm", "reserved", "committed"), ("approve_tranche", "committed", "payable"),
    ("appropriate", "payable", "appropriated"), ("pay", "appropriated", "held"), ("refund", "held", "returned"),
)  # fmt: skip


# red ink


def test_a_wrong_indicator_is_reversed_in_red_and_entered_again(people, source):
    finance, leader = people
    wrong = ledger.approve_entry(make_entry(source, 3_000_000, finance, NUMBER), by=leader)

    entry = ledger.request_reversal(wrong.posting, by=finance, note="多录一个 0")
    assert (entry.kind, entry.amount, entry.year, entry.document_number) == ("REVERSE", 3_000_000, 2026, NUMBER)
    assert balances(source) == {2026: 3_000_000}
    entry = ledger.approve_entry(entry, by=leader)

    assert balances(source) == {2026: 0}
    red = entry.posting
    assert (red.event, red.reverses, red.made_by, red.approved_by) == ("reverse", wrong.posting, finance, leader)
    assert acts(entry) == ["funds.request", "funds.approve"]
    right = ledger.approve_entry(make_entry(source, 300_000, finance, NUMBER), by=leader)
    assert right.posting.key.endswith(f"{NUMBER}#2")
    with pytest.raises(NotYet, match="已经登记过"):
        make_entry(source, 300_000, finance, NUMBER)
    assert balances(source) == {2026: 300_000}
    assert list(queries.problems()) == []


def test_money_that_is_used_is_not_reversed(people, source):
    wrong = ledger.approve_entry(make_entry(source, 1_000, people[0]), by=people[1]).posting
    envelope = ledger.account("envelope", "round", "R2026", source, 2026)
    ledger.allocate(source, 2026, envelope, 1, by=people[0], approved_by=people[1])
    with pytest.raises(NotYet, match=f"凭证 {wrong.pk} 记入“可用指标”的 10.00 元已经用了，现在只剩 9.99 元"):
        ledger.request_reversal(wrong, by=people[0], note="录错")
    ledger.take_back(envelope, 1, by=people[0], approved_by=people[1])
    entry = ledger.request_reversal(wrong, by=people[0], note="录错")
    ledger.allocate(source, 2026, envelope, 1, by=people[0], approved_by=people[1])
    with pytest.raises(NotYet, match="只剩 9.99 元"):
        ledger.approve_entry(entry, by=people[1])
    assert balances(source) == {2026: 999}


def test_a_posting_is_reversed_once_and_only_the_finance_offices_own(people, source):
    wrong = ledger.approve_entry(make_entry(source, 1_000, people[0]), by=people[1]).posting
    envelope = ledger.account("envelope", "round", "R2026", source, 2026)
    allocated = ledger.allocate(source, 2026, envelope, 1, by=people[0], approved_by=people[1])
    with pytest.raises(NotYet, match="“安排额度”的凭证不能在这里冲销"):
        ledger.request_reversal(allocated, by=people[0], note="录错")
    ledger.reverse(allocated, by=people[0], approved_by=people[1])
    entry = ledger.request_reversal(wrong, by=people[0], note="录错")
    with pytest.raises(MoveNotAllowed, match="已有一份冲销申请"):
        ledger.request_reversal(wrong, by=people[0], note="录错")
    with pytest.raises(ledger.FourEyes, match="另一位领导"):
        ledger.approve_entry(entry, by=people[0])
    ledger.approve_entry(entry, by=people[1])
    with pytest.raises(NotYet, match="已经冲销过了"):
        ledger.request_reversal(wrong, by=people[0], note="录错")


def test_a_hand_back_is_reversed_and_done_again_under_its_number(people, source):
    make_budget(source, 500, people)
    account = Account.objects.get(source=source, kind="available")
    wrong = posted(EntryKind.HAND_BACK, account, 500, people)
    ledger.approve_entry(ledger.request_reversal(wrong.posting, by=people[0], note="录错"), by=people[1])
    posted(EntryKind.HAND_BACK, account, 50, people)
    assert (balances(source), balances(source, "returned_world")) == ({2026: 450}, {2026: 50})
    assert list(queries.problems()) == []


def test_finance_reverses_a_posting_on_screen(client, people, source):
    finance, leader = people
    wrong = ledger.approve_entry(make_entry(source, 1_000, finance), by=leader).posting
    page = reverse("staff_postings:inspect", args=[wrong.pk])
    form = f"{reverse('funds_ask_reverse')}?posting={wrong.pk}"
    client.force_login(finance)
    assert form in text(client.get(page))
    assert f'value="{wrong.pk}" selected' in text(client.get(form))
    assert "请写明错在哪里。" in text(client.post(form, {"posting": wrong.pk}))
    assert "这张凭证已经冲销或正在申请冲销。" in text(client.post(form, {"posting": wrong.pk + 1, "note": "录错"}))
    client.post(form, {"posting": wrong.pk, "note": "录错"})
    asked = Entry.objects.get(kind="REVERSE")
    assert form not in text(client.get(page))

    client.force_login(leader)
    sheet = reverse("staff_entries:approve", args=[asked.pk])
    assert f"凭证 {wrong.pk} 用一张红字凭证冲销" in text(client.get(sheet))
    client.post(sheet)
    first = reverse("staff_entries:inspect", args=[wrong.entry.pk])
    assert f"已由凭证 {again(asked).posting_id} 红字冲销" in text(client.get(first))
    assert form not in text(client.get(page))


def test_a_month_is_closed_when_it_is_over_and_reopened_for_a_reason(people, source):
    finance, leader = people
    make_budget(source, 500, people)
    with pytest.raises(NotYet, match="还没有结束"):
        ledger.request_month(EntryKind.CLOSE, "2026-11", by=finance, note="月结")

    ledger.approve_entry(ledger.request_month(EntryKind.CLOSE, "2026-10", by=finance, note="月结"), by=leader)

    closed = [one.period.code for one in queries.months(clock.today()) if one.is_closed]
    assert closed[:2] == ["2026-10", "2026-09"]
    with pytest.raises(NotYet, match="已经结账"):
        ledger.request_month(EntryKind.CLOSE, "2026-10", by=finance, note="月结")
    ledger.approve_entry(ledger.request_month(EntryKind.REOPEN, "2026-10", by=finance, note="补记"), by=leader)
    assert queries.months_to_reopen()[0] == "2026-09"


def test_a_month_concerns_every_source_of_the_site(people, source):
    make_source("ELSEWHERE", region=make_region("330212"))
    with pytest.raises(NotYet, match="全站"):
        ledger.request_month(EntryKind.CLOSE, "2026-10", by=people[0], note="月结")


def test_a_source_is_opened_once(people):
    finance, region = people[0], make_region("330211")
    given = {"name": "慈善资金", "kind": "CHARITY", "holder": "BUREAU", "region": region}
    source = ledger.open_source(by=finance, code="CHARITY", **given)
    assert (str(source), acts(source)) == ("慈善资金", ["funds.open_source"])
    with pytest.raises(Refused, match="CHARITY"):
        ledger.open_source(by=finance, code="CHARITY", **{**given, "name": "另一项"})


def test_the_words_of_a_source_are_put_right_and_what_it_is_until_money_is_posted(people):
    finance, region = people[0], make_region("330211")
    source = make_source("CHARITY", region=region)
    changes = {"name": "慈善捐赠", "kind": "CHARITY", "holder": "BUREAU", "purposes": ["VENTURE"]}
    source = ledger.revise_source(source, by=finance, **changes)
    assert {name: getattr(source, name) for name in changes} == changes
    event = Event.objects.get(action="funds.revise_source")
    assert (event.before["name"], event.after) == ("CHARITY", changes)

    make_budget(source, 500, people)
    with pytest.raises(Refused, match="类别和资金所在不能再改"):
        ledger.revise_source(source, by=finance, kind="LOTTERY")
    make_source("LOTTERY", region=region)
    with pytest.raises(Refused, match="“福彩公益金”已经有了"):
        ledger.revise_source(source, by=finance, name="福彩公益金")
    ledger.revise_source(source, by=finance, name="慈善资金", kind="CHARITY")
    assert (again(source).name, Event.objects.filter(action="funds.revise_source").count()) == ("慈善资金", 2)


def test_finance_revises_a_source_on_screen_where_it_answers_for_it(client, people, source):
    make_budget(source, 500, people)
    client.force_login(people[0])
    form = reverse("staff_fund_sources:revise", args=[source.pk])
    assert form in text(client.get(reverse("staff_fund_sources:inspect", args=[source.pk])))
    page = text(client.get(form))
    assert 'name="name" value="福彩公益金"' in page and 'name="kind"' not in page
    assert client.post(form, {"name": "福彩公益金（区级）", "purposes": []}).status_code == 302
    assert again(source).name == "福彩公益金（区级）"
    client.force_login(make_user("cashier", Role.CASHIER))
    assert client.get(form).status_code == 403


# screens


def test_finance_enters_an_indicator_and_the_leader_agrees_on_screen(client, people, source):
    finance, leader = people
    client.force_login(finance)
    assert "funds/tasks/budget/" in text(client.get(reverse("funds_tasks")))
    form = reverse("funds_ask_budget")
    assert client.get(form).status_code == 200
    given = {
        "source": source.pk, "year": "2026", "fen": "30万", "document_number": NUMBER, "issued_on": "2026-11-19",
        "paper": SimpleUploadedFile("8号.pdf", PDF),
    }  # fmt: skip
    answer = client.post(form, given)
    entry = Entry.objects.get()
    assert answer.url == reverse("staff_entries:inspect", args=[entry.pk])
    page = text(client.get(answer.url))
    assert "300,000.00 元" in page and "8号.pdf" in page and "撤回申请" in page and "同意并记账" not in page

    client.force_login(leader)
    assert f"审批下达指标 · {source} 2026年度 300,000.00 元" in text(client.get("/cms/"))
    assert client.get(entry.paper.get_absolute_url()).status_code == 200
    sheet = reverse("staff_entries:approve", args=[entry.pk])
    assert "300,000.00 元" in text(client.get(sheet))
    client.post(sheet)
    assert balances(source) == {2026: 30_000_000}
    assert "300,000.00" in text(client.get(reverse("staff_fund_sources:inspect", args=[source.pk])))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"fen": "0"}, "金额应大于 0"),
        ({"year": "NaN"}, "年度应为四位数"),
        ({"document_number": ""}, "请填写指标文号。"),
        ({"issued_on": "2026-11-21"}, "文件日期晚于今天"),
        ({"source": "0"}, "error"),
    ],
)
def test_wrong_answers_are_named_and_nothing_is_asked(client, people, source, changes, words):
    client.force_login(people[0])
    given = {"source": source.pk, "year": "2026", "fen": "100", "document_number": NUMBER, "issued_on": "2026-11-19"}
    answer = client.post(reverse("funds_ask_budget"), {**given, **changes})
    assert answer.status_code == 422
    assert words in text(answer)
    assert Entry.objects.count() == 0


def test_finance_opens_a_source_and_closes_a_month_on_screen(client, people, source):
    finance, leader = people
    make_budget(source, 500, people)
    client.force_login(finance)
    new = reverse("funds_new_source")
    assert "公益创投" in text(client.get(new))
    region = make_region("330211")
    client.post(
        new,
        {"code": "CHARITY", "name": "慈善资金", "kind": "CHARITY", "holder": "BUREAU", "purposes": ["VENTURE"],
         "region": region.pk},
    )  # fmt: skip
    assert FundSource.objects.get(code="CHARITY").purposes == ["VENTURE"]
    client.post(reverse("funds_ask_close"), {"month": "2026-10", "note": "月结"})
    client.force_login(leader)
    client.post(reverse("staff_entries:approve", args=[Entry.objects.get().pk]))
    assert "已结账" in text(client.get(reverse("funds_tasks")))


@pytest.mark.parametrize("kind", ["carry_over", "hand_back", "restore", "write_off", "reverse", "reopen"])
def test_each_form_opens_to_its_askers_and_to_nobody_else(client, people, source, kind):
    make_envelope(source, 1_000, people)
    asker = make_user("asker", Role.BUREAU_HEAD if kind == "write_off" else Role.BUREAU_FINANCE)
    client.force_login(asker)
    assert client.get(reverse(f"funds_ask_{kind}")).status_code == 200
    client.force_login(make_user("officer", Role.BUREAU_OFFICER))
    assert client.get(reverse(f"funds_ask_{kind}")).status_code == 403


@pytest.mark.parametrize(
    ("kind", "words"),
    [("hand_back", "没有可以办理的账户"), ("reverse", "没有可以冲销的凭证"), ("reopen", "没有已经结账的月份")],
)
def test_a_form_without_anything_to_choose_says_so(client, people, source, kind, words):
    client.force_login(people[0])
    page = text(client.get(reverse(f"funds_ask_{kind}")))
    assert words in page and "提交审批" not in page


def test_the_outside_world_has_a_name(people, source):
    make_budget(source, 500, people)
    posting = Posting.objects.get()
    assert [giver for _one, giver, _taker in queries.lines(posting)] == ["财政（账外）"]
    world = Account.objects.get(kind="treasury")
    assert queries.owner_names([("world", world.owner_code)]) == {("world", "treasury"): "财政（账外）"}


def test_money_is_handed_back_on_screen(client, people, source):
    envelope = make_envelope(source, 1_000, people)
    client.force_login(people[0])
    form = reverse("funds_ask_hand_back")
    given = {"account": envelope.pk, "fen": "10.01", "document_number": "镇民〔2026〕30号", "note": "年终"}
    assert "只有 10.00 元" in text(client.post(form, given))
    client.post(form, {**given, "fen": "10"})
    client.force_login(people[1])
    client.post(reverse("staff_entries:approve", args=[Entry.objects.get().pk]))
    assert again(envelope).balance == 0
    assert Posting.objects.first().document_number == "镇民〔2026〕30号"
