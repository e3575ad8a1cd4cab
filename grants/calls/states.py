"""The life of a round. Later phases (screening, review, …) are a `stage` mark set from above."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from portal.access import Role
from portal.lifecycle import Lifecycle, begin, move


class S(TextChoices):
    DRAFT = "DRAFT", _("起草")
    BUDGETED = "BUDGETED", _("资金已落实")
    NEEDS_OPEN = "NEEDS_OPEN", _("征集需求")
    PUBLISHED = "PUBLISHED", _("已发布")
    OPEN = "OPEN", _("申报中")
    CLOSED = "CLOSED", _("已截止")
    SUSPENDED = "SUSPENDED", _("暂停")
    CANCELLED = "CANCELLED", _("已取消")
    ARCHIVED = "ARCHIVED", _("已归档")


class Stage(TextChoices):
    """What happens after the deadline, in words for lists. No guard reads it."""

    NONE = "", _("—")
    SCREENING = "SCREENING", _("资格审查")
    REVIEW = "REVIEW", _("专家评审")
    DEFENCE = "DEFENCE", _("答辩")
    DECISION = "DECISION", _("集体研究")
    PUBLICITY = "PUBLICITY", _("公示")
    CONTRACTING = "CONTRACTING", _("签约")
    RUNNING = "RUNNING", _("实施")
    SETTLING = "SETTLING", _("结项")


PUBLISH_DAYS = 3
"""Working days to approve a notice that was sent for publication."""


class Direction(TextChoices):
    """Into the envelope, or back to what is available of its source and year."""

    IN = "IN", _("下达")
    BACK = "BACK", _("收回")


class AllocationStatus(TextChoices):
    REQUESTED = "REQUESTED", _("待审批")
    POSTED = "POSTED", _("已记账")
    REFUSED = "REFUSED", _("不同意")


LIFECYCLE = Lifecycle(
    {
        "budget": move(S.DRAFT, to=S.BUDGETED, guards=["money_missing"], owner=Role.BUREAU_OFFICER, days=10),
        "open_needs": move(S.BUDGETED, to=S.NEEDS_OPEN, owner=Role.BUREAU_OFFICER, days=20),
        "publish": move(S.BUDGETED, S.NEEDS_OPEN, to=S.PUBLISHED),
        "republish": move(S.PUBLISHED, to=S.PUBLISHED),
        "correct": move(S.OPEN, to=S.OPEN),
        "open": move(S.PUBLISHED, to=S.OPEN),
        "close": move(S.OPEN, S.PUBLISHED, to=S.CLOSED),
        "suspend": move(S.PUBLISHED, S.OPEN, S.CLOSED, to=S.SUSPENDED, owner=Role.BUREAU_HEAD, days=10),
        "resume": move(S.SUSPENDED, to=S.PUBLISHED),
        "cancel": move(
            S.DRAFT, S.BUDGETED, S.NEEDS_OPEN, S.PUBLISHED, S.SUSPENDED, to=S.CANCELLED, guards=["money_asked"]
        ),
        "discard": move(S.DRAFT, to=S.CANCELLED, guards=["money_asked", "money_standing", "notice_waiting"]),
        "archive": move(S.CLOSED, to=S.ARCHIVED),
    },
    state_guards={S.PUBLISHED: ["unready"]},
    starts=[begin(S.DRAFT, owner=Role.BUREAU_OFFICER, days=20)],
    rests={
        S.PUBLISHED: "the clock opens it",
        S.OPEN: "applicants write; the clock closes it",
        S.CLOSED: "its applications, panels and awards have their own clocks",
    },
)

ALLOCATION = Lifecycle(
    {
        "approve_allocation": move(
            AllocationStatus.REQUESTED, to=AllocationStatus.POSTED, guards=["allocation_faults"]
        ),
        "refuse_allocation": move(AllocationStatus.REQUESTED, to=AllocationStatus.REFUSED),
    },
    starts=[begin(AllocationStatus.REQUESTED, owner=Role.BUREAU_LEADER, days=3)],
)
