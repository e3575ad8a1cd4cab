"""`manage.py test`: what CI runs. Style, structure, types, then the suite on SQLite and PostgreSQL."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from argparse import REMAINDER, ArgumentParser
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

PYTHON = sys.executable
BIN = Path(PYTHON).parent
WORKERS = str(min(os.cpu_count() or 2, 4))


class Command(BaseCommand):
    help = "Check the house and run the whole suite. With arguments: pytest alone, with them."
    requires_system_checks: list = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--only", choices=["checks", "sqlite", "postgres"], help="one part alone")
        parser.add_argument("pytest", nargs=REMAINDER)

    def handle(self, *args: object, only: str | None = None, pytest: list[str], **options: object) -> None:
        if pytest:
            self.run("pytest", [PYTHON, "-m", "pytest", *pytest])
            return
        if only in (None, "checks"):
            self.check_house()
        if only in (None, "sqlite"):
            self.run("suite on SQLite", [PYTHON, "-m", "pytest", "-n", WORKERS, "--dist", "worksteal"])
        if only in (None, "postgres"):
            self.suite_on_postgresql()

    def check_house(self) -> None:
        manage = [PYTHON, str(settings.BASE_DIR / "manage.py")]
        deploy = {
            "PORTAL_TESTING": "0", "ALLOWED_HOSTS": "example.org", "SECRET_KEY": "k" * 20 + "0123456789" * 4,
            "FIELD_KEYS": f"check:{urlsafe_b64encode(bytes(range(32))).decode()}", "FIELD_INDEX_KEY": "0123456789" * 5,
        }  # fmt: skip
        templates = map(str, (settings.BASE_DIR / "templates").rglob("*.html"))
        self.run("ruff", [PYTHON, "-m", "ruff", "check", "."])
        self.run("ruff format", [PYTHON, "-m", "ruff", "format", "--check", "."])
        self.run("djade", [str(BIN / "djade"), "--check", "--target-version", "5.2", *templates])
        self.run("import-linter", [str(BIN / "lint-imports"), "--no-cache"])
        self.run("migrations", [*manage, "makemigrations", "--check", "--dry-run"])
        self.run("messages", [*manage, "messages", "--check"])
        self.run("deploy checks", [*manage, "check", "--deploy", "--fail-level", "WARNING"], deploy)
        typed = [str(path) for name in ("rules", "commands", "queries") for path in self.files(name)]
        self.run("mypy", [PYTHON, "-m", "mypy", *typed])

    @staticmethod
    def files(name: str) -> list[Path]:
        found: list[Path] = []
        for house in ("portal", "orgs", "grants", "home"):
            base = settings.BASE_DIR / house
            found += [
                p for p in [*base.rglob(f"{name}.py"), *base.rglob(f"{name}/*.py")] if "migrations" not in p.parts
            ]
        return sorted(found)

    def suite_on_postgresql(self) -> None:
        if not postgres_binaries():
            if os.environ.get("CI"):
                raise CommandError("PostgreSQL is not installed: initdb was not found.")
            self.stdout.write("suite on PostgreSQL: skipped, initdb was not found")
            return
        with postgres() as url:
            arguments = [PYTHON, "-m", "pytest", "-n", WORKERS, "--dist", "worksteal", "-m", "not browser"]
            self.run("suite on PostgreSQL", arguments, {"DATABASE_URL": url})

    def run(self, name: str, command: list[str], extra: dict[str, str] | None = None) -> None:
        started = time.monotonic()
        self.stdout.write(f"== {name}")
        self.stdout.flush()
        code = subprocess.call(command, cwd=settings.BASE_DIR, env={**os.environ, **(extra or {})})
        if code:
            raise CommandError(f"{name} failed.", returncode=code)
        if "suite" not in name and name != "pytest":  # pytest's own last line stays the last
            self.stdout.write(f"{name:<24}{time.monotonic() - started:6.1f} s")


def postgres_binaries() -> Path | None:
    """Return the newest folder that holds initdb, or None."""
    if (found := shutil.which("initdb")) and (Path(found).resolve().parent / "postgres").exists():
        return Path(found).resolve().parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return folders[-1] if folders else None


@contextmanager
def postgres() -> Iterator[str]:
    """Run a throw-away server on a socket of its own (as a non-root user) and yield its URL."""
    binaries = postgres_binaries()
    folder = Path(mkdtemp(prefix="pg-"))
    as_user: list[str] = []
    if os.getuid() == 0:
        shutil.chown(folder, "postgres")
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
    data = str(folder / "data")
    options = f"-k {folder} -c listen_addresses='' -c max_connections=200 -c fsync=off"
    subprocess.run(
        [*as_user, f"{binaries}/initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8"],
        check=True, stdout=subprocess.DEVNULL, cwd=folder,
    )  # fmt: skip
    control = [*as_user, f"{binaries}/pg_ctl", "-D", data, "-w"]
    subprocess.run(
        [*control, "-o", options, "-l", str(folder / "log"), "start"], check=True, stdout=subprocess.DEVNULL
    )
    try:
        yield f"postgresql://postgres@/portal?host={folder}"
    finally:
        subprocess.run([*control, "-m", "fast", "stop"], check=False, stdout=subprocess.DEVNULL)
        shutil.rmtree(folder, ignore_errors=True)
