"""Days on which the bureau departs from the holiday calendar."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Override(models.Model):
    """One day, decided by a person: it is worked, or it is not."""

    day = models.DateField(_("日期"), unique=True)
    works = models.BooleanField(_("上班"))
    note = models.CharField(_("依据"), max_length=120)

    class Meta:
        verbose_name = _("工作日调整")
        verbose_name_plural = _("工作日调整")
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day} {_('上班') if self.works else _('放假')}"
