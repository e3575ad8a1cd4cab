"""`manage.py messages`: gather the words of the house, keep their English, compile all catalogues."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.management import catalogs


class Command(BaseCommand):
    help = "Bring locale/en up to the code and compile every .po. With --check: only say what is wrong."
    requires_system_checks: list = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if anything is wrong")

    def handle(self, *args: object, check: bool, **options: object) -> None:
        base = Path(settings.BASE_DIR)
        if not check:
            catalogs.update(base)
        faults = catalogs.faults(base)
        for fault in faults:
            self.stdout.write(fault)
        if faults:
            raise CommandError(f"{len(faults)} faults: translate in {catalogs.ENGLISH}, then run manage.py messages.")
        self.stdout.write("Every word has its English, and every .mo is that of its .po.")
