"""Checking and sweeping, in the background."""

from datetime import time, timedelta

from django.utils.translation import gettext_lazy as _

from portal.files import commands
from portal.jobs.commands import job


@job("files.scan", _("检查上传的文件"), tries=8)
def scan(key: str) -> None:
    commands.scan(key)


@job("files.scan_pending", _("再查没有查完的文件"), every=timedelta(minutes=30), tries=1)
def scan_pending() -> None:
    commands.scan_pending()


@job("files.sweep", _("清理不用的文件"), at=time(3, 30), tries=1)
def sweep() -> None:
    commands.sweep()
