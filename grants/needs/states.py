"""The life of a need: moderated before it is public (domain.md § 0.10)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.access import Role
from portal.lifecycle import Lifecycle, begin, move


class Status(models.TextChoices):
    POSTED = "POSTED", _("待审核")
    LISTED = "LISTED", _("已列入清单")
    DECLINED = "DECLINED", _("不列入")


class Stage(models.TextChoices):
    """A mark left from above when a need becomes a project; no guard reads it."""

    NONE = "", _("征集中")
    APPROVED = "approved", _("已立项")
    DONE = "done", _("已完成")


POSTED_DAYS = 10
"""Working days in which the community or street answers the person who posted."""

LIFECYCLE = Lifecycle(
    {
        "list": move(Status.POSTED, to=Status.LISTED),
        "decline": move(Status.POSTED, Status.LISTED, to=Status.DECLINED),
    },
    starts=[begin(Status.POSTED, owner=Role.COMMUNITY, days=POSTED_DAYS)],
    rests={Status.LISTED: "stands on the public list until a project takes it up"},
)
