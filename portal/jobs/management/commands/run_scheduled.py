"""python manage.py run_scheduled [--loop]: enqueue what is due; by cron, a timer, or in a loop."""

from __future__ import annotations

import logging
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections

from portal.jobs import commands

logger = logging.getLogger("portal.jobs")


class Command(BaseCommand):
    help = "Enqueue the scheduled jobs that are due and take back the runs of killed workers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help="stay and look again every --interval seconds")
        parser.add_argument("--interval", type=float, default=15)

    def handle(self, *args: Any, loop: bool, interval: float, **options: Any) -> None:
        if not loop:
            return self.look()
        while True:
            try:
                self.look()
            except DatabaseError:
                # The database is away or busy: the schedule waits for it, it does not die.
                logger.exception("the schedule could not be read")
            close_old_connections()
            time.sleep(interval)

    def look(self) -> None:
        for name in commands.run_due():
            self.stdout.write(name)
        commands.reap()
