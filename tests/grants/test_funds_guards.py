"""Each single guard of the ledger, and the proof that it is the one that stands there.

A probe asserts one refusal. With every guard in place each probe is green; with exactly its guard
removed it is red. A guard whose removal nobody notices would be decoration.
"""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from grants.funds import commands as ledger
from grants.funds import guards, rules
from grants.funds.commands import events, posting
from grants.funds.models import TRIGGERS, Account, FundSource, Period, PeriodChange, Posting, Seal, Transfer
from grants.funds.models.account import FundSource as _FundSource
from portal import clock
from portal.fields.commands import install_triggers, make_way
from portal.fields.models import AppendOnlyRow
from portal.fields.queries import missing_triggers
from portal.lifecycle import NotYet, Refused
from tests.grants.makers_funds import make_budget, make_envelope
from tests.grants.probes_funds import (
    CONSTRAINT_PROBES,
    TRIGGER_PROBES,
    at,
    make,
    make_world,
    opens_after_the_closed,
    refused,
    sql,
)

assert _FundSource is FundSource
# --- probes of the commands' guards ---------------------------------------------------------------


def not_in_the_table(world):
    for event, src, dst in (
        ("confirm", "committed", "reserved"),
        ("pay", "payable", "held"),
        ("gift", "held", "spent"),
    ):
        with refused(ledger.WrongEntry):
            make(world, event, src, dst, 1)


def across_sources_years_owners(world):
    for dst in (
        at(world, "committed", source=world.other),
        at(world, "committed", year=2027),
        at(world, "committed", code="A2"),
    ):
        with refused(ledger.WrongEntry):
            make(world, "confirm", "reserved", dst, 1)


def foreign_envelope(world):
    other = make_envelope(world.source, 5, world.people, code="R2", purpose="VENTURE")
    with refused(ledger.WrongEntry, match="不是从这个批次安排的"):
        make(world, "drop", "reserved", other, 1)


def wrong_purpose(world):
    with refused(NotYet, match="只能用于 VENTURE"):
        make_envelope(world.source, 5, world.people, code="R2", purpose="MICRO")


def blank_document(world):
    with refused(NotYet, match="请填写文号"):
        make_budget(world.source, 5, world.people, number=" ")


def money_under_way(world):
    with refused(NotYet, match="没有办结"):
        ledger.carry_over(at(world, "committed"), 1, "结转1号", by=world.people[0], approved_by=world.people[1])


def fees_above_the_share(world):
    with refused(NotYet, match="费用的上限"):
        ledger.fee(world.envelope, 11, "合同1", ceiling=10, key="f1", by=world.people[0], approved_by=world.people[1])


def restore_of_last_year(world):
    with refused(ledger.WrongEntry, match="跨年度"):
        ledger.restore(
            at(world, "returned"), world.envelope, 1, bank_reference="B1", by=world.people[0],
            approved_by=world.people[1], effective_date=date(2027, 1, 5),
        )  # fmt: skip


def written_off_by_clerks(world):
    with refused(ledger.FourEyes, match="两位领导"):
        ledger.write_off(at(world, "recoverable"), 1, "核销1号", by=world.clerk, approved_by=world.people[1])


def other_input_under_a_key(world):
    make(world, "propose", "envelope", "reserved", 1, key="same")
    with refused(ledger.SameKeyOtherInput):
        make(world, "propose", "envelope", "reserved", 2, key="same")


def history_by_the_model(world):
    with refused(AppendOnlyRow):
        world.proposed.save()
    with refused(AppendOnlyRow):
        world.proposed.delete()


def nothing(*args, **kwargs):
    return []


