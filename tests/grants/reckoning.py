"""What the state machine of the ledger reckons for itself: balances, keys, periods, and what it expects."""

from __future__ import annotations

import os
from collections import Counter
from datetime import date, datetime

import pytest
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
)

from grants.funds import commands as ledger
from grants.funds import queries
from grants.funds.commands.period import period_of
from grants.funds.models import Account, Posting
from portal import clock
from portal.access import Role
from portal.lifecycle import Refused
from tests.grants.makers_agreements import make_account
from tests.grants.makers_funds import make_source
from tests.makers import make_organization, make_user

FULL = bool(os.environ.get("CI")) or os.environ.get("HYPOTHESIS_PROFILE") == "ci"
RUNS = {"sqlite": 200 if FULL else 10, "postgresql": 60 if FULL else 5}
STEPS = 50

ENVELOPE_AND_AWARD = {
    "propose": ("envelope", "reserved", False),
    "drop": ("reserved", "envelope", False),
    "lapse": ("reserved", "envelope", False),
    "amend_up": ("envelope", "committed", True),
    "amend_down": ("committed", "envelope", True),
}
OWN = {
    "confirm": ("reserved", "committed", False),
    "approve_tranche": ("committed", "payable", True),
    "cancel_tranche": ("payable", "committed", False),
    "appropriate": ("payable", "appropriated", False),
    "pay": ("appropriated", "held", False),
    "bank_reject": ("appropriated", "payable", False),
    "accept_expenditure": ("held", "spent", False),
    "disallow": ("held", "recoverable", True),
    "refund": ("held", "returned", False),
}
MORE_PAIRS = {
    ("bank_reject", "held", "payable"),
    ("pay", "held", "spent"),
    ("disallow", "spent", "recoverable"),
    ("refund", "recoverable", "returned"),
    ("lapse", "committed", "envelope"),
}
AWARD_KINDS = ("reserved", "committed", "payable", "appropriated", "held", "spent", "recoverable", "returned")
AMOUNTS = st.sampled_from([1, 2, 3, 7, 100, 999, 10_000, 3_850_000, 10**14, 10**14 + 1, 0, -5])
SMALL = st.sampled_from([1, 2, 3, 7, 100, 999])
DATES = st.sampled_from(
    [date(2026, 1, 31), date(2026, 2, 10), date(2026, 3, 1), date(2026, 4, 30), date(2026, 12, 31)]
)
MONTHS = st.sampled_from(["2026-01", "2026-02", "2026-03"])
PEOPLE = st.integers(0, 2)
APPROVERS = st.sampled_from([None, 0, 1, 2])
SOURCES = st.sampled_from(["FISCAL", "LOTTERY"])
AWARDS = st.sampled_from(["A1", "A2"])
ROUNDS = st.sampled_from(["R1", "R2"])
NOON = datetime(2026, 4, 15, 4, tzinfo=clock.ZONE)


