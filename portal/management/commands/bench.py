"""`manage.py bench [JOB …]`: medians, p95, SQL counts and ratios to the floor."""

from __future__ import annotations

import os
import sqlite3
import sys
from argparse import ArgumentParser
from importlib import import_module
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from portal import bench

COPY = "PORTAL_BENCH_COPY"


class Command(BaseCommand):
    help = "Measure named jobs as ratios to a bare view with one SQL query. Run `demo --no-serve` first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("jobs", nargs="*", metavar="JOB", help="all without a name")
        parser.add_argument("--requests", type=int, default=80)

    def handle(self, *args: object, jobs: list[str], requests: int, **options: object) -> None:
        if not os.environ.get(COPY):
            self.measure_a_copy()
        import_module("benchmarks.volume").fill()
        known = {job.name: job for job in import_module("benchmarks.jobs").JOBS}
        if unknown := set(jobs) - set(known):
            raise CommandError(f"没有这些项目：{'、'.join(sorted(unknown))}。可选：{'、'.join(known)}。")
        self.stdout.write(
            f"{'job':<24}{'clients':>8}{'median ms':>11}{'p95 ms':>9}{'SQL':>5}{'ratio':>8}{'limit':>7}"
        )
        for one in bench.run([known[name] for name in jobs or known], requests):
            limit = f"{one.limit:.0f}" if one.limit else "–"
            self.stdout.write(
                f"{one.name:<24}{one.clients:>8}{one.median:>11.1f}{one.p95:>9.1f}{one.queries:>5}"
                f"{one.ratio:>8.1f}{limit:>7}"
            )
            self.stdout.flush()

    def measure_a_copy(self) -> None:
        """Run again on a copy of the SQLite file, so that measuring leaves no rows behind.

        On PostgreSQL name a database made for measuring: it is used as it is.
        """
        os.environ[COPY] = "1"
        if connection.vendor != "sqlite":
            return
        source, copy = settings.DATABASES["default"]["NAME"], settings.DATA_DIR / "bench.sqlite3"
        if not Path(source).exists():
            raise CommandError("没有数据库：请先运行 python3 manage.py demo --no-serve。")
        copy.unlink(missing_ok=True)
        with sqlite3.connect(source) as one, sqlite3.connect(copy) as other:
            one.backup(other)
        os.environ["DATABASE_URL"] = f"sqlite:///{copy}"
        os.execv(sys.executable, [sys.executable, *sys.argv])
