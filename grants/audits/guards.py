"""What stands against the moves of an engagement and of a finding."""

from __future__ import annotations

from django.utils.translation import gettext as _

from grants.audits import queries
from grants.audits.models import Engagement, Entry, Finding
from grants.audits.states import EngagementStatus, FindingStatus, Severity
from portal import clock
from portal.lifecycle import Reason
from portal.money import yuan


def has_scope(engagement: Engagement) -> list[Reason]:
    return [] if engagement.scope.exists() else [Reason("scope", _("还没有列入项目，请先确定审计范围。"))]


def has_auditor(engagement: Engagement) -> list[Reason]:
    return [] if queries.auditors(engagement).exists() else [Reason("auditor", _("还没有指定审计人员。"))]


def sample_is_drawn(engagement: Engagement) -> list[Reason]:
    return [] if queries.sample(engagement) else [Reason("sample", _("本任务还没有抽样。"))]


def sample_is_tested(engagement: Engagement) -> list[Reason]:
    drawn = queries.sample(engagement)
    if drawn and (left := drawn.items.filter(result="").count()):
        return [Reason("untested", _("样本中还有 %(left)s 笔没有测试结果。") % {"left": left})]
    return []


def everyone_was_heard(engagement: Engagement) -> list[Reason]:
    """Each finding was sent, and answered or waited for (hearing before harm, domain.md § 0.13)."""
    reasons = []
    if unsent := engagement.findings.filter(status=FindingStatus.OPEN).count():
        reasons.append(Reason("unsent", _("还有 %(count)s 个问题没有征求意见。") % {"count": unsent}))
    for finding in engagement.findings.filter(status=FindingStatus.HEARD):
        reasons += hearing_is_over(finding)
    return reasons


def findings_are_issued(engagement: Engagement) -> list[Reason]:
    open_ = engagement.findings.filter(status__in=[FindingStatus.OPEN, FindingStatus.HEARD])
    return [
        Reason("open", _("问题 %(number)s 还没有出具或作不予认定处理。") % {"number": one.number}) for one in open_
    ]


def conclusion_is_written(engagement: Engagement) -> list[Reason]:
    if len(engagement.conclusion.strip()) >= 10:
        return []
    return [Reason("conclusion", _("请写明审计结论。没有发现问题也要写明。"))]


def findings_are_settled(engagement: Engagement) -> list[Reason]:
    return [
        Reason(
            "unsettled",
            _("问题 %(number)s %(name)s 还没有销号（%(state)s）。")
            % {"number": one.number, "name": one.name, "state": one.get_status_display()},
        )
        for one in engagement.findings.unsettled()
    ]


def organization_was_notified(finding: Finding) -> list[Reason]:
    if finding.engagement.status in (EngagementStatus.FIELDWORK, EngagementStatus.DRAFT):
        return []
    return [Reason("not_in_fieldwork", _("审计任务不在实施或征求意见阶段，不能征求意见。"))]


def hearing_is_over(finding: Finding) -> list[Reason]:
    """The organization has answered, or its ten working days are over."""
    if finding.entries.filter(kind=Entry.Kind.RESPONSE).exists():
        return []
    if finding.due_on and finding.due_on < clock.today():
        return []
    return [
        Reason(
            "hearing",
            _("问题 %(number)s：单位还没有陈述意见，意见期到 %(due)s。")
            % {"number": finding.number, "due": f"{finding.due_on:%Y-%m-%d}" if finding.due_on else "—"},
        )
    ]


def holds_nothing(finding: Finding) -> list[Reason]:
    if finding.hold is None or finding.hold.lifted_at is not None:
        return []
    return [Reason("hold", _("这个问题还暂缓着拨付，须先解除。"))]


def finding_is_minor(finding: Finding) -> list[Reason]:
    if finding.severity == Severity.L:
        return []
    return [Reason("not_minor", _("只有轻微问题可以提示后销号，其余须签发整改通知。"))]


def is_recovered(finding: Finding) -> list[Reason]:
    """What was disallowed has come back (the award's recoverable account is empty)."""
    if not finding.disallowed:
        return []
    if left := queries.recoverable(finding.project):
        return [Reason("recoverable", _("应追回的资金还有 %(left)s 元没有收回。") % {"left": yuan(left)})]
    return []
