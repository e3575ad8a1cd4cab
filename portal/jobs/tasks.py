"""The house-keeping of the jobs themselves."""

from datetime import time, timedelta

from django.utils.translation import gettext_lazy as _

from portal.jobs import commands
from portal.jobs.commands import job


@job("jobs.heartbeat", _("后台任务报到"), every=timedelta(seconds=30), tries=1, lease=timedelta(minutes=1))
def heartbeat() -> None:
    commands.beat("worker")


@job("jobs.prune", _("清理旧的任务记录"), at=time(3, 10))
def prune() -> None:
    commands.prune()
