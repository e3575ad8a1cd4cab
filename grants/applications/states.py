"""The life of an application up to the end of screening. Review and award are stages above."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from portal.access import Role
from portal.lifecycle import Lifecycle, begin, move


class S(TextChoices):
    DRAFT = "DRAFT", _("草稿")
    SUBMITTED = "SUBMITTED", _("已提交")
    RETURNED = "RETURNED", _("退回补正")
    WITHDRAWN = "WITHDRAWN", _("已撤回")
    SCREEN_FAILED = "SCREEN_FAILED", _("初审不通过")
    SCREEN_PASSED = "SCREEN_PASSED", _("初审通过")


HANDED_IN = (S.SUBMITTED, S.RETURNED, S.SCREEN_FAILED, S.SCREEN_PASSED)
"""States with an immutable version and a slot of the round."""


PHASES = {
    "IN_REVIEW": _("专家评审中"), "SHORTLISTED": _("入围答辩"), "NOT_SHORTLISTED": _("未入围答辩"),
    "DEFENCE_SCHEDULED": _("待答辩"), "DEFENCE_ABSENT": _("答辩缺席"), "SCORED": _("评审结束"),
    "PROPOSED": _("拟立项"), "RESERVE": _("列为备选"), "NOT_PROPOSED": _("没有列入拟立项"),
    "APPROVED": _("已立项"), "DROPPED": _("不予立项"), "LAPSED": _("已放弃"),
}  # fmt: skip
"""What the floors above have made of an application that passed, as far as its applicant has been told."""

DEADLINE = "the round's deadline"

APPEAL_DAYS = 3
"""Working days in which an applicant may ask about a failed screening."""

LIFECYCLE = Lifecycle(
    {
        "submit": move(S.DRAFT, to=S.SUBMITTED, guards=["unfinished", "late", "over_limit"],
                       owner=Role.BUREAU_OFFICER, days=10),
        "resubmit": move(S.RETURNED, to=S.SUBMITTED, guards=["unfinished", "correction_late"],
                         owner=Role.BUREAU_OFFICER, days=5),
        "recall": move(S.SUBMITTED, to=S.DRAFT, guards=["recall_late"], owner=Role.ORG_ADMIN, until=DEADLINE),
        "withdraw": move(S.DRAFT, S.SUBMITTED, S.RETURNED, to=S.WITHDRAWN),
        "return": move(S.SUBMITTED, to=S.RETURNED, guards=["returned_before"],
                       owner=Role.ORG_ADMIN, days=3),
        "pass": move(S.SUBMITTED, to=S.SCREEN_PASSED, owner=Role.PANEL_SECRETARY, days=5),
        "fail": move(S.SUBMITTED, S.RETURNED, to=S.SCREEN_FAILED, guards=["correction_running"]),
    },
    starts=[begin(S.DRAFT, owner=Role.ORG_ADMIN, until=DEADLINE)],
)  # fmt: skip
