"""What the clock does with accounts."""

from datetime import time

from django.utils.translation import gettext_lazy as _

from portal.accounts import commands
from portal.jobs.commands import job


@job("accounts.end_expired", _("结束到期的角色授权"), at=time(0, 10))
def end_expired() -> None:
    commands.end_expired()
