"""The life of one expenditure."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.access import Role
from portal.lifecycle import Lifecycle, move


class Status(models.TextChoices):
    RECORDED = "RECORDED", _("待审核")
    ACCEPTED = "ACCEPTED", _("已认定")
    REFUSED = "REFUSED", _("未认定")
    DISALLOWED = "DISALLOWED", _("审计剔除")


RECORDED_OWNER, RECORDED_DAYS = Role.BUREAU_OFFICER, 5
"""Who must act on a newly recorded expenditure, and within how many working days."""

LIFECYCLE = Lifecycle(
    {
        "accept": move(Status.RECORDED, to=Status.ACCEPTED, guards=["money_is_held"], owner=Role.AUDITOR),
        "refuse": move(Status.RECORDED, to=Status.REFUSED, owner=Role.PROJECT_ACCOUNTANT),
        "disallow": move(Status.ACCEPTED, to=Status.DISALLOWED, owner=Role.ORG_ADMIN),
    }
)
