"""The life of a round. Later phases (screening, review, …) are a `stage` mark set from above."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from portal.access import Role
from portal.lifecycle import Lifecycle, move


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


LIFECYCLE = Lifecycle(
    {
        "budget": move(S.DRAFT, to=S.BUDGETED, guards=["money_missing"], owner=Role.BUREAU_OFFICER),
        "open_needs": move(S.BUDGETED, to=S.NEEDS_OPEN, owner=Role.BUREAU_OFFICER, days=20),
        "publish": move(S.BUDGETED, S.NEEDS_OPEN, to=S.PUBLISHED, owner=Role.BUREAU_OFFICER),
        "republish": move(S.PUBLISHED, S.OPEN, to=S.PUBLISHED, owner=Role.BUREAU_OFFICER),
        "open": move(S.PUBLISHED, to=S.OPEN, owner=Role.ORG_ADMIN),
        "close": move(S.OPEN, S.PUBLISHED, to=S.CLOSED, owner=Role.BUREAU_OFFICER, days=10),
        "suspend": move(S.PUBLISHED, S.OPEN, S.CLOSED, to=S.SUSPENDED, owner=Role.BUREAU_HEAD),
        "resume": move(S.SUSPENDED, to=S.PUBLISHED, owner=Role.BUREAU_OFFICER),
        "cancel": move(
            S.DRAFT, S.BUDGETED, S.NEEDS_OPEN, S.PUBLISHED, S.SUSPENDED, to=S.CANCELLED, owner=Role.BUREAU_HEAD
        ),
        "archive": move(S.CLOSED, to=S.ARCHIVED, owner=Role.BUREAU_HEAD),
    },
    state_guards={S.PUBLISHED: ["unready"]},
)
