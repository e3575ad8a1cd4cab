"""Papers that left the house: numbered, hashed, kept and checkable by anybody who holds the number."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.models import new_key
from portal.fields.models import AppendOnly, append_only


class Kind(models.TextChoices):
    RECEIPT = "RECEIPT", _("申报回执")
    AWARD_NOTICE = "AWARD_NOTICE", _("立项通知书")
    AGREEMENT = "AGREEMENT", _("项目协议")
    RECTIFICATION = "RECTIFICATION", _("整改通知书")
    CERTIFICATE = "CERTIFICATE", _("结项证书")
    OTHER = "OTHER", _("其他文书")


class Paper(AppendOnly):
    """One issued paper. Never edited: a correction is a paper with its own number.

    about: what it speaks of, in text ("VEN-2027-000482"); title and unit are what the public check
    page shows, so they are kept as they were on the day.
    """

    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    number = models.CharField(_("编号"), max_length=60, unique=True)
    kind = models.CharField(_("种类"), max_length=16, choices=Kind)
    about = models.CharField(_("对象"), max_length=80, db_index=True)
    title = models.CharField(_("标题"), max_length=200)
    unit = models.CharField(_("单位"), max_length=120, blank=True)
    sha256 = models.CharField("SHA-256", max_length=64)
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="papers")
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField(_("出具时间"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("文书")
        verbose_name_plural = _("文书")
        ordering = ["-issued_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="paper_kind_is_known"),
            models.CheckConstraint(condition=~Q(number=""), name="paper_has_a_number"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"


TRIGGERS = append_only("documents_paper")
