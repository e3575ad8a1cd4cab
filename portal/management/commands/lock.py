"""`manage.py lock`: compile the short .in files into locks with hashes, for every platform."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

LOCKS = ("requirements", "requirements-prod", "requirements-dev")


class Command(BaseCommand):
    help = "Re-lock the requirements (needs uv, which is in the test environment)."
    requires_system_checks: list = []

    def handle(self, *args: object, **options: object) -> None:
        uv = Path(sys.executable).with_name("uv")
        if not uv.exists():
            raise CommandError("uv is missing: run python3 manage.py test once, it installs it.")
        for name in LOCKS:
            subprocess.run(
                [
                    str(uv), "pip", "compile", "--quiet", "--universal", "--generate-hashes", "--python-version", "3.11",
                    "--no-emit-index-url", "--no-header", f"{name}.in", "-o", f"{name}.txt",
                ],
                cwd=settings.BASE_DIR, check=True,
            )  # fmt: skip
            self.stdout.write(f"locked: {name}.txt")
