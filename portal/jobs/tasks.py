"""The house-keeping of the jobs themselves."""

from datetime import time, timedelta

from portal.jobs import commands
from portal.jobs.commands import job


@job("jobs.heartbeat", every=timedelta(seconds=30), tries=1, lease=timedelta(minutes=1))
def heartbeat() -> None:
    commands.beat("worker")


@job("jobs.prune", at=time(3, 10))
def prune() -> None:
    commands.prune()
