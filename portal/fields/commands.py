"""Installing the declared triggers."""

from __future__ import annotations

from typing import Any

from django.core import checks
from django.db import DEFAULT_DB_ALIAS, connections, transaction

from portal.fields import queries
from portal.fields.models import TRIGGERS


def install_triggers(using: str = DEFAULT_DB_ALIAS, app_label: str = "") -> list[str]:
    """(Re)install what is missing or differs; return the names. Running it twice changes nothing."""
    connection = connections[using]
    wanted = queries.missing_triggers(using, app_label)
    with transaction.atomic(using=using), connection.cursor() as cursor:
        for trigger in wanted:
            for statement in trigger.statements(connection.vendor):
                cursor.execute(statement)
    return [trigger.name for trigger in wanted]


def make_way(using: str = DEFAULT_DB_ALIAS) -> None:
    """SQLite: take our triggers away so that tables can be remade; `install_triggers` brings them back.

    SQLite refuses to rename a remade table while a trigger of another table still names it. Only
    `migrate` with something to do calls this; PostgreSQL never needs it.
    """
    connection = connections[using]
    if connection.vendor == "sqlite":
        ours = {one.name for each in TRIGGERS.values() for one in each}
        with connection.cursor() as cursor:
            for name in sorted(ours & set(queries.installed(using))):
                cursor.execute(f'DROP TRIGGER "{name}"')


def before_migrate(app_config: Any, plan: Any = (), using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    if plan:
        make_way(using)


def after_migrate(app_config: Any, using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    install_triggers(using, app_config.label)


def check_triggers(databases: list[str] | None = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """A warning, not an error: `migrate` asks the database checks first, and is itself the remedy."""
    return [
        checks.Warning(
            f"The trigger {trigger.name} on {trigger.table} is missing, disabled or altered ({using}).",
            hint="Run `manage.py migrate`; then `verify_ledger` and `verify_trail`.",
            id="fields.W001",
        )
        for using in databases or []
        for trigger in queries.missing_triggers(using)
    ]
