"""Wrong rows and statements that the ledger must refuse, one probe a guard; and the small world they act in."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction

from grants.funds import commands as ledger
from grants.funds.commands import events, period
from grants.funds.models import Account, FundSource, Period, PeriodChange, Posting, Seal, Transfer
from grants.funds.models.account import FundSource as _FundSource
from portal.access import Role
from tests.grants.makers_funds import make_envelope, make_finance, make_source
from tests.makers import make_user

assert _FundSource is FundSource
ON = date(2026, 6, 15)


def make_world() -> SimpleNamespace:
    """Two sources, an envelope, an award with money at every station, a sealed and a reversed posting."""
    people = make_finance()
    source, other = make_source(purposes=("VENTURE",)), make_source("LOTTERY")
    envelope = make_envelope(source, 1_000, people, purpose="VENTURE")
    world = SimpleNamespace(people=people, source=source, other=other, envelope=envelope, number=0)
    world.clerk = make_user("clerk", Role.BUREAU_FINANCE)
    for event, src, dst, fen in (
        ("propose", "envelope", "reserved", 800),
        ("confirm", "reserved", "committed", 700),
        ("approve_tranche", "committed", "payable", 600),
        ("appropriate", "payable", "appropriated", 500),
        ("pay", "appropriated", "held", 400),
        ("accept_expenditure", "held", "spent", 100),
        ("disallow", "held", "recoverable", 100),
        ("refund", "held", "returned", 100),
    ):
        make(world, event, src, dst, fen)
    ledger.close_period("2025-12", by=people[0], approved_by=people[1], reason="年终结账")
    world.sealed = Posting.objects.order_by("pk").first()
    Seal.objects.create(posting=world.sealed, prev_hash="", hash="a" * 64)
    world.proposed = make(world, "propose", "envelope", "reserved", 1)
    world.reversal = ledger.reverse(world.proposed, by=people[0], approved_by=people[1])
    return world


def at(world, kind, code="A1", source=None, year=2026) -> Account:
    owner = ("round", "R2026") if kind == "envelope" else ("award", code)
    return ledger.account(kind, *owner, source or world.source, year)


def make(world, event, src, dst, fen, **values) -> Posting:
    world.number += 1
    src = at(world, src) if isinstance(src, str) else src
    dst = at(world, dst) if isinstance(dst, str) else dst
    people = {"by": world.people[0], "approved_by": world.people[1]}
    return ledger.post(
        event, **{"key": f"w{world.number}", "transfers": [ledger.move(src, dst, fen)], **people, **values}
    )


@contextmanager
def refused(*kinds: type[Exception], match: str = ""):
    """The block must be refused, and whatever it did must be undone."""
    with pytest.raises(kinds or (IntegrityError,), match=match or None), transaction.atomic():
        yield


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def raw_posting(world, **values) -> Posting:
    """A posting as an intruder with SQL would write it, past the command."""
    world.number += 1
    on = values.pop("effective_date", ON)
    given = {
        "key": f"raw{world.number}", "request_hash": "x", "event": "propose", "effective_date": on, "lines": 1,
        "made_by": world.people[0], "approved_by": world.people[1], "period": period.period_of(on),
    }  # fmt: skip
    return Posting.objects.create(**{**given, **values})


def raw_transfer(world, **values) -> None:
    given = {"src": at(world, "envelope"), "dst": at(world, "reserved"), "amount": 1}
    given = {**given, **values}
    given["posting"] = given.get("posting") or raw_posting(world)
    Transfer.objects.create(**given)


# --- probes of the triggers -------------------------------------------------------------------


def never(table, word):
    def probe(world):
        statements = {
            "changed": f"UPDATE {table} SET id = id",
            "deleted": f"DELETE FROM {table}",
            "emptied": f"TRUNCATE {table} CASCADE",
            "replaced": f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} ORDER BY id LIMIT 1",
        }
        with refused(match=f"{table}_is_never_{word}"):
            if word == "emptied":  # or PostgreSQL refuses it for the pending foreign keys of this transaction
                sql("SET CONSTRAINTS ALL IMMEDIATE")
            sql(statements[word])

    return probe


def moves_balances(world):
    before = at(world, "reserved").balance
    raw_transfer(world)
    assert at(world, "reserved").balance == before + 1


def integer_amount(world):
    own = raw_posting(world)
    src, dst = at(world, "envelope"), at(world, "reserved")
    with refused(match="funds_transfer_amount_is_an_integer"):
        sql(
            "INSERT INTO funds_transfer (posting_id, src_id, dst_id, amount, budget_category)"
            " VALUES (%s, %s, %s, 1.5, '')",
            own.pk, src.pk, dst.pk,
        )  # fmt: skip


def not_added_later(world):
    for old in (world.sealed, world.proposed):
        with refused(match="funds_transfer_is_not_added_later"):
            raw_transfer(world, posting=old)


def balance_by_transfer_alone(world):
    one = at(world, "held")
    for change in (
        "balance = balance + 1",
        "last_transfer = last_transfer + 1",
        "owner_code = 'A9'",
        "year = 2027",
        "kind = 'spent'",
        "code = 'x'",
        "floor = NOT floor",
    ):
        with refused(match="funds_account_changes_by_transfer_alone"):
            sql(f"UPDATE funds_account SET {change} WHERE id = %s", one.pk)


def opens_with_nothing(world):
    with refused(match="funds_account_opens_with_nothing"):
        Account.objects.create(
            code="x", kind="held", owner_kind="award", owner_code="A7", source=world.source, year=2026, balance=5
        )


def closed_period(world):
    ledger.close_period("2026-05", by=world.people[0], approved_by=world.people[1], reason="结账")
    with refused(ledger.PeriodClosed):
        make(world, "propose", "envelope", "reserved", 1, effective_date=date(2026, 5, 31))


def dated_in_its_period(world):
    with refused(match="funds_posting_is_dated_in_its_period"):
        raw_posting(world, period=period.period_of(date(2026, 8, 1)))


def reverses_no_reversal(world):
    with refused(ledger.AlreadyReversed):
        ledger.reverse(world.reversal, by=world.people[0], approved_by=world.people[1])


def change_is_applied(world):
    ledger.close_period("2026-05", by=world.people[0], approved_by=world.people[1], reason="结账")
    assert Period.objects.get(code="2026-05").status == "CLOSED"


def period_by_record_alone(world):
    for change in ("status = 'CLOSED'", "ends_on = '2027-01-01'", "last_change = 99"):
        with refused(match="funds_period_changes_by_record_alone"):
            sql(f"UPDATE funds_period SET {change} WHERE code = '2026-01'")


def closes_in_order(world):
    first, second = world.people
    with refused(match="funds_period_closes_in_order"):
        PeriodChange.objects.create(
            period=Period.objects.get(code="2026-03"), status="CLOSED", made_by=first, approved_by=second, reason="x"
        )


def opens_after_the_closed(world):
    ledger.close_period("2026-05", by=world.people[0], approved_by=world.people[1], reason="结账")
    with refused(ledger.PeriodClosed):
        make(world, "propose", "envelope", "reserved", 1, effective_date=date(2019, 1, 1))


def opens_open(world):
    with refused(match="funds_period_opens_after_the_closed_ones"):
        Period.objects.create(code="2030-01", starts_on=date(2030, 1, 1), ends_on=date(2030, 1, 31), status="CLOSED")


TRIGGER_PROBES = {
    **{
        f"{table}_is_never_{word}": never(table, word)
        for table in ("funds_posting", "funds_transfer", "funds_seal", "funds_periodchange")
        for word in ("changed", "deleted", "emptied", "replaced")
    },
    "funds_transfer_moves_balances": moves_balances,
    "funds_transfer_amount_is_an_integer": integer_amount,
    "funds_transfer_is_not_added_later": not_added_later,
    "funds_account_changes_by_transfer_alone": balance_by_transfer_alone,
    "funds_account_opens_with_nothing": opens_with_nothing,
    "funds_account_is_never_deleted": never("funds_account", "deleted"),
    "funds_account_is_never_emptied": never("funds_account", "emptied"),
    "funds_account_is_never_replaced": never("funds_account", "replaced"),
    "funds_posting_is_not_in_a_closed_period": closed_period,
    "funds_posting_is_dated_in_its_period": dated_in_its_period,
    "funds_posting_reverses_no_reversal": reverses_no_reversal,
    "funds_periodchange_is_applied": change_is_applied,
    "funds_period_changes_by_record_alone": period_by_record_alone,
    "funds_period_closes_in_order": closes_in_order,
    "funds_period_opens_after_the_closed_ones": opens_open,
    "funds_period_is_never_deleted": never("funds_period", "deleted"),
    "funds_period_is_never_emptied": never("funds_period", "emptied"),
    "funds_period_is_never_replaced": never("funds_period", "replaced"),
}


# --- probes of the check constraints and unique keys --------------------------------------------


def overdrawn(world):
    with refused(ledger.Overdrawn):
        make(world, "propose", "envelope", "reserved", 10**9)


def floor_of_the_world_alone(world):
    with refused(match="account_of_the_outside_world_alone_has_no_floor"):
        Account.objects.create(
            code="x", kind="held", owner_kind="award", owner_code="A7", source=world.source, year=2026, floor=False
        )


def unknown_kind(world):
    with refused(match="account_kind_is_known"):
        Account.objects.create(
            code="x", kind="purse", owner_kind="award", owner_code="A7", source=world.source, year=2026
        )


def wrong_year(world):
    with refused(match="account_year_is_a_year"):
        Account.objects.create(
            code="x", kind="held", owner_kind="award", owner_code="A7", source=world.source, year=26
        )


def one_per_owner(world):
    one = at(world, "held")
    with refused(match="account_is_one_per_owner_and_kind|funds_account.kind, funds_account.owner_kind"):
        Account.objects.create(
            code="x", kind="held", owner_kind="award", owner_code="A1", source=one.source, year=2026
        )


def same_person(world):
    with refused(ledger.FourEyes):
        make(world, "propose", "envelope", "reserved", 1, approved_by=world.people[0])


def nobody_approved(world):
    with refused(ledger.FourEyes):
        make(world, "approve_tranche", "committed", "payable", 1, approved_by=None)


def nobody_made_it(world):
    with refused(ledger.FourEyes):
        make(world, "propose", "envelope", "reserved", 1, by=None)


def unknown_event(world):
    with refused(match="posting_event_is_known"):
        raw_posting(world, event="gift")


def reversal_of_something(world):
    with refused(match="posting_reverses_another_or_is_no_reversal"):
        raw_posting(world, event="reverse")
    with refused(match="posting_reverses_another_or_is_no_reversal"):
        raw_posting(world, event="propose", reverses=world.sealed)


def no_lines(world):
    with refused(match="posting_has_a_transfer"):
        raw_posting(world, lines=0)


def no_document(world):
    budget = [ledger.move(ledger.world("treasury", world.source, 2026), events.available(world.source, 2026), 1)]
    with refused(ledger.WrongEntry, match="文号"):
        make(world, "appropriate_budget", "held", "held", 1, transfers=budget)


def not_positive(world):
    for amount in (0, -1):
        with refused(match="transfer_amount_is_positive"):
            raw_transfer(world, amount=amount)


def absurd(world):
    with refused(match="transfer_amount_is_not_absurd"):
        raw_transfer(world, amount=10**14 + 1, src=ledger.world("treasury", world.source, 2026))


def to_itself(world):
    one = at(world, "held")
    with refused(match="transfer_goes_to_another_account"):
        raw_transfer(world, src=one, dst=one)


def change_by_one(world):
    with refused(ledger.FourEyes):
        ledger.close_period("2026-05", by=world.people[0], approved_by=world.people[0], reason="结账")


def change_without_reason(world):
    first, second = world.people
    with refused(match="period_change_has_a_reason"):
        PeriodChange.objects.create(
            period=Period.objects.get(code="2026-01"), status="CLOSED", made_by=first, approved_by=second, reason=""
        )


def backwards(world):
    with refused(match="period_ends_after_it_starts"):
        Period.objects.create(code="2030-01", starts_on=date(2030, 1, 31), ends_on=date(2030, 1, 1))


def odd_period(world):
    with refused(match="period_status_is_known"):
        first, second = world.people
        PeriodChange.objects.create(
            period=Period.objects.get(code="2026-01"), status="HALF", made_by=first, approved_by=second, reason="x"
        )


def odd_source(world):
    with refused(match="fund_source_kind_is_known"):
        make_source("X1", kind="GIFT")


def odd_holder(world):
    with refused(match="fund_source_holder_is_known"):
        make_source("X1", holder="UNCLE")


CONSTRAINT_PROBES = {
    "account_is_not_overdrawn": (Account, overdrawn),
    "account_of_the_outside_world_alone_has_no_floor": (Account, floor_of_the_world_alone),
    "account_kind_is_known": (Account, unknown_kind),
    "account_year_is_a_year": (Account, wrong_year),
    "account_is_one_per_owner_and_kind": (Account, one_per_owner),
    "posting_event_is_known": (Posting, unknown_event),
    "posting_has_four_eyes": (Posting, same_person),
    "posting_is_approved_where_required": (Posting, nobody_approved),
    "posting_was_made_by_somebody": (Posting, nobody_made_it),
    "posting_reverses_another_or_is_no_reversal": (Posting, reversal_of_something),
    "posting_has_a_transfer": (Posting, no_lines),
    "posting_names_its_document_where_required": (Posting, no_document),
    "transfer_amount_is_positive": (Transfer, not_positive),
    "transfer_amount_is_not_absurd": (Transfer, absurd),
    "transfer_goes_to_another_account": (Transfer, to_itself),
    "period_change_has_four_eyes": (PeriodChange, change_by_one),
    "period_change_has_a_reason": (PeriodChange, change_without_reason),
    "period_ends_after_it_starts": (Period, backwards),
    "period_status_is_known": (Period, odd_period),
    "fund_source_kind_is_known": (FundSource, odd_source),
    "fund_source_holder_is_known": (FundSource, odd_holder),
}
