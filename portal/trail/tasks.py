"""Sealing goes on all the time, a minute behind the facts; the whole chain is walked every night."""

from datetime import time, timedelta

from django.utils.translation import gettext_lazy as _

from portal.jobs.commands import job
from portal.trail import commands, queries


class BrokenTrail(Exception):
    """The nightly walk found something; its sentence stands on the log page and in the state of the jobs."""


@job("trail.seal", _("封存操作日志"), every=timedelta(minutes=1), tries=1)
def seal() -> None:
    commands.seal()


@job("trail.verify", _("核对操作日志"), at=time(3, 50), tries=1, lease=timedelta(hours=2))
def verify() -> None:
    if problem := queries.verify().problem:
        raise BrokenTrail(problem)
