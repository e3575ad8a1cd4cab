"""Checking and sweeping, in the background."""

from datetime import time, timedelta

from portal.files import commands
from portal.jobs.commands import job


@job("files.scan", tries=8)
def scan(key: str) -> None:
    commands.scan(key)


@job("files.scan_pending", every=timedelta(minutes=30), tries=1)
def scan_pending() -> None:
    commands.scan_pending()


@job("files.sweep", at=time(3, 30), tries=1)
def sweep() -> None:
    commands.sweep()
