"""`verify_ledger` names the row: each invariant is broken once, with the triggers out of the way."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from grants.funds import commands as ledger
from grants.funds import queries
from grants.funds.commands.seal import write_head
from grants.funds.models import TRIGGERS, Account, Posting, Seal
from grants.funds.queries.verify import CHECKS, HIGHER
from portal import clock
from portal.fields.commands import install_triggers
from tests.grants.test_funds_guards import make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    made = make_world()
    make_way()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM funds_seal")
    install()
    ledger.seal()
    assert [str(each) for each in queries.problems()] == []
    return made


def make_way() -> None:
    """Take the triggers away, as only somebody with the database's own password could."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for one in TRIGGERS:
            if one.body(connection.vendor):
                where = f" ON {one.table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER {one.name}{where}")


def install() -> None:
    install_triggers()


TAMPERED = {
    "I1": "UPDATE funds_account SET balance = balance + 1 WHERE kind = 'held'",
    "I2": "UPDATE funds_account SET balance = balance + 1 WHERE kind = 'held'",
    "I4": "UPDATE funds_transfer SET amount = amount + 100000"
    " WHERE posting_id IN (SELECT id FROM funds_posting WHERE event = 'propose')",
    "I5": "UPDATE funds_transfer SET amount = amount + 100000"
    " WHERE posting_id IN (SELECT id FROM funds_posting WHERE event = 'appropriate')",
    "I6": "UPDATE funds_transfer SET amount = amount + 100000"
    " WHERE posting_id IN (SELECT id FROM funds_posting WHERE event = 'accept_expenditure')",
    "I7": "UPDATE funds_posting SET lines = 2 WHERE event = 'confirm'",
    "I8": "",
    "I9": "UPDATE funds_transfer SET amount = 9 WHERE posting_id IN (SELECT id FROM funds_posting WHERE event = 'reverse')",
    "I11": "UPDATE funds_posting SET memo = '改过' WHERE event = 'confirm'",
    "I12": "UPDATE funds_posting SET effective_date = '2026-01-01' WHERE event = 'confirm'",
    "I13": "UPDATE funds_posting SET document_number = '改过' WHERE event = 'confirm'",
}


@pytest.mark.parametrize("invariant", TAMPERED)
def test_each_broken_invariant_is_named(world, invariant):
    make_way()
    if TAMPERED[invariant]:
        with connection.cursor() as cursor:
            cursor.execute(TAMPERED[invariant])
        install()

    errors = io.StringIO()
    with pytest.raises(CommandError, match="处不符"):
        call_command("verify_ledger", stderr=errors)

    assert f"{invariant}：" in errors.getvalue()


def test_a_right_ledger_says_so(world):
    out = io.StringIO()

    call_command("verify_ledger", stdout=out)

    assert f"账本核对无误：{Posting.objects.count()} 张凭证，链头 {queries.head().hash[:16]}" in out.getvalue()


def test_the_published_head_betrays_a_rewritten_history(world):
    """Whoever rewrites the chain with all its hashes still cannot rewrite what was published."""
    write_head()
    make_way()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM funds_seal")
        cursor.execute("UPDATE funds_posting SET document_number = '改过' WHERE event = 'confirm'")
    install()
    ledger.seal()

    found = [each.text for each in queries.problems() if each.invariant == "I13"]
    assert len(found) == 1
    assert "已不在哈希链中" in found[0]


def test_heads_that_were_taken_away_are_missed(world, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    ledger.seal()
    assert list(queries.problems()) == []

    with clock.at(clock.now() + timedelta(days=2)):
        assert [str(each) for each in queries.problems()] == ["I13：库外的链头文件不见了"]
        write_head()
        assert list(queries.problems()) == []


def test_a_higher_package_adds_its_invariant(world):
    queries.register_check("I99", lambda: ["项目 P1：各期合计与立项金额不符"])
    try:
        assert [str(each) for each in queries.problems()] == ["I99：项目 P1：各期合计与立项金额不符"]
    finally:
        del HIGHER["I99"]


def test_the_check_costs_the_same_for_few_and_for_many(world):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries_made:
            list(queries.problems())
        return len(queries_made)

    few = cost()
    people = world.people
    for number in range(20):
        with transaction.atomic():
            moves = [
                ledger.move(
                    ledger.account("envelope", "round", "R2026", world.source, 2026),
                    ledger.account("reserved", "award", f"B{number}", world.source, 2026),
                    1,
                )
            ]
            ledger.post("propose", key=f"many{number}", transfers=moves, by=people[0])
    ledger.seal()

    assert cost() == few


def test_the_invariants_are_numbered_one_to_thirteen():
    assert list(CHECKS) == [f"I{number}" for number in range(1, 14)]
    assert Account.objects.count() == Seal.objects.count() == 0
