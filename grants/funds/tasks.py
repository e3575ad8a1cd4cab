"""What the ledger does by the clock."""

from __future__ import annotations

from datetime import time, timedelta

from django.utils.translation import gettext_lazy as _

from grants.funds import commands, queries
from portal.jobs.commands import job


class LedgerDiffers(Exception):
    """The nightly check found differences; the first ones are the message."""


@job("funds.seal", _("封存凭证"), every=timedelta(minutes=5))
def seal() -> None:
    while commands.seal():
        pass


@job("funds.verify", _("核对账本"), at=time(3, 30), tries=1)
def verify() -> None:
    found = [str(each) for each, _ in zip(queries.problems(), range(20), strict=False)]
    if found:
        raise LedgerDiffers("; ".join(found))
