"""Real processes against the ledger, all let go at one moment: exact counts, Σ = 0, no server error.

SQLite hides the faults that these tests are for (it has one writer), so each runs on both databases;
`TIMES` is 200 in CI (or with HYPOTHESIS_PROFILE=ci) and smaller on a desk.
"""

from __future__ import annotations

from datetime import date

import pytest

from grants.funds import commands as ledger
from grants.funds import queries
from grants.funds.models import Account, Posting
from portal.access import Role
from portal.accounts.models import User
from tests.grants.makers_funds import make_budget, make_envelope, make_finance, make_source
from tests.grants.racing import PROCESSES, TIMES, race
from tests.makers import again, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> list[User]:
    return [*make_finance(), *(make_user(f"checker{number}", Role.BUREAU_HEAD) for number in range(PROCESSES))]


@pytest.fixture
def source():
    return make_source()


def books_are_right() -> bool:
    return [str(each) for each in queries.problems()] == []


def fund(source, people, code: str, kind: str, fen: int) -> Account:
    """Return an award's account of `kind` that holds `fen`."""
    make_envelope(source, fen, people[:2])
    stations = ["envelope", "reserved", "committed", "payable", "appropriated", "held"]
    events = ["propose", "confirm", "approve_tranche", "appropriate", "pay"]
    accounts = [ledger.account("envelope", "round", "R2026", source, 2026)]
    accounts += [ledger.account(each, "award", code, source, 2026) for each in stations[1:]]
    for at, event in enumerate(events[: stations.index(kind)]):
        moves = [ledger.move(accounts[at], accounts[at + 1], fen)]
        ledger.post(event, key=f"{code}:{event}:{kind}", transfers=moves, by=people[0], approved_by=people[1])
    return accounts[stations.index(kind)]


def test_an_envelope_for_so_many_awards_gives_exactly_so_many(source, people):
    affordable = PROCESSES * TIMES // 4
    envelope = make_envelope(source, affordable * 4_000, people[:2])
    accounts = [ledger.account("reserved", "award", f"A{each}", source, 2026) for each in range(PROCESSES)]

    def propose(number, at):
        moves = [ledger.move(envelope, accounts[number], 4_000)]
        ledger.post("propose", key=f"p{number}-{at}", transfers=moves, by=people[0])

    assert race(propose) == {"done": affordable, "Overdrawn": PROCESSES * TIMES - affordable}

    assert again(envelope).balance == 0
    assert Posting.objects.filter(event="propose").count() == affordable
    assert books_are_right()


def test_a_tranche_approved_by_eight_at_once_is_approved_once(source, people):
    committed = fund(source, people, "A1", "committed", TIMES * 10)
    payable = ledger.account("payable", "award", "A1", source, 2026)

    def approve(number, at):
        moves = [ledger.move(committed, payable, 5)]
        approver = people[2 + number]
        ledger.post("approve_tranche", key=f"tranche{at}", transfers=moves, by=people[0], approved_by=approver)

    assert race(approve) == {"done": TIMES, "SameKeyOtherInput": (PROCESSES - 1) * TIMES}

    assert again(payable).balance == TIMES * 5
    assert books_are_right()


def test_the_same_request_from_eight_processes_is_one_posting(source, people):
    committed = fund(source, people, "A1", "committed", TIMES * 10)
    payable = ledger.account("payable", "award", "A1", source, 2026)

    def approve(number, at):
        moves = [ledger.move(committed, payable, 5)]
        ledger.post("approve_tranche", key=f"tranche{at}", transfers=moves, by=people[0], approved_by=people[1])

    assert race(approve) == {"done": PROCESSES * TIMES}

    assert Posting.objects.filter(event="approve_tranche").count() == TIMES
    assert again(payable).balance == TIMES * 5


def test_postings_in_opposite_order_do_not_wait_for_each_other(source, people):
    first = fund(source, people, "A1", "committed", PROCESSES * TIMES)
    second = fund(source, people, "A2", "committed", PROCESSES * TIMES)
    firsts = ledger.account("payable", "award", "A1", source, 2026)
    seconds = ledger.account("payable", "award", "A2", source, 2026)

    def cross(number, at):
        moves = [ledger.move(first, firsts, 1), ledger.move(second, seconds, 1)]
        moves = moves if number % 2 else moves[::-1]
        key = f"x{number}-{at}"
        ledger.post("approve_tranche", key=key, transfers=moves, by=people[0], approved_by=people[1])

    assert race(cross) == {"done": PROCESSES * TIMES}

    assert [again(each).balance for each in (first, firsts, second, seconds)] == [
        0,
        PROCESSES * TIMES,
        0,
        PROCESSES * TIMES,
    ]
    assert books_are_right()


def test_nothing_comes_into_a_month_while_it_is_closed(source, people):
    envelope = make_envelope(source, PROCESSES * TIMES, people[:2])
    reserved = ledger.account("reserved", "award", "A1", source, 2026)
    march = Posting.objects.filter(effective_date=date(2026, 3, 31))

    def post_or_close(number, at):
        if number == 0:
            if at == TIMES // 2:
                ledger.close_period("2026-03", by=people[0], approved_by=people[1], reason="结账")
                seen = march.count()
                # Seen by all the later ones too, whatever was under way: told by its own posting.
                make_budget(source, seen + 1, people[:2], number="结账时所见")
            return
        moves = [ledger.move(envelope, reserved, 1)]
        ledger.post("propose", key=f"c{number}-{at}", transfers=moves, by=people[0], effective_date=date(2026, 3, 31))

    outcome = race(post_or_close)

    assert set(outcome) <= {"done", "PeriodClosed"}
    in_march = outcome["done"] - TIMES
    seen_at_closing = Posting.objects.get(document_number="结账时所见").transfers.get().amount - 1
    assert march.count() == in_march == seen_at_closing == again(reserved).balance
    assert books_are_right()


def test_a_posting_reversed_by_eight_at_once_is_reversed_once(source, people):
    envelope = make_envelope(source, TIMES * 7, people[:2])
    reserved = ledger.account("reserved", "award", "A1", source, 2026)
    moves = [ledger.move(envelope, reserved, 7)]
    postings = [ledger.post("propose", key=f"r{each}", transfers=moves, by=people[0]) for each in range(TIMES)]

    def reverse(number, at):
        ledger.reverse(postings[at], by=people[0], approved_by=people[2 + number])

    assert race(reverse) == {"done": TIMES, "AlreadyReversed": (PROCESSES - 1) * TIMES}

    assert (again(envelope).balance, again(reserved).balance) == (TIMES * 7, 0)
    assert books_are_right()


def test_sealing_follows_the_numbers_while_others_post(source, people):
    envelope = make_envelope(source, PROCESSES * TIMES, people[:2])
    reserved = ledger.account("reserved", "award", "A1", source, 2026)

    def post_or_seal(number, at):
        if number == 0:
            ledger.seal(50)
            return
        moves = [ledger.move(envelope, reserved, 1)]
        ledger.post("propose", key=f"s{number}-{at}", transfers=moves, by=people[0])

    assert race(post_or_seal) == {"done": PROCESSES * TIMES}

    while ledger.seal():
        pass
    assert not Posting.objects.filter(seal=None).exists()
    assert books_are_right()
