"""python manage.py work: scheduler and worker in one process, for a site on one machine."""

from __future__ import annotations

import logging
import threading
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections

logger = logging.getLogger("portal.jobs")


class Command(BaseCommand):
    help = "Run the scheduled jobs and the queue until SIGTERM or Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--interval", type=float, default=15, help="seconds between two looks at the schedule")

    def handle(self, *args: Any, interval: float, **options: Any) -> None:
        scheduler = threading.Thread(
            target=call_command, args=("run_scheduled", "--loop", f"--interval={interval}"), daemon=True
        )
        scheduler.start()
        while True:
            try:
                return call_command(
                    "db_worker", "--backend=jobs", "--queue-name=*", "--no-startup-delay", "--no-reload"
                )
            except DatabaseError:
                # The database is away: the worker of django-tasks ends then, and is started again.
                logger.exception("the queue could not be read")
                close_old_connections()
                time.sleep(2)
