"""What a site chooses by its environment (docs/configuration.md). A value that means nothing stops the start."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

SQLITE = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
    " PRAGMA recursive_triggers=ON; PRAGMA busy_timeout=20000;"
)
BACKENDS = {
    "database": "django_tasks_db.DatabaseBackend",
    "immediate": "django_tasks.backends.immediate.ImmediateBackend",
}
BOOLEANS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


def wrong(name: str, wanted: str) -> SystemExit:
    """One plain sentence and exit status 1; the value is not told, it may hold a password."""
    return SystemExit(f"环境变量 {name} 不能使用：应为 {wanted}。请改正后再启动。")


def env(name: str, default: str = "") -> str:
    """Return the value; an empty one is no choice."""
    return os.environ.get(name) or default


def env_bool(name: str, default: bool = False) -> bool:
    value = env(name, "1" if default else "0").lower()
    if value not in BOOLEANS:
        raise wrong(name, "1 或 0")
    return BOOLEANS[value]


def env_int(name: str, default: int) -> int:
    value = env(name, str(default))
    if not value.isascii() or not value.isdecimal():
        raise wrong(name, "不小于零的整数")
    return int(value)


def env_list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in env(name, default).split(",") if part.strip()]


def env_choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    value = env(name, default)
    if value not in choices:
        raise wrong(name, " 或 ".join(choices))
    return value


def database(url: str) -> dict:
    """Return Django's settings for `sqlite:///path` or `postgresql://user:pw@host:port/name?option=…`."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path[1:]) or ":memory:",
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": SQLITE},
        }
    try:
        port = str(parts.port or "")
    except ValueError:
        raise wrong("DATABASE_URL", "端口在 65535 以内的地址") from None
    if parts.scheme in {"postgres", "postgresql"} and parts.path.strip("/"):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path[1:]),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or dict(parse_qsl(parts.query)).get("host", "")),
            "PORT": port,
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
        }
    raise wrong("DATABASE_URL", "sqlite:///path 或 postgresql://user:password@host:port/name")


def cache(url: str) -> dict:
    """Return Django's settings for `db://table`, `redis://…` or `locmem://`."""
    parts = urlsplit(url)
    if parts.scheme == "db" and parts.netloc:
        return {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": parts.netloc}
    if parts.scheme in {"redis", "rediss"} and parts.hostname:
        return {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url}
    if parts.scheme == "locmem":
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    raise wrong("CACHE_URL", "db://table、redis://host:port/0 或 locmem://")


def private_storage(url: str) -> dict:
    """Return the storage of private files: `file:///folder` or `s3://bucket/prefix`."""
    parts = urlsplit(url)
    if parts.scheme == "s3" and parts.netloc:
        options = {"bucket_name": parts.netloc, "location": parts.path.strip("/"), "querystring_auth": True}
        return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    folder = Path(unquote(parts.path))
    if parts.scheme == "file" and not parts.netloc and folder.is_absolute() and folder != Path("/"):
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(folder), "base_url": None, "file_permissions_mode": 0o600},
        }
    raise wrong("STORAGE_URL", "file:///folder（绝对路径）或 s3://bucket/prefix")
