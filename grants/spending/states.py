"""The life of one expenditure."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.access import Role
from portal.lifecycle import Lifecycle, begin, move


class Status(models.TextChoices):
    RECORDED = "RECORDED", _("待审核")
    ACCEPTED = "ACCEPTED", _("已认定")
    REFUSED = "REFUSED", _("未认定")
    DISALLOWED = "DISALLOWED", _("审计剔除")


RECORDED_DAYS = 5
"""Working days to decide on a newly recorded expenditure."""

LIFECYCLE = Lifecycle(
    {
        "accept": move(Status.RECORDED, to=Status.ACCEPTED, guards=["money_is_held"]),
        "refuse": move(Status.RECORDED, to=Status.REFUSED),
        "disallow": move(Status.ACCEPTED, to=Status.DISALLOWED),
    },
    starts=[begin(Status.RECORDED, owner=Role.BUREAU_OFFICER, days=RECORDED_DAYS)],
    rests={Status.ACCEPTED: "an audit may still disallow it"},
)
