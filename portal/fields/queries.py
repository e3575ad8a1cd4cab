"""Which declared triggers does the database really have?"""

from __future__ import annotations

from django.db import DEFAULT_DB_ALIAS, connections

from portal.fields.models import TRIGGERS, Trigger


def installed(using: str = DEFAULT_DB_ALIAS) -> dict[str, str]:
    """Return trigger name -> its text as stored. A disabled one counts as absent. One query."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT t.tgname, p.prosrc || pg_get_triggerdef(t.oid) FROM pg_trigger t"
                " JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_class c ON c.oid = t.tgrelid"
                " WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND pg_table_is_visible(c.oid)"
            )
        else:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        return dict(cursor.fetchall())


def stands(trigger: Trigger, texts: dict[str, str], vendor: str) -> bool:
    text = texts.get(trigger.name)
    if text is None:
        return False
    if vendor != "postgresql":
        return text == trigger.sqlite_sql()
    return text.startswith(trigger.postgresql) and f" {trigger.event} ON " in text and f".{trigger.table} " in text


def missing_triggers(using: str = DEFAULT_DB_ALIAS, app_label: str = "") -> list[Trigger]:
    """Return declared triggers (of one app, or all) that are absent, disabled or differ; of existing tables."""
    vendor = connections[using].vendor
    tables = set(connections[using].introspection.table_names())
    texts = installed(using)
    declared = [one for label, each in TRIGGERS.items() for one in each if app_label in ("", label)]
    return [one for one in declared if one.body(vendor) and one.table in tables and not stands(one, texts, vendor)]
