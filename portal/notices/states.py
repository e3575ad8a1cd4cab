"""The states of a letter on its way out."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.access import Role
from portal.lifecycle import Lifecycle, begin, move


class LetterState(models.TextChoices):
    QUEUED = "QUEUED", _("待发送")
    SENT = "SENT", _("已发送")
    DEAD = "DEAD", _("发送失败")


LIFECYCLE = Lifecycle(
    {
        "send": move(LetterState.QUEUED, to=LetterState.SENT),
        "give_up": move(LetterState.QUEUED, to=LetterState.DEAD, owner=Role.SYS_ADMIN, days=1),
        "resend": move(LetterState.DEAD, to=LetterState.QUEUED),
    },
    starts=[begin(LetterState.QUEUED)],
    rests={LetterState.QUEUED: "the worker sends it"},
)
