"""The lives of an audit engagement and of a finding (domain.md § 0.13, § 8.2)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.access import Role
from portal.lifecycle import Lifecycle, begin, move


class EngagementStatus(models.TextChoices):
    PLANNED = "PLANNED", _("已计划")
    NOTIFIED = "NOTIFIED", _("已通知")
    FIELDWORK = "FIELDWORK", _("实施中")
    DRAFT = "DRAFT", _("征求意见")
    RESPONDED = "RESPONDED", _("意见已收")
    ISSUED = "ISSUED", _("已出具")
    CLOSED = "CLOSED", _("已办结")


PLANNED_DAYS = 10
"""Working days from planning to the notice."""

ENGAGEMENT = Lifecycle(
    {
        "notify": move(
            EngagementStatus.PLANNED,
            to=EngagementStatus.NOTIFIED,
            guards=["has_scope", "has_auditor"],
            owner=Role.AUDITOR,
            days=5,
        ),
        "start": move(EngagementStatus.NOTIFIED, to=EngagementStatus.FIELDWORK, owner=Role.AUDITOR, days=20),
        "draft": move(
            EngagementStatus.FIELDWORK,
            to=EngagementStatus.DRAFT,
            guards=["sample_is_drawn", "sample_is_tested"],
            owner=Role.AUDITOR,
            days=10,
        ),
        "respond": move(
            EngagementStatus.DRAFT,
            to=EngagementStatus.RESPONDED,
            guards=["everyone_was_heard"],
            owner=Role.AUDITOR,
            days=10,
        ),
        "issue": move(
            EngagementStatus.RESPONDED,
            to=EngagementStatus.ISSUED,
            guards=["findings_are_issued", "conclusion_is_written"],
            owner=Role.BUREAU_HEAD,
            days=20,
        ),
        "close": move(EngagementStatus.ISSUED, to=EngagementStatus.CLOSED, guards=["findings_are_settled"]),
    },
    starts=[begin(EngagementStatus.PLANNED, owner=Role.AUDITOR, days=PLANNED_DAYS)],
)


class FindingStatus(models.TextChoices):
    OPEN = "OPEN", _("底稿")
    HEARD = "HEARD", _("征求意见")
    ISSUED = "ISSUED", _("已出具")
    ORDERED = "ORDERED", _("责令整改")
    REPLIED = "REPLIED", _("已报整改")
    VERIFIED = "VERIFIED", _("已核查")
    SETTLED = "SETTLED", _("已销号")


OPEN_DAYS = 5
"""Working days from the working paper to the hearing."""

HEARING_DAYS = 10
"""Working days the organization has to answer a draft finding."""

FINDING = Lifecycle(
    {
        "send_for_hearing": move(
            FindingStatus.OPEN,
            to=FindingStatus.HEARD,
            guards=["organization_was_notified"],
            owner=Role.ORG_ADMIN,
            days=HEARING_DAYS,
        ),
        "drop": move(FindingStatus.OPEN, FindingStatus.HEARD, to=FindingStatus.SETTLED, guards=["holds_nothing"]),
        "issue": move(
            FindingStatus.HEARD,
            to=FindingStatus.ISSUED,
            guards=["hearing_is_over"],
            owner=Role.BUREAU_HEAD,
            days=5,
        ),
        "order": move(FindingStatus.ISSUED, to=FindingStatus.ORDERED, owner=Role.ORG_ADMIN, days=20),
        "settle_minor": move(
            FindingStatus.ISSUED,
            to=FindingStatus.SETTLED,
            guards=["finding_is_minor", "holds_nothing", "is_recovered"],
        ),
        "reply": move(FindingStatus.ORDERED, to=FindingStatus.REPLIED, owner=Role.AUDITOR, days=10),
        "send_back": move(FindingStatus.REPLIED, to=FindingStatus.ORDERED, owner=Role.ORG_ADMIN, days=10),
        "verify": move(
            FindingStatus.REPLIED,
            to=FindingStatus.VERIFIED,
            guards=["is_recovered"],
            owner=Role.BUREAU_HEAD,
            days=5,
        ),
        "settle": move(FindingStatus.VERIFIED, to=FindingStatus.SETTLED, guards=["holds_nothing", "is_recovered"]),
    },
    starts=[begin(FindingStatus.OPEN, owner=Role.AUDITOR, days=OPEN_DAYS)],
)


class Severity(models.TextChoices):
    K = "K", _("特别重大")
    H = "H", _("重大")
    M = "M", _("一般")
    L = "L", _("轻微")


class Outcome(models.TextChoices):
    RECTIFIED = "RECTIFIED", _("已整改")
    NOTED = "NOTED", _("提示即可")
    DROPPED = "DROPPED", _("不予认定")


class Method(models.TextChoices):
    ALL = "ALL", _("全部检查")
    RANDOM = "RANDOM", _("随机抽样")
    MONETARY = "MONETARY", _("货币单元抽样")


class Result(models.TextChoices):
    OK = "OK", _("相符")
    MISMATCH = "MISMATCH", _("不符")
    NOT_APPLICABLE = "NOT_APPLICABLE", _("不适用")
