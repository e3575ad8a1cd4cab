"""Recompute the ledger: every balance, every invariant, the triggers and the seals."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from grants.funds import queries
from grants.funds.models import Posting


class Command(BaseCommand):
    help = "Recompute every balance and invariant of the ledger; exit 1 and name the rows that differ."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--most", type=int, default=100, help="stop after so many differences")

    def handle(self, *args: Any, **options: Any) -> None:
        found = 0
        alone = connection.vendor == "postgresql" and not connection.in_atomic_block
        with transaction.atomic():
            if alone:  # one picture of the books for all questions, while others write
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            for problem in queries.problems():
                self.stderr.write(self.style.ERROR(str(problem)))
                found += 1
                if found >= options["most"]:
                    break
            count = Posting.objects.count()
        if found:
            raise CommandError(f"账本核对发现 {found} 处不符。", returncode=1)
        head = queries.head()
        self.stdout.write(f"账本核对无误：{count} 张凭证，链头 {head.hash[:16] if head else '无'}。")
