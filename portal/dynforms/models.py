"""The frozen form: once answered, always readable."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.fields.models import AppendOnly


class FormVersion(AppendOnly):
    """A form as it was published. Append-only: the database refuses UPDATE and DELETE.

    schema: `rules.Schema` as JSON; sha256: of its canonical text, so the same form is frozen once.
    """

    title = models.CharField(_("名称"), max_length=200)
    schema = models.JSONField(_("题目"))
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    frozen_at = models.DateTimeField(_("固定时间"), default=clock.now, editable=False)
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("申报表版本")
        verbose_name_plural = _("申报表版本")

    def __str__(self) -> str:
        return f"{self.title} · {self.sha256[:8]}"
