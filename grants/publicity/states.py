"""A published list, and an objection to it."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from grants.publicity.rules import ACCEPT_DAYS
from portal.access import Role
from portal.lifecycle import Lifecycle, begin, move


class S(TextChoices):
    DRAFT = "DRAFT", _("待发布")
    RUNNING = "RUNNING", _("公示中")
    ENDED = "ENDED", _("公示结束")


class Objecting(TextChoices):
    RECEIVED = "RECEIVED", _("已收到")
    ACCEPTED = "ACCEPTED", _("已受理")
    NOT_ACCEPTED = "NOT_ACCEPTED", _("不予受理")
    INVESTIGATING = "INVESTIGATING", _("核查中")
    UPHELD = "UPHELD", _("异议成立")
    NOT_UPHELD = "NOT_UPHELD", _("异议不成立")
    ANSWERED = "ANSWERED", _("已答复")


OPEN = (
    Objecting.RECEIVED, Objecting.ACCEPTED, Objecting.INVESTIGATING, Objecting.UPHELD, Objecting.NOT_UPHELD,
)  # fmt: skip
"""States of an objection that still waits for the bureau's answer."""

AGAINST_ALL = (Objecting.ACCEPTED, Objecting.INVESTIGATING, Objecting.UPHELD, Objecting.NOT_UPHELD)
"""A procedural objection to the whole list blocks all rows once it is accepted."""

PUBLICITY = Lifecycle(
    {
        "start": move(S.DRAFT, to=S.RUNNING, guards=["unready"]),
        "end": move(S.RUNNING, to=S.ENDED, guards=["running"]),
        "replace": move(S.RUNNING, S.ENDED, to=S.ENDED),
    },
    starts=[begin(S.DRAFT, owner=Role.BUREAU_HEAD, until="the first day of the period")],
    rests={
        S.RUNNING: "anybody may object; the clock ends it",
        S.ENDED: "the awards of its rows have their own clocks; a correction may replace it",
    },
)

OBJECTION = Lifecycle(
    {
        "accept": move(Objecting.RECEIVED, to=Objecting.ACCEPTED, owner=Role.BUREAU_OFFICER, days=10),
        "refuse": move(Objecting.RECEIVED, to=Objecting.NOT_ACCEPTED),
        "investigate": move(Objecting.ACCEPTED, to=Objecting.INVESTIGATING, owner=Role.BUREAU_OFFICER, days=8),
        "uphold": move(Objecting.INVESTIGATING, to=Objecting.UPHELD, owner=Role.BUREAU_OFFICER, days=2),
        "dismiss": move(Objecting.INVESTIGATING, to=Objecting.NOT_UPHELD, owner=Role.BUREAU_OFFICER, days=2),
        "answer": move(Objecting.UPHELD, Objecting.NOT_UPHELD, to=Objecting.ANSWERED),
    },
    starts=[begin(Objecting.RECEIVED, owner=Role.BUREAU_OFFICER, days=ACCEPT_DAYS)],
)
