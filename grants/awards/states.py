"""An award is proposed, stands in publicity, and is approved, dropped or lapsed."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from portal.access import Role
from portal.lifecycle import Lifecycle, move


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


LIFECYCLE = Lifecycle(
    {
        "confirm": move(
            S.PROPOSED, to=S.APPROVED,
            guards=["publicity_missing", "publicity_running", "objection_open", "objection_upheld"],
            owner=Role.BUREAU_OFFICER, days=10,
        ),
        "drop": move(S.PROPOSED, S.RESERVE, to=S.DROPPED),
        "lapse": move(S.APPROVED, to=S.LAPSED, owner=Role.BUREAU_OFFICER, days=5),
        "promote": move(S.RESERVE, to=S.PROPOSED, owner=Role.BUREAU_LEADER, days=5),
    }
)  # fmt: skip

RESOLUTION = Lifecycle(
    {"record": move(Meeting.DRAFT, to=Meeting.RECORDED, guards=["faults"], owner=Role.BUREAU_OFFICER, days=5)}
)
