"""A stateful property test of the ledger: whatever people do in whatever order, the books hold.

The machine knows from the table of ledger.md § 2 (written down again here, not imported) what must be
accepted and what refused, keeps its own balances, and asks every invariant after each step. In CI,
or with HYPOTHESIS_PROFILE=ci, it runs 200 × 50 steps on SQLite and 60 × 50 on PostgreSQL.
"""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from grants.funds import commands as ledger
from grants.funds.commands.period import period_of
from grants.funds.models import Posting, Seal
from portal.lifecycle import Refused
from tests.grants.reckoning import (
    AMOUNTS,
    APPROVERS,
    AWARD_KINDS,
    AWARDS,
    DATES,
    ENVELOPE_AND_AWARD,
    MONTHS,
    MORE_PAIRS,
    NOON,
    OWN,
    PEOPLE,
    ROUNDS,
    RUNS,
    SMALL,
    SOURCES,
    STEPS,
    Reckoning,
)


class Books(Reckoning):
    """Every event of the ledger, right and wrong, in any order."""

    @rule(
        source=SOURCES,
        fen=AMOUNTS,
        made=PEOPLE,
        approved=APPROVERS,
        on=DATES,
        number=st.sampled_from(["1", "2", "3"]),
    )
    def appropriate_budget(self, source, fen, made, approved, on, number):
        self.budget(source, fen, made, approved, on, number)

    @rule(
        source=SOURCES,
        code=ROUNDS,
        fen=AMOUNTS,
        purpose=st.sampled_from(["MICRO", "VENTURE"]),
        made=PEOPLE,
        approved=APPROVERS,
    )
    def allocate(self, source, code, fen, purpose, made, approved):
        self.envelope(source, code, fen, purpose, made, approved)

    def envelope(self, source, code, fen, purpose, made, approved):
        legs = [(source, "S", "available", code, "envelope", fen)]
        ok = self.right(legs, made, approved, NOON.date(), True) and (source == "FISCAL" or purpose == "MICRO")
        self.attempt(
            ok, legs,
            lambda: ledger.allocate(
                self.sources[source], 2026, self.account(source, code, "envelope"), fen, purpose=purpose,
                by=self.person(made), approved_by=self.person(approved),
            ),
        )  # fmt: skip

    @rule(source=SOURCES, code=ROUNDS, fen=AMOUNTS, made=PEOPLE, approved=APPROVERS)
    def take_back(self, source, code, fen, made, approved):
        legs = [(source, code, "envelope", "S", "available", fen)]
        ok = self.right(legs, made, approved, NOON.date(), True)
        self.attempt(
            ok, legs,
            lambda: ledger.take_back(
                self.account(source, code, "envelope"), fen, by=self.person(made), approved_by=self.person(approved)
            ),
        )  # fmt: skip

    @rule(event=st.sampled_from(sorted(ENVELOPE_AND_AWARD)), source=SOURCES, code=ROUNDS, award=AWARDS, fen=SMALL,
          made=PEOPLE, approved=APPROVERS, on=DATES)  # fmt: skip
    def between_envelope_and_award(self, event, source, code, award, fen, made, approved, on):
        src, dst, needs = ENVELOPE_AND_AWARD[event]
        ends = (code, award) if src == "envelope" else (award, code)
        legs = [(source, ends[0], src, ends[1], dst, fen)]
        ok = self.right(legs, made, approved, on, needs) and (src == "envelope" or (code, award) in self.fed)
        self.post(event, legs, made, approved, on, ok)

    @rule(
        event=st.sampled_from(sorted(OWN)),
        source=SOURCES,
        award=AWARDS,
        fen=SMALL,
        made=PEOPLE,
        approved=APPROVERS,
        on=DATES,
    )
    def within_an_award(self, event, source, award, fen, made, approved, on):
        src, dst, needs = OWN[event]
        legs = [(source, award, src, award, dst, fen)]
        self.post(event, legs, made, approved, on, self.right(legs, made, approved, on, needs))

    @rule(
        award=AWARDS, fen=SMALL, event=st.sampled_from(["confirm", "approve_tranche", "appropriate", "pay", "refund"])
    )
    def along_all_sources(self, award, fen, event):
        src, dst, _ = OWN[event]
        held = sum(self.money[source, award, src] for source in self.sources)
        if fen > held:
            with pytest.raises(ledger.Overdrawn), transaction.atomic():
                ledger.along("award", award, src, dst, fen)
            return
        moves = ledger.along("award", award, src, dst, fen)
        assert sum(each.fen for each in moves) == fen
        legs = [(each.src.source.code, award, src, award, dst, each.fen) for each in moves]
        self.post(event, legs, 0, 1, NOON.date(), True)

    @rule(source=SOURCES, award=AWARDS, fen=SMALL)
    def pay_after_acceptance(self, source, award, fen):
        legs = [(source, award, "appropriated", award, "held", fen), (source, award, "held", award, "spent", fen)]
        self.post("pay", legs, 0, None, NOON.date(), self.right(legs, 0, None, NOON.date(), False))

    @rule(event=st.sampled_from(sorted({**OWN, **ENVELOPE_AND_AWARD, "gift": 0, "reverse": 0})), src=st.sampled_from(AWARD_KINDS),
          dst=st.sampled_from(AWARD_KINDS), source=SOURCES, award=AWARDS, other=AWARDS, fen=SMALL)  # fmt: skip
    def any_pair(self, event, src, dst, source, award, other, fen):
        """Deny by default: what is not in the table is refused, whatever the balances are."""
        if (src, award) == (dst, other):
            return
        allowed = (event in OWN and OWN[event][:2] == (src, dst)) or (event, src, dst) in MORE_PAIRS
        legs = [(source, award, src, other, dst, fen)]
        ok = allowed and award == other and self.right(legs, 0, 1, NOON.date(), True)
        self.post(event, legs, 0, 1, NOON.date(), ok)

    @rule(award=AWARDS, source=SOURCES, code=ROUNDS, fen=SMALL, number=st.integers(1, 4), late=st.booleans())
    def restore(self, award, source, code, fen, number, late):
        legs = [(source, award, "returned", code, "envelope", fen)]
        reference = f"银行{number}"
        if ("restore", reference, source, award) in self.documents:
            return
        on = date(2027, 1, 5) if late else NOON.date()
        ok = not late and self.right(legs, 0, 1, on, True) and (code, award) in self.fed
        done = self.attempt(
            ok, legs,
            lambda: ledger.restore(
                self.account(source, award, "returned"), self.account(source, code, "envelope"), fen,
                bank_reference=reference, by=self.people[0], approved_by=self.people[1], effective_date=on,
            ),
        )  # fmt: skip
        if done:
            self.documents["restore", reference, source, award] = ()

    @rule(source=SOURCES, place=st.sampled_from(["S", "R1", "A1"]), fen=SMALL, blank=st.booleans())
    def hand_back(self, source, place, fen, blank):
        kind = {"S": "available", "R": "envelope", "A": "returned"}[place[0]]
        legs = [(source, place, kind, "W", "returned_world", fen)]
        number = " " if blank else self.key()
        ok = not blank and self.right(legs, 0, 1, NOON.date(), True)
        people = {"by": self.people[0], "approved_by": self.people[1]}
        self.attempt(ok, legs, lambda: ledger.hand_back(self.account(source, place, kind), fen, number, **people))

    @rule(source=SOURCES, award=AWARDS, fen=SMALL, clerk=st.booleans())
    def write_off(self, source, award, fen, clerk):
        legs = [(source, award, "recoverable", award, "written_off", fen)]
        by = self.people[0] if clerk else self.people[2]
        ok = not clerk and self.right(legs, 2, 1, NOON.date(), True)
        src = self.account(source, award, "recoverable")
        self.attempt(ok, legs, lambda: ledger.write_off(src, fen, self.key(), by=by, approved_by=self.people[1]))

    @rule(source=SOURCES, fen=SMALL, ceiling=st.sampled_from([0, 50, 10_000]))
    def fee(self, source, fen, ceiling):
        legs = [(source, "R1", "envelope", "W", "fee_world", fen)]
        paid = sum(self.money[each, "W", "fee_world"] for each in self.sources)
        ok = self.right(legs, 0, 1, NOON.date(), True) and paid + fen <= ceiling
        asked = {"ceiling": ceiling, "key": self.key(), "by": self.people[0], "approved_by": self.people[1]}
        self.attempt(ok, legs, lambda: ledger.fee(self.account(source, "R1", "envelope"), fen, "合同", **asked))

    @rule(source=SOURCES, place=st.sampled_from(["R1", "A1"]), fen=SMALL)
    def carry_over(self, source, place, fen):
        kind = "envelope" if place == "R1" else "committed"
        legs = [(source, place, kind, f"{place}+", kind, fen)]
        under_way = any(
            self.money[source, award, each]
            for award in ("A1", "A2")
            for each in ("payable", "appropriated", "returned")
        )
        ok = self.right(legs, 0, 1, NOON.date(), True) and not under_way
        people = {"by": self.people[0], "approved_by": self.people[1]}
        src = self.account(source, place, kind)
        self.attempt(ok, legs, lambda: ledger.carry_over(src, fen, self.key(), **people))

    # --- mistakes, repetition, months, seals

    @precondition(lambda self: self.posted)
    @rule(data=st.data(), made=PEOPLE, approved=APPROVERS)
    def reverse(self, data, made, approved):
        posting, legs = data.draw(st.sampled_from(self.posted), label="posting")
        back = [(s, to_code, to_kind, code, kind, fen) for s, code, kind, to_code, to_kind, fen in reversed(legs)]
        before = Posting.objects.filter(reverses=posting).first()
        if before and (before.made_by, before.approved_by) == (self.person(made), self.person(approved)):
            assert ledger.reverse(posting, by=self.person(made), approved_by=self.person(approved)) == before
            return
        # Money of the outside world comes back even below nothing: it has no floor.
        ok = not before and posting.event != "reverse" and self.right(back, made, approved, NOON.date(), True)
        self.attempt(
            ok, back,
            lambda: ledger.reverse(posting, by=self.person(made), approved_by=self.person(approved)),
        )  # fmt: skip

    @precondition(lambda self: self.keys)
    @rule(data=st.data(), other=st.booleans())
    def replay_a_key(self, data, other):
        event, legs, asked, done = self.keys[data.draw(st.sampled_from(sorted(self.keys)), label="key")]
        if other:
            changed = [(*leg[:5], leg[5] + 1) for leg in legs]
            with pytest.raises(ledger.SameKeyOtherInput), transaction.atomic():
                ledger.post(event, transfers=self.moves(changed), **asked)
        else:
            count = Posting.objects.count()
            assert ledger.post(event, transfers=self.moves(legs), **asked) == done
            assert Posting.objects.count() == count

    @rule(month=MONTHS, made=PEOPLE, approved=PEOPLE, reason=st.sampled_from(["结账", " "]))
    def close_period(self, month, made, approved, reason):
        last = period_of(date.fromisoformat(f"{month}-01")).ends_on
        ok = last > self.closed and made != approved and bool(reason.strip())
        self.turn(ok, ledger.close_period, month, made, approved, reason)
        if ok:
            self.closed = last

    @rule(month=MONTHS, made=PEOPLE, approved=PEOPLE, reason=st.sampled_from(["补记", ""]))
    def reopen_period(self, month, made, approved, reason):
        first = period_of(date.fromisoformat(f"{month}-01"))
        ok = first.ends_on <= self.closed and made != approved and bool(reason.strip())
        self.turn(ok, ledger.reopen_period, month, made, approved, reason)
        if ok:
            earlier = [one for one in (date(2026, 1, 31), date(2026, 2, 28)) if one < first.starts_on]
            self.closed = earlier[-1] if earlier else date(2000, 1, 1)

    def turn(self, ok, command, month, made, approved, reason):
        try:
            with transaction.atomic():
                command(month, by=self.people[made], approved_by=self.people[approved], reason=reason)
        except Refused as refusal:
            assert not ok, f"refused what is right: {refusal}"
        else:
            assert ok, f"accepted what is wrong: {command.__name__} {month}"

    @rule()
    def seal(self):
        ledger.seal()
        assert not Posting.objects.filter(seal=None).exists()

    TAMPERING = (
        "UPDATE funds_account SET balance = balance + 1 WHERE kind = 'available'",
        "UPDATE funds_account SET balance = 0, last_transfer = NULL WHERE balance <> 0",
        "UPDATE funds_account SET owner_code = 'A9' WHERE owner_kind = 'source'",
        "UPDATE funds_account SET floor = NOT floor",
        "UPDATE funds_transfer SET amount = amount + 1",
        "UPDATE funds_posting SET memo = 'x'",
        "UPDATE funds_posting SET effective_date = '2026-05-05'",
        "DELETE FROM funds_transfer",
        "DELETE FROM funds_posting",
        "DELETE FROM funds_account WHERE balance <> 0",
        "UPDATE funds_period SET status = 'CLOSED' WHERE status = 'OPEN'",
        "UPDATE funds_period SET ends_on = '2026-12-30' WHERE code = '2026-12'",
        "DELETE FROM funds_period",
        "INSERT INTO funds_transfer (posting_id, src_id, dst_id, amount, budget_category)"
        " SELECT posting_id, src_id, dst_id, 1, '' FROM funds_transfer",
        "INSERT INTO funds_account (code, kind, owner_kind, owner_code, source_id, year, balance, floor)"
        " SELECT 'x', 'spent', owner_kind, 'A9', source_id, year, 5, floor FROM funds_account WHERE kind = 'available'",
        "UPDATE registry_bankaccount SET holder = 'x'",  # another payee than the one that was verified
        "UPDATE registry_bankaccount SET number_index = 'x'",
        "UPDATE registry_bankaccount SET organization_id = organization_id + 1",
    )
    ON_SEALS = ("UPDATE funds_seal SET hash = 'x'", "DELETE FROM funds_seal")
    POSTGRESQL = (
        "TRUNCATE funds_transfer CASCADE",
        "TRUNCATE funds_posting CASCADE",
        "TRUNCATE funds_account CASCADE",
    )
    SQLITE = (
        "INSERT OR IGNORE INTO funds_transfer (posting_id, src_id, dst_id, amount, budget_category)"
        " SELECT posting_id, dst_id, src_id, 99999999, '' FROM funds_transfer",
        "INSERT OR REPLACE INTO funds_transfer (id, posting_id, src_id, dst_id, amount, budget_category)"
        " SELECT id, posting_id, src_id, dst_id, amount + 1, '' FROM funds_transfer",
    )

    @rule(data=st.data())
    def tamper_by_sql(self, data):
        ways = list(self.TAMPERING) + list(self.POSTGRESQL if connection.vendor == "postgresql" else self.SQLITE)
        if Seal.objects.exists():
            ways += self.ON_SEALS
        way = data.draw(st.sampled_from(ways), label="sql")
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            if "TRUNCATE" in way:  # or PostgreSQL refuses it for the pending foreign keys of this transaction
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(way)

    # --- the truth after each step

    @invariant()
    def balances_are_what_the_machine_reckons(self):
        if not hasattr(self, "money"):
            return
        found: Counter = Counter()
        for source, owner, name, kind, year, fen in rows(
            "SELECT s.code, a.owner_kind, a.owner_code, a.kind, a.year, a.balance FROM funds_account a"
            " JOIN funds_fundsource s ON s.id = a.source_id WHERE a.balance <> 0"
        ):
            code = {"source": "S", "world": "W"}.get(owner, name)
            found[source, code + "+" * (year - 2026 if code not in "SW" else 0), kind] += fen
        assert found == Counter({place: fen for place, fen in self.money.items() if fen})

    @invariant()
    def every_invariant_of_the_ledger_holds(self):
        """In bare SQL, apart from the code of verify_ledger, which is asked at the end of each run."""
        if not hasattr(self, "money"):
            return
        for name, statement in BROKEN.items():
            assert rows(statement) == [], name
        closed = rows(f"SELECT COUNT(*) FROM funds_posting WHERE effective_date <= '{self.closed}'")
        assert closed == [(sum(posting.effective_date <= self.closed for posting, _ in self.posted),)]


