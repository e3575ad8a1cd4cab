"""Private files. The bytes lie in the storage "private", under a name that says nothing."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import storages
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.models import new_key


class State(models.TextChoices):
    PENDING = "PENDING", _("正在检测")
    CLEAN = "CLEAN", _("可以使用")
    INFECTED = "INFECTED", _("未通过安全检查")


class StoredFile(models.Model):
    """One upload. Who may read it besides its owner is said per purpose: policies.allow.

    owner: empty for what somebody gave without an account. purpose: machine code "package.word"; upload_key: the client's own key of one attempt, so that
    a repeated request finds the first one's row.
    """

    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="stored_files"
    )
    purpose = models.CharField(_("用途"), max_length=60)
    name = models.CharField(_("文件名"), max_length=200)
    path = models.CharField(max_length=120, unique=True, editable=False)
    size = models.BigIntegerField(_("大小"))
    media_type = models.CharField(_("类型"), max_length=100)
    sha256 = models.CharField("SHA-256", max_length=64)
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.CLEAN, editable=False)
    upload_key = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(_("上传时间"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("文件")
        verbose_name_plural = _("文件")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=0), name="stored_file_is_not_empty"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="stored_file_state_is_known"),
            models.UniqueConstraint(
                fields=["owner", "upload_key"], condition=~Q(upload_key=""), name="one_file_per_upload_attempt"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("files:download", args=[self.key])

    def open(self) -> File[Any]:
        """Open the bytes for reading."""
        return storages["private"].open(self.path, "rb")
