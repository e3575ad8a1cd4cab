"""Expenditures: what is recorded, what is refused, and what the ledger says afterwards."""

from datetime import date
from decimal import Decimal

import pytest

from grants.funds.queries import moved
from grants.spending import commands, queries, rules
from grants.spending.commands import InvoiceUsed, NotIndependent
from grants.spending.models import Expenditure
from grants.spending.policies import policy, project_policy
from grants.spending.states import Status
from orgs.registry.models import MemberRole, Membership
from portal import clock
from portal.access import Role
from portal.files.models import StoredFile
from portal.lifecycle import MoveNotAllowed, NotYet
from portal.notices.models import Notice
from portal.trail.models import Event
from tests.grants.makers_spending import TODAY, balances, image, make_people, make_project, record
from tests.makers import again, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock():
    with clock.at(TODAY):
        yield


@pytest.fixture
def people():
    return make_people()


@pytest.fixture
def project(people):
    return make_project(people)


def actions(row):
    return list(Event.objects.for_instance(row).order_by("id").values_list("action", flat=True))


# rules


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("２６３３２０００", "26332000"), (" 2633 2000-ab ", "26332000AB"), ("No12345", "NO12345")],
)
def test_an_invoice_number_is_the_same_in_every_spelling(typed, kept):
    assert rules.normalise_invoice(typed) == kept


@pytest.mark.parametrize(
    ("item", "group"),
    [
        ("打印机一台", "固定资产"),
        ("慰问品", "礼品和现金慰问"),
        ("工作人员招待餐", "招待和旅游"),
        ("防滑条", ""),
        ("志愿者交通", ""),
    ],
)
def test_forbidden_items_are_known_by_their_words(item, group):
    assert rules.forbidden_group(item) == group


def test_a_line_takes_ten_percent_more_and_no_fen_beyond():
    assert rules.line_limit(2_000_00) == 2_200_00
    assert rules.line_limit(1_05) == 1_15


# recording


def test_record_keeps_the_voucher_and_waits_for_the_officer(people, project):
    one = record(project, people.accountant, self_amount=200_00, note="含安装")

    assert (one.status, one.amount, one.self_amount, one.invoice_number) == (
        Status.RECORDED, 1_280_00, 200_00, "26332000000012345678",
    )  # fmt: skip
    assert one.due_on == date(2026, 8, 21)
    assert StoredFile.objects.get(pk=one.voucher_id).purpose == "spending.voucher"
    assert actions(one) == ["spending.record"]
    assert balances(project) == {"committed": 10_000_00, "held": 20_000_00}


def test_the_same_invoice_is_refused_in_another_project_without_telling_which(people, project):
    record(project, people.admin, "2633-2000 0000")
    other = make_people(suffix="2")
    second = make_project(other, "VEN-2026-000200", uscc=None)

    with pytest.raises(InvoiceUsed) as told:
        record(second, other.admin, "２６３３２０００００００")

    assert "F11" in told.value.for_user()
    assert "单位VEN" not in told.value.for_user() and "000118" not in told.value.for_user()
    assert Expenditure.objects.filter(project=second).count() == 0


def test_the_database_itself_refuses_a_second_use(people, project):
    from django.db import IntegrityError, transaction

    one = record(project, people.admin)
    one.pk, one.key = None, "another-key"
    with pytest.raises(IntegrityError), transaction.atomic():
        one.save()


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"invoice_date": date(2026, 4, 19)}, "before_start"),
        ({"invoice_date": date(2026, 8, 15)}, "future"),
        ({"invoice_number": "12"}, "invoice_number"),
        ({"item": "笔记本电脑"}, "forbidden"),
        ({"item": "节日礼品"}, "forbidden"),
        ({"amount": 0}, "amount"),
        ({"amount": 20_000_01, "line": "B1"}, "not_held"),
        ({"amount": 2_200_01, "line": "B2"}, "over_line"),
        ({"amount": 1_000_01, "is_cash": True}, "cash"),
    ],
)
def test_record_is_refused_with_the_reason(people, project, values, code):
    if "line" in values:
        values = {**values, "line": project.budget_lines.get(category=values["line"])}
    with pytest.raises(NotYet) as told:
        record(project, people.admin, **{"number": values.pop("invoice_number", "26332000000012345678"), **values})

    assert code in [reason.code for reason in told.value.reasons]
    assert Expenditure.objects.count() == 0
    assert StoredFile.objects.count() == 0


