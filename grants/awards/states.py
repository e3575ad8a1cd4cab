"""An award is proposed, stands in publicity, and is approved, dropped or lapsed."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from portal.access import Role
from portal.lifecycle import Lifecycle, begin, move


class S(TextChoices):
    PROPOSED = "PROPOSED", _("拟立项")
    RESERVE = "RESERVE", _("备选")
    NOT_PROPOSED = "NOT_PROPOSED", _("未入选")
    APPROVED = "APPROVED", _("立项")
    DROPPED = "DROPPED", _("不予立项")
    LAPSED = "LAPSED", _("放弃")


HOLDING = (S.PROPOSED, S.APPROVED)
"""States that hold money and count against the limit per organization."""


class Meeting(TextChoices):
    DRAFT = "DRAFT", _("待确认")
    RECORDED = "RECORDED", _("已作出")


CONFIRM_DAYS = 5
"""Working days to approve an award once its publicity is over."""

LIFECYCLE = Lifecycle(
    {
        "confirm": move(
            S.PROPOSED, to=S.APPROVED,
            guards=["publicity_missing", "publicity_running", "objection_open", "objection_upheld"],
            owner=Role.BUREAU_OFFICER, days=10,
        ),
        "drop": move(S.PROPOSED, S.RESERVE, to=S.DROPPED),
        "lapse": move(S.APPROVED, to=S.LAPSED),
        "promote": move(S.RESERVE, to=S.PROPOSED, owner=Role.BUREAU_LEADER, days=CONFIRM_DAYS),
    },
    starts=[
        begin(S.PROPOSED, owner=Role.BUREAU_LEADER, until="five working days after the publicity"),
        begin(S.RESERVE),
        begin(S.NOT_PROPOSED),
    ],
    rests={S.RESERVE: "waits for an award of the list to be dropped or to lapse"},
)  # fmt: skip

RESOLUTION = Lifecycle(
    {"record": move(Meeting.DRAFT, to=Meeting.RECORDED, guards=["faults"], owner=Role.BUREAU_OFFICER, days=5)},
    starts=[begin(Meeting.DRAFT, owner=Role.BUREAU_LEADER, days=2)],
)
