"""Start-up checks: an unsafe site does not start (portal.wsgi runs them; so do migrate and check)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connections
from django.utils.module_loading import import_string

from portal import crypto

LOCAL = {"localhost", "127.0.0.1", "::1", "[::1]", "testserver"}
SAFE_SQLITE = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


@register(Tags.security)
def no_default_secret(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse the built-in secret key outside demo and tests."""
    if settings.SECRET_KEY == settings.INSECURE_SECRET_KEY and not (settings.DEMO or settings.TESTING):
        return [
            Error("SECRET_KEY is the built-in one.", hint="Set SECRET_KEY to 50 random characters.", id="portal.E001")
        ]
    return []


@register(Tags.security)
def no_default_field_keys(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse the built-in keys of encrypted fields outside demo and tests."""
    if settings.DEMO or settings.TESTING:
        return []
    built_in = settings.INSECURE_FIELD_KEY.partition(":")[2]
    if (
        any(one.partition(":")[2] == built_in for one in settings.FIELD_KEYS)
        or settings.FIELD_INDEX_KEY == settings.INSECURE_SECRET_KEY
    ):
        hint = "Set FIELD_KEYS to id:key (32 bytes, URL-safe base64) and FIELD_INDEX_KEY to 50 random characters."
        return [Error("FIELD_KEYS or FIELD_INDEX_KEY is the built-in one.", hint=hint, id="portal.E004")]
    return []


@register(Tags.security)
def usable_field_keys(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse keys that encrypt nothing: the first encrypted field would fail in somebody's hands."""
    try:
        crypto.keys()
    except ImproperlyConfigured as error:
        return [Error(str(error), hint="See FIELD_KEYS in docs/configuration.md.", id="portal.E005")]
    return []


@register(Tags.security)
def private_files_are_not_served(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse private files in, or around, a folder whose files anybody may fetch."""
    folder = settings.STORAGES["private"].get("OPTIONS", {}).get("location", "")
    if "s3" in settings.STORAGES["private"]["BACKEND"].lower():
        return []
    private = Path(folder).resolve()
    for served in (settings.MEDIA_ROOT, settings.STATIC_ROOT, *settings.STATICFILES_DIRS):
        open_folder = Path(served).resolve()
        if private.is_relative_to(open_folder) or open_folder.is_relative_to(private):
            hint = "Set STORAGE_URL to a folder of its own."
            return [Error(f"STORAGE_URL lies with the served folder {served}.", hint=hint, id="portal.E006")]
    return []


@register(Tags.security)
def shared_cache(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a cache of one process on a real site: limits on wrong passwords would count per process."""
    if settings.DEMO or settings.TESTING or settings.DEBUG or "locmem" not in settings.CACHES["default"]["BACKEND"]:
        return []
    return [Error("CACHE_URL is locmem://.", hint="Use db://portal_cache or redis://….", id="portal.E007")]


@register(Tags.security)
def usable_mail_backend(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a mail backend that is not there: letters would neither leave nor be given up."""
    try:
        import_string(settings.EMAIL_BACKEND)
    except ImportError:
        hint = "Name a class, e.g. django.core.mail.backends.smtp.EmailBackend."
        return [Error(f"EMAIL_BACKEND {settings.EMAIL_BACKEND} cannot be imported.", hint=hint, id="portal.E008")]
    return []


@register(Tags.security)
def no_debug_on_real_hosts(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse DEBUG when the site answers to anything but this machine."""
    if settings.DEBUG and not set(settings.ALLOWED_HOSTS) <= LOCAL:
        return [Error("DEBUG is on while ALLOWED_HOSTS names real hosts.", hint="Unset DEBUG.", id="portal.E002")]
    return []


@register(Tags.security)
def no_open_redis(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a Redis without a password on another machine: sessions and limits would be anybody's."""
    location = str(settings.CACHES["default"].get("LOCATION", ""))
    parts = urlsplit(location)
    if parts.scheme.startswith("redis") and not parts.password and parts.hostname not in LOCAL:
        hint = "Use rediss://:password@host or a Redis on this machine."
        return [Error("CACHE_URL names a Redis without a password.", hint=hint, id="portal.E003")]
    return []


@register(Tags.database)
def safe_database(app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a database that could lose an acknowledged commit or skip foreign keys."""
    found: list[CheckMessage] = []
    for alias in databases or []:
        try:
            found += _sqlite(alias) if connections[alias].vendor == "sqlite" else _postgresql(alias)
        except DatabaseError as error:
            found.append(
                Error(f"The database cannot be reached: {error}", hint="See DATABASE_URL.", id="portal.E010")
            )
    return found


def _sqlite(alias: str) -> list[CheckMessage]:
    with connections[alias].cursor() as cursor:
        is_now = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in SAFE_SQLITE}
    wrong = {name: value for name, value in is_now.items() if value != SAFE_SQLITE[name]}
    if wrong:
        return [Error(f"SQLite runs unsafely: {wrong}; wanted {SAFE_SQLITE}.", id="portal.E011")]
    return []


def _postgresql(alias: str) -> list[CheckMessage]:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT current_setting('server_encoding'), current_setting('fsync')")
        encoding, fsync = cursor.fetchone()
    found: list[CheckMessage] = []
    if encoding != "UTF8":
        found.append(Error(f"The database's encoding is {encoding}.", hint="Create it with UTF8.", id="portal.E012"))
    if fsync != "on" and not settings.TESTING:
        found.append(Error("PostgreSQL runs with fsync off.", hint="Turn fsync on.", id="portal.E013"))
    return found