def test_all_reasons_are_told_at_once(people, project):
    with pytest.raises(NotYet) as told:
        record(project, people.admin, "1", item="空调", invoice_date=date(2026, 1, 1), amount=90_000_00)
    assert [reason.code for reason in told.value.reasons] == [
        "invoice_number", "before_start", "forbidden", "over_line", "not_held",
    ]  # fmt: skip


def test_an_overrun_within_the_tolerance_is_recorded_and_marked(people, project):
    line = project.budget_lines.get(category="B2")
    assert record(project, people.admin, "100000", line=line, amount=2_000_00).is_over_line is False
    assert record(project, people.admin, "100001", line=line, amount=200_00).is_over_line is True
    with pytest.raises(NotYet, match="容差"):
        record(project, people.admin, "100002", line=line, amount=1)


def test_pending_vouchers_use_up_the_advance(people):
    project = make_project(people, held=1_000_00)
    record(project, people.admin, "100000", amount=800_00)
    with pytest.raises(NotYet, match="200.00"):
        record(project, people.admin, "100001", amount=200_01)
    assert record(project, people.admin, "100002", amount=200_00).status == Status.RECORDED


@pytest.mark.parametrize("who", ["reader", "officer"])
def test_readers_and_staff_do_not_record(people, project, who):
    with pytest.raises(NotYet, match="实施单位"):
        record(project, getattr(people, who))
    assert project_policy.user_has_permission_for_instance(getattr(people, who), "record", project) is False


def test_a_foreign_line_is_refused(people, project):
    other = make_project(make_people(suffix="2"), "VEN-2026-000200", uscc=None)
    with pytest.raises(NotYet, match="不属于本项目"):
        record(project, people.admin, line=other.budget_lines.first())


# deciding


def test_accept_moves_held_to_spent_by_source_and_category(people, project):
    one = commands.accept(record(project, people.accountant, amount=1_280_01), by=people.officer)

    assert one.status == Status.ACCEPTED
    assert balances(project) == {"committed": 10_000_00, "held": 18_719_99, "spent": 1_280_01}
    assert moved("award", project.code, "held", "spent") == {"B1": 1_280_01}
    assert sorted(one.posting.transfers.values_list("src__source__code", "amount")) == [
        ("FISCAL", 426_67), ("LOTTERY", 853_34),
    ]  # fmt: skip
    assert (one.posting.made_by, one.posting.approved_by) == (people.accountant, people.officer)
    assert actions(one) == ["spending.record", "spending.accept"]


def test_many_small_vouchers_empty_every_source_exactly(people):
    project = make_project(people, held=10_00)
    for number in range(9):
        commands.accept(record(project, people.admin, f"90000{number}", amount=1_11), by=people.officer)
    commands.accept(record(project, people.admin, "900009", amount=1), by=people.officer)
    assert balances(project) == {"committed": 29_990_00, "spent": 10_00}


def test_refuse_needs_a_reason_tells_the_recorder_and_frees_the_invoice(people, project):
    one = record(project, people.accountant)
    with pytest.raises(NotYet, match="理由"):
        commands.refuse(one, by=people.officer, reason="  ")

    one = commands.refuse(one, by=people.officer, reason="抬头不是本单位")

    assert (one.status, one.reason) == (Status.REFUSED, "抬头不是本单位")
    assert list(Notice.objects.values_list("recipient__username", "kind")) == [("accountant", "spending.refused")]
    assert record(project, people.accountant).status == Status.RECORDED
    assert balances(project) == {"committed": 10_000_00, "held": 20_000_00}


@pytest.mark.parametrize("move", ["accept", "refuse"])
def test_nobody_decides_for_the_own_organization(people, project, move):
    one = record(project, people.accountant)
    insider = make_user("insider", Role.BUREAU_OFFICER)
    Membership.objects.create(organization=project.organization, user=insider, role=MemberRole.READER)
    with pytest.raises(NotIndependent):
        getattr(commands, move)(one, by=insider, **({"reason": "不合规"} if move == "refuse" else {}))
    assert policy.user_has_permission_for_instance(insider, move, one) is False
    assert policy.user_has_permission_for_instance(people.officer, move, one) is True
    assert again(one).status == Status.RECORDED


def test_an_officer_of_another_district_may_not_decide(people, project):
    other = make_user("far", Role.BUREAU_OFFICER, region="330212")
    one = record(project, people.accountant)
    assert Expenditure.objects.visible_to(other).count() == 0
    assert policy.user_has_permission_for_instance(other, "accept", one) is False


