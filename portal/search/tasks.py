"""The index against gaps: rows that came in bulk or before the site search knew their model."""

from datetime import time

from django.utils.translation import gettext_lazy as _

from portal.jobs.commands import job
from portal.search import commands


@job("search.fill", _("补全检索"), at=time(2, 40))
def fill() -> None:
    commands.fill()
