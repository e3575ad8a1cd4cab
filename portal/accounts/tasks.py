"""What the clock does with accounts."""

from datetime import time

from portal.accounts import commands
from portal.jobs.commands import job


@job("accounts.end_expired", at=time(0, 10))
def end_expired() -> None:
    commands.end_expired()