@pytest.mark.parametrize("status", [Status.ACCEPTED, Status.REFUSED, Status.DISALLOWED])
@pytest.mark.parametrize("move", ["accept", "refuse"])
def test_decided_expenditures_are_not_decided_again(people, project, status, move):
    one = record(project, people.accountant)
    if status == Status.REFUSED:
        commands.refuse(one, by=people.officer, reason="不合规")
    else:
        commands.accept(one, by=people.officer)
        if status == Status.DISALLOWED:
            commands.disallow(one, fen=one.amount, by=people.head, approved_by=people.officer, reason="F06", key="x")
    before = balances(project)
    with pytest.raises(MoveNotAllowed):
        getattr(commands, move)(again(one), by=people.officer, **({"reason": "再看"} if move == "refuse" else {}))
    assert balances(project) == before


def test_accept_is_refused_when_the_advance_is_gone(people, project):
    one = record(project, people.accountant, amount=19_000_00)
    from grants.funds import commands as ledger

    finance, leader = make_user("f2", Role.BUREAU_FINANCE), make_user("l2", Role.BUREAU_LEADER)
    ledger.post(
        "refund",
        key="refund.x",
        transfers=ledger.along("award", project.code, "held", "returned", 5_000_00),
        by=finance,
        approved_by=leader,
    )
    with pytest.raises(NotYet, match="15,000.00"):
        commands.accept(one, by=people.officer)
    assert again(one).status == Status.RECORDED


def test_disallow_moves_spent_to_recoverable_and_keeps_the_rest(people, project):
    one = commands.accept(record(project, people.accountant), by=people.officer)
    commands.disallow(one, fen=280_00, by=people.head, approved_by=people.officer, reason="F06", key="WT-1")

    assert (again(one).status, again(one).disallowed) == (Status.ACCEPTED, 280_00)
    assert balances(project) == {
        "committed": 10_000_00, "held": 18_720_00, "spent": 1_000_00, "recoverable": 280_00,
    }  # fmt: skip
    with pytest.raises(NotYet, match="1,000.00"):
        commands.disallow(one, fen=1_000_01, by=people.head, approved_by=people.officer, reason="F06", key="WT-2")
    use = queries.line_uses(project)[0]
    assert (use.approved, use.spent, use.pending, use.left) == (20_000_00, 1_000_00, 0, 19_000_00)


# reading


def test_line_uses_agree_with_the_ledger(people, project):
    lines = list(project.budget_lines.order_by("position"))
    commands.accept(record(project, people.admin, "100000", line=lines[0], amount=500_00), by=people.officer)
    commands.accept(record(project, people.admin, "100001", line=lines[1], amount=300_00), by=people.officer)
    record(project, people.admin, "100002", line=lines[1], amount=100_00)

    uses = queries.line_uses(project)

    assert [(one.approved, one.spent, one.pending, one.left) for one in uses] == [
        (20_000_00, 500_00, 0, 19_500_00), (2_000_00, 300_00, 100_00, 1_600_00), (8_000_00, 0, 0, 8_000_00),
    ]  # fmt: skip
    assert {one.line.category: one.spent for one in uses if one.spent} == moved(
        "award", project.code, "held", "spent"
    )
    assert queries.total(uses).spent == balances(project)["spent"]


def test_who_sees_a_voucher(people, project):
    record(project, people.accountant)
    stranger = make_user("stranger")
    assert [Expenditure.objects.visible_to(one).count() for one in (people.reader, people.officer, stranger)] == [
        1,
        1,
        0,
    ]


def test_due_counts_one_row_per_project(people, project, django_assert_num_queries):
    record(project, people.accountant, "100000", amount=100_00)
    record(project, people.accountant, "100001", amount=200_50)
    people.officer.grants_now  # noqa: B018  cached per request
    with django_assert_num_queries(1):
        rows = queries.due(people.officer)
    assert [(one.title, one.due_on) for one in rows] == [
        ("审核 2 笔支出，合计 300.50 元 · 老城梯坎助行计划", date(2026, 8, 21))
    ]
    assert queries.due(people.accountant) == []


def test_image_names_survive(people, project):
    one = record(project, people.admin, voucher=image(7))
    assert again(one).voucher.name == "照片7.png"
    assert Decimal(one.amount) == 1_280_00
