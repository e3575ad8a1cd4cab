"""Sealing goes on all the time, a minute behind the facts."""

from datetime import timedelta

from portal.jobs.commands import job
from portal.trail import commands


@job("trail.seal", every=timedelta(minutes=1), tries=1)
def seal() -> None:
    commands.seal()
