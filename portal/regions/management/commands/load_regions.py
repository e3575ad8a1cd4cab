"""`manage.py load_regions [FILE]`: load divisions from a csv or xlsx, Zhenhai's own by default."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.lifecycle import Refused
from portal.regions import commands
from portal.spreadsheets.commands import read_rows

ZHENHAI = Path(__file__).resolve().parents[2] / "data" / "zhenhai.csv"
COLUMNS = ("code", "name", "valid_from", "valid_to", "successors")


class Command(BaseCommand):
    help = "Load administrative divisions from a csv or xlsx file."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=ZHENHAI)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            with file.open("rb") as stream:
                added, changed = commands.load(read_rows(stream, COLUMNS))
        except FileNotFoundError:
            raise CommandError(f"没有这个文件：{file}")
        except Refused as refusal:
            raise CommandError("\n".join(map(str, refusal.args)))
        self.stdout.write(f"行政区划：新增 {added}，变更 {changed}")
