"""Database triggers survive the remaking of their tables, and a missing one is noticed."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models

from portal.fields.commands import check_triggers, install_triggers, make_way
from portal.fields.models import TRIGGERS
from portal.fields.queries import missing_triggers

DECLARED = [(label, one) for label, each in TRIGGERS.items() for one in each]
TABLES = sorted({(label, one.table) for label, one in DECLARED})


def ours() -> set[str]:
    return {one.name for _, one in DECLARED if one.body(connection.vendor)}


def drop(trigger) -> None:
    where = f' ON "{trigger.table}"' if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TRIGGER "{trigger.name}"{where}')


@pytest.mark.django_db
def test_every_declared_trigger_stands_after_migrate():
    assert {one.table for _, one in DECLARED} >= {"funds_transfer", "funds_posting", "funds_account"}
    assert missing_triggers() == []
    assert install_triggers() == []


@pytest.mark.django_db
def test_a_missing_trigger_is_a_warning_of_the_check_and_comes_back():
    _, gone = next((label, one) for label, one in DECLARED if one.name == "funds_transfer_is_never_changed")
    drop(gone)

    assert [(one.id, gone.name in one.msg) for one in check_triggers(["default"])] == [("fields.W001", True)]
    assert install_triggers() == [gone.name]
    assert check_triggers(["default"]) == []


@pytest.mark.django_db
def test_an_altered_trigger_counts_as_missing():
    _, one = next((label, one) for label, one in DECLARED if one.name == "funds_transfer_is_never_deleted")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f'CREATE OR REPLACE FUNCTION "{one.name}"() RETURNS trigger LANGUAGE plpgsql AS'
                " $$BEGIN RETURN OLD; END$$"
            )
        else:
            drop(one)
            cursor.execute(
                f'CREATE TRIGGER "{one.name}" BEFORE DELETE ON "{one.table}" WHEN 1 = 0 BEGIN SELECT 1; END'
            )

    assert missing_triggers() == [one]
    assert install_triggers() == [one.name]


@pytest.mark.django_db
def test_a_disabled_trigger_counts_as_missing():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite cannot disable one")
    _, one = next((label, one) for label, one in DECLARED if one.name == "funds_transfer_is_never_deleted")
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER TABLE "{one.table}" DISABLE TRIGGER "{one.name}"')

    assert missing_triggers() == [one]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("label", "table"), TABLES)
def test_a_remade_table_has_its_triggers_again_after_migrate(label, table):
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite remakes tables")
    model = next(one for one in apps.get_app_config(label).get_models() if one._meta.db_table == table)
    make_way()
    with connection.schema_editor() as editor:
        editor._remake_table(model)
    assert {one.name for one in missing_triggers()} == ours()

    call_command("migrate", label, verbosity=0, interactive=False)

    assert {one.name for one in missing_triggers()} & {one.name for one in TRIGGERS[label]} == set()
    install_triggers()


@pytest.mark.django_db(transaction=True)
def test_a_migration_may_change_any_table_of_the_ledger():
    """SQLite would refuse to rename a remade table that a trigger elsewhere names."""
    from grants.funds.models import Account

    field = models.CharField(max_length=130, unique=True)
    field.set_attributes_from_name("code")
    field.model = Account
    make_way()
    with connection.schema_editor() as editor:
        editor.alter_field(Account, Account._meta.get_field("code"), field, strict=False)

    install_triggers()

    assert missing_triggers() == []