class Reckoning(RuleBasedStateMachine):
    """`money`: (source, owner code, kind) -> fen. `closed`: the last closed month. `keys`: what was asked."""

    @classmethod
    def prepare(cls) -> None:
        """Make the people, the sources and a payee's account once, before the runs: each run only undoes its own steps."""
        roles = (Role.BUREAU_FINANCE, Role.BUREAU_LEADER, Role.BUREAU_HEAD)
        cls.people = [make_user(f"p{number}", role) for number, role in enumerate(roles)]
        cls.sources = {"FISCAL": make_source(), "LOTTERY": make_source("LOTTERY", purposes=("MICRO",))}
        period_of(date(2026, 1, 1))
        make_account(make_organization(admin=cls.people[0]), *cls.people[:2])

    @initialize()
    def open(self):
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.clock = clock.at(NOON)
        self.clock.__enter__()
        self.money: Counter = Counter()
        self.closed = date(2000, 1, 1)
        self.keys: dict[str, tuple] = {}
        self.posted: list[tuple[Posting, list]] = []
        self.documents: dict[str, tuple] = {}
        self.fed: set[tuple] = set()
        self.known: dict[tuple, Account] = {}
        self.serial = 0
        for source in ("FISCAL", "LOTTERY"):
            self.budget(source, 5_000, 0, 1, date(2026, 3, 15), f"始{source}")
            self.envelope(source, "R1", 2_000, "MICRO", 0, 1)

    def teardown(self):
        if hasattr(self, "undo"):
            assert [str(each) for each in queries.problems()] == []
            self.clock.__exit__(None, None, None)
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    # --- what is right, by the machine's own reckoning

    def account(self, source, code, kind) -> Account:
        """Open it outside of any attempt, so that a refusal does not undo the opening."""
        place = (source, code, kind)
        if place not in self.known:
            self.known[place] = self.opened(*place)
        return self.known[place]

    def opened(self, source, code, kind) -> Account:
        owner = {"R": "round", "A": "award", "S": "source", "W": "world"}[code[0]]
        name = self.sources[source].code if owner == "source" else kind if owner == "world" else code
        return ledger.account(kind, owner, name, self.sources[source], 2026)

    def right(self, legs, made, approved, on, needs_approval) -> bool:
        """legs: (source, from code, from kind, to code, to kind, fen)."""
        left = Counter(self.money)
        for source, code, kind, to_code, to_kind, fen in legs:
            left[source, code, kind] -= fen
            left[source, to_code, to_kind] += fen
            if not 0 < fen <= 10**14 or (code != "W" and left[source, code, kind] < 0):
                return False
        two = approved is not None or not needs_approval
        return two and made != approved and on > self.closed

    def apply(self, legs):
        for source, code, kind, to_code, to_kind, fen in legs:
            self.money[source, code, kind] -= fen
            self.money[source, to_code, to_kind] += fen
            if kind == "envelope":
                self.fed.add((code, to_code))

    def moves(self, legs):
        return [
            ledger.move(self.account(source, code, kind), self.account(source, to_code, to_kind), fen)
            for source, code, kind, to_code, to_kind, fen in legs
        ]

    def attempt(self, ok: bool, legs, act) -> Posting | None:
        """Do `act`; it must be accepted exactly when it is right."""
        for source, code, kind, to_code, to_kind, _ in legs:
            for place in ((source, code, kind), (source, to_code, to_kind)):
                if not place[1].endswith("+"):
                    self.account(*place)
        try:
            with transaction.atomic():
                posting = act()
        except Refused as refusal:
            assert not ok, f"refused what is right: {refusal} {legs}"
            return None
        assert ok, f"accepted what is wrong: {legs}"
        self.apply(legs)
        self.posted.append((posting, legs))
        return posting

    def person(self, number):
        return None if number is None else self.people[number]

    def key(self) -> str:
        self.serial += 1
        return f"k{self.serial}"

    def post(self, event, legs, made, approved, on, ok):
        key = self.key()
        asked = {
            "key": key, "by": self.person(made), "approved_by": self.person(approved), "effective_date": on,
        }  # fmt: skip
        moves = self.moves(legs)
        done = self.attempt(ok, legs, lambda: ledger.post(event, transfers=moves, **asked))
        if done:
            self.keys[key] = (event, legs, asked, done)

    # --- the events

    def budget(self, source, fen, made, approved, on, number):
        legs = [(source, "W", "treasury", "S", "available", fen)]
        asked = (fen, made, approved, on)
        known = self.documents.get((source, number))
        if known:
            with pytest.raises(Refused) if known != asked else transaction.atomic():
                self.appropriate(source, fen, made, approved, on, number)
            return
        ok = self.right(legs, made, approved, on, True)
        if self.attempt(ok, legs, lambda: self.appropriate(source, fen, made, approved, on, number)):
            self.documents[source, number] = asked

    def appropriate(self, source, fen, made, approved, on, number):
        return ledger.appropriate_budget(
            self.sources[source], 2026, fen, number, by=self.person(made), approved_by=self.person(approved),
            effective_date=on,
        )  # fmt: skip