def rows(statement: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


BROKEN = {
    "I1 all balances sum to nothing": "SELECT s FROM (SELECT SUM(balance) AS s FROM funds_account) x WHERE s <> 0",
    "I2 a balance is what came less what went": (
        "SELECT a.id FROM funds_account a WHERE a.balance <>"
        " (SELECT COALESCE(SUM(amount), 0) FROM funds_transfer t WHERE t.dst_id = a.id)"
        " - (SELECT COALESCE(SUM(amount), 0) FROM funds_transfer t WHERE t.src_id = a.id)"
    ),
    "I3, I4 nothing is overdrawn": (
        "SELECT id FROM funds_account WHERE balance < 0 AND kind NOT IN ('treasury', 'fee_world', 'returned_world')"
    ),
    "I5, I6 an award's stations are never below nothing": (
        "SELECT owner_code FROM funds_account WHERE owner_kind = 'award' GROUP BY owner_code, source_id"
        " HAVING SUM(balance) < 0"
    ),
    "I7 each posting is complete": (
        "SELECT p.id FROM funds_posting p WHERE p.lines <>"
        " (SELECT COUNT(*) FROM funds_transfer t WHERE t.posting_id = p.id)"
    ),
    "I9 a reversal mirrors": (
        "SELECT t.id FROM funds_transfer t JOIN funds_posting p ON p.id = t.posting_id"
        " WHERE p.reverses_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM funds_transfer o"
        " WHERE o.posting_id = p.reverses_id AND o.src_id = t.dst_id AND o.dst_id = t.src_id AND o.amount = t.amount)"
    ),
    "I10 two persons": "SELECT id FROM funds_posting WHERE made_by_id = approved_by_id",
    "I12 dated in its period": (
        "SELECT p.id FROM funds_posting p JOIN funds_period m ON m.id = p.period_id"
        " WHERE p.effective_date NOT BETWEEN m.starts_on AND m.ends_on"
    ),
}


@pytest.mark.django_db
def test_the_books_hold_whatever_happens():
    Books.prepare()
    run_state_machine_as_test(
        Books,
        settings=settings(
            max_examples=RUNS[connection.vendor],
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
