"""The clock of rounds. Late or missed runs change words only: a submission is judged by the window."""

from datetime import timedelta

from grants.calls import commands
from portal.jobs.commands import job


@job("calls.window", every=timedelta(minutes=1))
def window() -> None:
    commands.open_due()
    commands.close_due()