COMMAND_PROBES = {
    "table of events": (not_in_the_table, lambda patch: patch.setattr(guards, "wrong_entry", nothing)),
    "same source, year, owner": (
        across_sources_years_owners,
        lambda patch: patch.setattr(
            rules, "EVENTS", {**rules.EVENTS, "confirm": rules.event(("reserved", "committed"), same=())}
        ),
    ),
    "own envelope": (foreign_envelope, lambda patch: patch.setattr(guards, "not_its_envelope", nothing)),
    "purpose": (wrong_purpose, lambda patch: patch.setattr(guards, "purpose", nothing)),
    "document": (blank_document, lambda patch: patch.setattr(guards, "document", nothing)),
    "year end": (money_under_way, lambda patch: patch.setattr(guards, "year_end", nothing)),
    "fee share": (fees_above_the_share, lambda patch: patch.setattr(guards, "fee_share", nothing)),
    "restore in its year": (restore_of_last_year, lambda patch: patch.setattr(events, "require_same_year", nothing)),
    "two leaders": (written_off_by_clerks, lambda patch: patch.setattr(events, "require_leaders", nothing)),
    "request hash": (
        other_input_under_a_key,
        lambda patch: patch.setattr(
            posting, "before_under", lambda key, asked: Posting.objects.filter(key=key).first()
        ),
    ),
    "append-only model": (
        history_by_the_model,
        lambda patch: (patch.delattr(Posting.__mro__[1], "save"), patch.delattr(Posting.__mro__[1], "delete")),
    ),
}


@pytest.fixture
def world():
    with clock.at(clock.datetime(2026, 6, 15, 4, tzinfo=clock.ZONE)):
        yield make_world()


def here(trigger) -> bool:
    return bool(trigger.body(connection.vendor))


def red(probe, world) -> None:
    """The probe must fail: by its own assertion, or because the wrong thing refused."""
    with pytest.raises((AssertionError, pytest.fail.Exception, Refused, DatabaseError)), transaction.atomic():
        probe(world)


def test_every_trigger_and_constraint_has_its_probe():
    assert set(TRIGGER_PROBES) == {one.name for one in TRIGGERS}
    checks = {
        one.name
        for model in (FundSource, Account, Posting, Transfer, Seal, Period, PeriodChange)
        for one in model._meta.constraints
    }
    assert set(CONSTRAINT_PROBES) == checks


@pytest.mark.django_db
def test_with_all_guards_every_probe_is_green(world):
    probes = [TRIGGER_PROBES[one.name] for one in TRIGGERS if here(one)]
    probes += [probe for _, probe in CONSTRAINT_PROBES.values()] + [probe for probe, _ in COMMAND_PROBES.values()]
    for probe in [*probes, opens_after_the_closed]:
        with transaction.atomic():
            probe(world)
            transaction.set_rollback(True)
    assert missing_triggers() == []


@pytest.mark.django_db
@pytest.mark.parametrize("trigger", TRIGGERS, ids=lambda one: one.name)
def test_without_one_trigger_its_probe_is_red(world, trigger):
    if not here(trigger):
        pytest.skip("the other database needs it")
    sql(f"DROP TRIGGER {trigger.name}" + (f" ON {trigger.table}" if connection.vendor == "postgresql" else ""))
    assert [one.name for one in missing_triggers()] == [trigger.name]

    red(TRIGGER_PROBES[trigger.name], world)

    assert install_triggers() == [trigger.name]
    assert missing_triggers() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", CONSTRAINT_PROBES)
def test_without_one_constraint_its_probe_is_red(world, name, monkeypatch):
    model, probe = CONSTRAINT_PROBES[name]
    constraint = next(one for one in model._meta.constraints if one.name == name)
    others = [one for one in model._meta.constraints if one.name != name]
    monkeypatch.setattr(model._meta, "constraints", others)  # SQLite remakes the table from these
    make_way()
    with connection.schema_editor() as editor:
        editor.remove_constraint(model, constraint)
    install_triggers()

    red(probe, world)


@pytest.mark.django_db
@pytest.mark.parametrize("name", COMMAND_PROBES)
def test_without_one_guard_of_a_command_its_probe_is_red(world, name, monkeypatch):
    probe, remove = COMMAND_PROBES[name]
    remove(monkeypatch)

    red(probe, world)
