"""The postman."""

from datetime import timedelta

from portal.jobs.commands import job
from portal.notices import commands


@job("notices.send", every=timedelta(seconds=20), tries=1)
def send() -> None:
    commands.send_due()
