"""The postman."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from portal.jobs.commands import job
from portal.notices import commands


@job("notices.send", _("发送通知"), every=timedelta(seconds=20), tries=1)
def send() -> None:
    commands.send_due()
