"""python manage.py run_scheduled [--loop]: enqueue what is due and work the queue off.

With --loop it is the one worker process that a site on one machine needs; SIGTERM and Ctrl-C end it
after the job in hand. Without, for cron: what is due now, then what is ready. --no-worker only keeps
the schedule, beside a pool of `db_worker --backend jobs`.
"""

from __future__ import annotations

import logging
import threading
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections
from django_tasks import task_backends

from portal.jobs import commands

logger = logging.getLogger("portal.jobs")
WORKER = ("db_worker", "--backend=jobs", "--queue-name=*", "--no-startup-delay", "--no-reload")


class Command(BaseCommand):
    help = "Run the scheduled jobs that are due and the queue, and take back the runs of killed workers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help="stay until SIGTERM")
        parser.add_argument("--interval", type=float, default=15, help="seconds between two looks at the schedule")
        parser.add_argument("--no-worker", action="store_true", help="only enqueue; others work the queue off")

    def handle(self, *args: Any, loop: bool, interval: float, no_worker: bool, **options: Any) -> None:
        has_queue = not no_worker and task_backends["jobs"].supports_defer
        if not loop:
            self.look()
            if has_queue:
                call_command(*WORKER, "--batch")
        elif has_queue:
            threading.Thread(target=self.keep_looking, args=(interval,), daemon=True).start()
            self.keep_working()
        else:
            self.keep_looking(interval)

    def look(self) -> None:
        for name in commands.run_due():
            logger.info("due: %s", name)
        commands.reap()

    def keep_looking(self, interval: float) -> None:
        while True:
            try:
                self.look()
            except DatabaseError:
                # The database is away or busy: the schedule waits for it, it does not die.
                logger.exception("the schedule could not be read")
            close_old_connections()
            time.sleep(interval)

    def keep_working(self) -> None:
        while True:
            try:
                call_command(*WORKER)
                return
            except DatabaseError:
                # The worker of django-tasks ends when the database is away; it is started again.
                logger.exception("the queue could not be read")
                close_old_connections()
                time.sleep(2)
