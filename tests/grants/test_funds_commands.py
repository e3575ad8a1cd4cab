"""The ledger's commands: what they write, what they refuse, and in which words."""

from __future__ import annotations

from datetime import date

import pytest

from grants.funds import commands as ledger
from grants.funds import queries
from grants.funds.models import Account, Posting
from portal.lifecycle import NotYet
from tests.grants.makers_funds import make_envelope, make_finance, make_source
from tests.makers import again

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return make_finance()


def go(event, moves, people, key="k1", **values):
    return ledger.post(event, key=key, transfers=moves, by=people[0], approved_by=people[1], **values)


def test_money_goes_from_the_treasury_to_an_award(people):
    source = make_source()
    envelope = make_envelope(source, 6_000_000, people)
    reserved = ledger.account("reserved", "award", "A1", source, 2026)

    go("propose", [ledger.move(envelope, reserved, 3_850_000)], people)

    assert queries.balances_of("award", "A1") == {"reserved": 3_850_000}
    assert queries.balance("envelope", "round", "R2026") == {"FISCAL": 2_150_000}
    assert sum(Account.objects.values_list("balance", flat=True)) == 0


def test_an_envelope_cannot_be_overdrawn(people):
    source = make_source()
    envelope = make_envelope(source, 100, people)
    reserved = ledger.account("reserved", "award", "A1", source, 2026)

    with pytest.raises(ledger.Overdrawn, match="“一般公共预算”2026年度的“批次额度”余额为 1.00 元，还差 0.01 元"):
        go("propose", [ledger.move(envelope, reserved, 101)], people)

    assert again(envelope).balance == 100
    assert not Posting.objects.filter(event="propose").exists()


def test_the_same_key_gives_the_same_posting_or_an_error(people):
    source = make_source()
    envelope = make_envelope(source, 100, people)
    reserved = ledger.account("reserved", "award", "A1", source, 2026)

    first = go("propose", [ledger.move(envelope, reserved, 60)], people)
    assert go("propose", [ledger.move(envelope, reserved, 60)], people) == first
    with pytest.raises(ledger.SameKeyOtherInput):
        go("propose", [ledger.move(envelope, reserved, 40)], people)

    assert again(envelope).balance == 40


def test_a_posting_is_reversed_once_and_exactly(people):
    source = make_source()
    envelope = make_envelope(source, 100, people)
    reserved = ledger.account("reserved", "award", "A1", source, 2026)
    posting = go("propose", [ledger.move(envelope, reserved, 60)], people)
    by, approved_by = people

    back = ledger.reverse(posting, by=by, approved_by=approved_by, memo="录错批次")

    assert [(each.src, each.dst, each.amount) for each in back.transfers.all()] == [(reserved, envelope, 60)]
    assert again(envelope).balance == 100
    with pytest.raises(ledger.AlreadyReversed):
        ledger.reverse(posting, by=approved_by, approved_by=by)
    with pytest.raises(ledger.AlreadyReversed):
        ledger.reverse(back, by=by, approved_by=approved_by)


def test_two_persons_where_the_table_asks_for_them(people):
    source = make_source()
    by, _ = people

    for second in (by, None):
        with pytest.raises(ledger.FourEyes):
            ledger.appropriate_budget(source, 2026, 100, "镇财社〔2026〕1号", by=by, approved_by=second)


def test_a_closed_month_takes_nothing_until_two_persons_reopen_it(people):
    source = make_source()
    envelope = make_envelope(source, 100, people)
    reserved = ledger.account("reserved", "award", "A1", source, 2026)
    by, approved_by = people
    ledger.close_period("2026-03", by=by, approved_by=approved_by, reason="三月结账")

    for number, on in enumerate((date(2026, 3, 31), date(2026, 2, 1), date(2015, 5, 1))):
        with pytest.raises(ledger.PeriodClosed):
            go("propose", [ledger.move(envelope, reserved, 1)], people, key=f"k{number}", effective_date=on)
    with pytest.raises(ledger.FourEyes):
        ledger.reopen_period("2026-03", by=by, approved_by=by, reason="补记")
    ledger.reopen_period("2026-03", by=by, approved_by=approved_by, reason="补记银行流水")
    go("propose", [ledger.move(envelope, reserved, 1)], people, effective_date=date(2026, 3, 31))

    assert again(envelope).balance == 99


def test_a_source_pays_only_what_it_may_be_used_for(people):
    lottery = make_source("LOTTERY", purposes=("VENTURE", "MICRO"))
    make_envelope(lottery, 100, people, purpose="MICRO")

    for purpose in ("FACILITY", ""):
        with pytest.raises(NotYet, match="只能用于 VENTURE、MICRO"):
            make_envelope(lottery, 100, people, code="R2", purpose=purpose)


def test_along_splits_by_source_and_empties_each_exactly(people):
    total = 0
    for code, fen in (("FISCAL", 33), ("LOTTERY", 33), ("CHARITY", 34)):
        source = make_source(code)
        envelope = make_envelope(source, fen, people)
        go(
            "propose",
            [ledger.move(envelope, ledger.account("reserved", "award", "A1", source, 2026), fen)],
            people,
            code,
        )
        total += fen
    go("confirm", ledger.along("award", "A1", "reserved", "committed", 99), people, "c1")
    assert queries.balances_of("award", "A1") == {"reserved": 1, "committed": 99}

    go("confirm", ledger.along("award", "A1", "reserved", "committed", 1), people, "c2")

    assert queries.balance("committed", "award", "A1") == {"FISCAL": 33, "LOTTERY": 33, "CHARITY": 34}
    with pytest.raises(ledger.Overdrawn):
        ledger.along("award", "A1", "reserved", "committed", 1)
