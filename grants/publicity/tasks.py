"""The clock of the lists."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from grants.publicity import commands
from portal.jobs.commands import job


@job("publicity.end", _("结束到期的公示"), every=timedelta(minutes=10))
def end_due() -> None:
    commands.end_due()
