"""The database of the suite: migrated once into a template, copied for each worker.

Append-only triggers refuse Django's flush, so transactional and live-server tests restore the
template instead: the backup API on SQLite, CREATE DATABASE … TEMPLATE on PostgreSQL.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.test import TransactionTestCase

ROOT = Path(__file__).resolve().parent.parent
CACHE = Path(os.environ.get("TEST_CACHE", ROOT / ".cache"))


def fingerprint() -> str:
    """Hash everything that shapes an empty migrated database."""
    digest = hashlib.sha256()
    for path in sorted(ROOT.glob("*/**/*.py")):
        if ".venv" in path.parts or "tests" in path.parts:
            continue
        text = path.read_bytes()
        if "migrations" in path.parts or b"TRIGGER" in text or b"post_migrate" in text:
            digest.update(path.name.encode() + text)
    return digest.hexdigest()[:12]


def migrate() -> None:
    call_command("migrate", verbosity=0, interactive=False)
    connection.close()


class SQLite:
    def __init__(self, worker: str):
        self.template = CACHE / f"template-{fingerprint()}.sqlite3"
        self.copy = CACHE / f"test-{worker}-{os.getpid()}.sqlite3"

    def set_up(self) -> None:
        if not self.template.exists():
            building = self.template.with_suffix(f".{os.getpid()}")
            self.use(building)
            migrate()
            with sqlite3.connect(building) as db:
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            building.replace(self.template)
        shutil.copy(self.template, self.copy)
        self.use(self.copy)

    def use(self, path: Path) -> None:
        connection.close()
        connection.settings_dict["NAME"] = str(path)

    def restore(self) -> None:
        connections.close_all()
        source, target = sqlite3.connect(self.template), sqlite3.connect(self.copy, timeout=20)
        source.backup(target)
        source.close(), target.close()

    def tear_down(self) -> None:
        connection.close()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self.copy}{suffix}").unlink(missing_ok=True)


class PostgreSQL:
    def __init__(self, worker: str):
        self.name = connection.settings_dict["NAME"]
        self.template = f"{self.name}_tpl_{fingerprint()}"
        self.copy = f"{self.name}_{worker}_{os.getpid()}"

    def execute(self, sql: str) -> list:
        connections.close_all()
        connection.settings_dict["NAME"] = "postgres"
        with connection._nodb_cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []

    def use(self, name: str) -> None:
        connection.close()
        connection.settings_dict["NAME"] = name

    def set_up(self) -> None:
        if not self.execute(f"SELECT 1 FROM pg_database WHERE datname = '{self.template}'"):
            building = f"{self.template}_{os.getpid()}"
            self.execute(f'CREATE DATABASE "{building}"')
            self.use(building)
            migrate()
            self.execute(f'ALTER DATABASE "{building}" RENAME TO "{self.template}"')
        self.execute(f'CREATE DATABASE "{self.copy}" TEMPLATE "{self.template}"')
        self.use(self.copy)

    def restore(self) -> None:
        self.tear_down()
        self.execute(f'CREATE DATABASE "{self.copy}" TEMPLATE "{self.template}"')
        self.use(self.copy)

    def tear_down(self) -> None:
        self.execute(f'DROP DATABASE IF EXISTS "{self.copy}" WITH (FORCE)')
        self.use(self.copy)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: object) -> Iterator[None]:
    """Replace pytest-django's: a migrated template, cached by what shapes it, and a copy of it."""
    CACHE.mkdir(parents=True, exist_ok=True)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with django_db_blocker.unblock():
        kind = PostgreSQL(worker) if connection.vendor == "postgresql" else SQLite(worker)
        with (CACHE / f"{connection.vendor}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            kind.set_up()
        TransactionTestCase._fixture_teardown = lambda self: kind.restore()
    yield
    with django_db_blocker.unblock():
        kind.tear_down()


@pytest.fixture(autouse=True)
def _private_files(request: pytest.FixtureRequest, settings: object, tmp_path: Path) -> None:
    """Uploads of a test go to its own folder, those of `districts` (tests/access) to theirs."""
    if "districts" in request.fixturenames:
        return
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "private"), "base_url": None},
        },
    }
