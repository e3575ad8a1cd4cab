"""What a site chooses by its environment (docs/configuration.md). A value that means nothing stops the start."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

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


def env_port(name: str, default: int) -> int:
    value = env_int(name, default)
    if not 0 < value < 65536:
        raise wrong(name, "1 至 65535 之间的端口")
    return value


def env_list(name: str, default: str = "", choices: tuple[str, ...] = ()) -> list[str]:
    values = [part.strip() for part in env(name, default).split(",") if part.strip()]
    if choices and not set(values) <= set(choices):
        raise wrong(name, "、".join(choices) + " 中的几项，用逗号分开")
    return values


def env_choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    value = env(name, default)
    if value not in choices:
        raise wrong(name, " 或 ".join(choices))
    return value


def env_site(name: str, default: str) -> str:
    """Return the address of a site: http or https, a host, nothing behind it that could not be prolonged."""
    value = env(name, default)
    parts = split(name, value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise wrong(name, "https://主机名 形式的地址")
    return value


def split(name: str, url: str) -> SplitResult:
    """Return the parts of an address whose port, where it has one, is a port."""
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError:
        raise wrong(name, "写法正确、端口在 65535 以内的地址") from None
    return parts


def need(module: str, name: str) -> None:
    """Stop where a choice needs a package that the demo does not install."""
    if find_spec(module) is None:
        raise SystemExit(
            f"环境变量 {name} 选择的服务需要另装软件包：请先运行 pip install -r requirements-prod.txt，再启动。"
        )


def database(url: str) -> dict:
    """Return Django's settings for `sqlite:///path` or `postgresql://user:pw@host:port/name?option=…`."""
    parts = split("DATABASE_URL", url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path[1:]) or ":memory:",
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": SQLITE},
        }
    if parts.scheme in {"postgres", "postgresql"} and parts.path.strip("/"):
        need("psycopg", "DATABASE_URL")
        options = dict(parse_qsl(parts.query))  # sslmode and the like: libpq's own names
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path[1:]),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or options.pop("host", "")),
            "PORT": str(parts.port or ""),
            "OPTIONS": options,
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
        }
    raise wrong("DATABASE_URL", "sqlite:///path 或 postgresql://user:password@host:port/name")


def cache(url: str) -> dict:
    """Return Django's settings for `db://table`, `redis://…` or `locmem://`."""
    parts = split("CACHE_URL", url)
    if parts.scheme == "db" and parts.netloc:
        return {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": parts.netloc}
    if parts.scheme in {"redis", "rediss"} and parts.hostname:
        need("redis", "CACHE_URL")
        return {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url}
    if parts.scheme == "locmem":
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    raise wrong("CACHE_URL", "db://table、redis://host:port/0 或 locmem://")


def private_storage(url: str) -> dict:
    """Return the storage of private files: `file:///folder` or `s3://bucket/prefix`."""
    parts = split("STORAGE_URL", url)
    if parts.scheme == "s3" and parts.netloc:
        need("storages", "STORAGE_URL")
        options = {"bucket_name": parts.netloc, "location": parts.path.strip("/"), "querystring_auth": True}
        return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    folder = Path(unquote(parts.path))
    if parts.scheme == "file" and not parts.netloc and folder.is_absolute() and folder != Path("/"):
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(folder), "base_url": None, "file_permissions_mode": 0o600},
        }
    raise wrong("STORAGE_URL", "file:///folder（绝对路径）或 s3://bucket/prefix")
