"""Append-only tables, and the one list of database triggers of the house.

A package declares its triggers once (`register_triggers` in AppConfig.ready); they are installed
after every `migrate`, because SQLite loses them whenever Django remakes a table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldError
from django.db import models
from django.utils.translation import gettext as _

from portal import crypto
from portal.lifecycle import Refused


class AppendOnlyRow(Refused):
    """A row of an append-only table was to be changed or deleted."""


@dataclass(frozen=True)
class Trigger:
    """One trigger, in the words of both databases.

    name: unique in the whole database; also the name of the PostgreSQL function.
    event: "BEFORE INSERT", "AFTER UPDATE", "BEFORE TRUNCATE" (PostgreSQL only), …
    sqlite: what follows FOR EACH ROW ("WHEN … BEGIN … END"); "" where SQLite needs none.
    postgresql: the body of the plpgsql function ("BEGIN … END"); "" where PostgreSQL needs none.
    """

    name: str
    table: str
    event: str
    sqlite: str = ""
    postgresql: str = ""

    def body(self, vendor: str) -> str:
        return self.postgresql if vendor == "postgresql" else self.sqlite

    def statements(self, vendor: str) -> list[str]:
        """Return the SQL that (re)creates the trigger."""
        if vendor != "postgresql":
            return [f'DROP TRIGGER IF EXISTS "{self.name}"', self.sqlite_sql()]
        each = "STATEMENT" if "TRUNCATE" in self.event else "ROW"
        return [
            f'CREATE OR REPLACE FUNCTION "{self.name}"() RETURNS trigger LANGUAGE plpgsql AS $body${self.postgresql}$body$',
            f'DROP TRIGGER IF EXISTS "{self.name}" ON "{self.table}"',
            f'CREATE TRIGGER "{self.name}" {self.event} ON "{self.table}" FOR EACH {each} EXECUTE FUNCTION "{self.name}"()',
        ]

    def sqlite_sql(self) -> str:
        return f'CREATE TRIGGER "{self.name}" {self.event} ON "{self.table}" FOR EACH ROW {self.sqlite}'


TRIGGERS: dict[str, tuple[Trigger, ...]] = {}


def register_triggers(app_label: str, triggers: list[Trigger]) -> None:
    """Declare the triggers of one app; call it in AppConfig.ready."""
    TRIGGERS[app_label] = tuple(triggers)


def refusal(name: str, table: str, event: str, *, when: str = "", message: str = "", declare: str = "") -> Trigger:
    """Return a trigger that refuses `event` when the condition holds (always, without one).

    when: SQL that both databases understand, over NEW and OLD. message: machine-readable; the
    trigger's name where empty. declare: a statement for PostgreSQL alone, run before the question
    (to take a lock).
    """
    text = message or name
    condition = f"WHEN {when} " if when else ""
    truncate = "TRUNCATE" in event
    passed = "RETURN NULL;" if truncate else ("RETURN OLD;" if "DELETE" in event else "RETURN NEW;")
    refuse = f"RAISE EXCEPTION '{text}' USING ERRCODE = 'integrity_constraint_violation';"
    return Trigger(
        name,
        table,
        event,
        sqlite="" if truncate else f"{condition}BEGIN SELECT RAISE(ABORT, '{text}'); END",
        postgresql=f"BEGIN {declare} IF {when or 'TRUE'} THEN {refuse} END IF; {passed} END",
    )


def irreplaceable(table: str) -> Trigger:
    """Return the trigger that refuses a row under an id that is taken.

    For SQLite: its INSERT OR REPLACE takes the old row away without asking the triggers on DELETE,
    wherever a connection has not set recursive_triggers.
    """
    taken = f'EXISTS (SELECT 1 FROM "{table}" t WHERE t.id = NEW.id)'
    name = f"{table}_is_never_replaced"
    return Trigger(name, table, "BEFORE INSERT", sqlite=f"WHEN {taken} BEGIN SELECT RAISE(ABORT, '{name}'); END")


def append_only(table: str) -> list[Trigger]:
    """Return the triggers that refuse UPDATE, DELETE, TRUNCATE and REPLACE of `table`."""
    return [
        *(
            refusal(f"{table}_is_never_{word}", table, f"BEFORE {event}")
            for event, word in (("UPDATE", "changed"), ("DELETE", "deleted"), ("TRUNCATE", "emptied"))
        ),
        irreplaceable(table),
    ]


class AppendOnlyQuerySet(models.QuerySet):
    def update(self, **kwargs: Any) -> int:
        raise AppendOnlyRow(_("这类记录只增不改。"))

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AppendOnlyRow(_("这类记录只增不删。"))


class AppendOnly(models.Model):
    """A row that is written once. The database refuses the rest by trigger (`append_only`)."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyRow(_("这类记录只增不改。"))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AppendOnlyRow(_("这类记录只增不删。"))


class EncryptedField(models.TextField):
    """Text that the database only sees encrypted (portal.crypto); "" stays "". Cannot be searched:
    put a DerivedField with crypto.blind_index beside it."""

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return value if value is None else crypto.encrypt(value)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return value if value is None else crypto.decrypt(value)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is encrypted: search its blind index")
        return super().get_lookup(lookup_name)


class DerivedField(models.CharField):
    """A column computed from another one whenever the row is saved, such as a comparable name.

    source: field name; by: importable function text -> text. QuerySet.update does not compute it.
    """

    def __init__(self, *args: Any, source: str = "", by: Callable[[str], str] = str, **kwargs: Any):
        self.source, self.by = source, by
        kwargs["editable"] = False
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("editable", None)
        # Nothing of it is in the database, so a migration keeps an ordinary column.
        return name, "django.db.models.CharField", args, kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        value = self.by(getattr(model_instance, self.source) or "")
        setattr(model_instance, self.attname, value)
        return value
