"""The clock of rounds. Late or missed runs change words only: a submission is judged by the window."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from grants.calls import commands
from portal.jobs.commands import job


@job("calls.window", _("开始和截止申报"), every=timedelta(minutes=1))
def window() -> None:
    commands.open_due()
    commands.close_due()
