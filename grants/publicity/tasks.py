"""The clock of the lists."""

from datetime import timedelta

from grants.publicity import commands
from portal.jobs.commands import job


@job("publicity.end", every=timedelta(minutes=10))
def end_due() -> None:
    commands.end_due()
