"""What stands against a move of a round. Every guard returns all its reasons."""

from __future__ import annotations

from django.utils.translation import gettext as _

from grants.calls import rules
from grants.calls.models import CallPage, Round
from grants.calls.rules import template
from grants.calls.states import AllocationStatus, S
from portal import clock
from portal.lifecycle import Reason

BEFORE = (S.DRAFT, S.BUDGETED, S.NEEDS_OPEN)
"""Not published yet: a round that was suspended may come back after its window."""


def plan_of(round: Round) -> rules.Plan:
    """Four queries."""
    return rules.Plan(
        opens_at=round.opens_at,
        closes_at=round.closes_at,
        ceiling=round.ceiling,
        criteria=list(round.criteria.values_list("stage", "max_points")),
        tranches=list(round.tranche_rules.values_list("percent", flat=True)),
        envelopes=list(round.envelopes.values_list("planned", "amount")),
    )


def money_missing(round: Round) -> list[Reason]:
    plan = plan_of(round)
    faults = rules.plan_faults(plan)
    return [Reason(code, text) for code, text in faults if code == "envelopes"]


def money_asked(round: Round) -> list[Reason]:
    """A request that waits for the leader would put money into a round that is no more."""
    if round.envelopes.filter(allocations__status=AllocationStatus.REQUESTED).exists():
        return [Reason("allocation", _("还有一笔资金下达申请在等审批，请先审批或不同意，再取消批次。"))]
    return []


def unready(round: Round) -> list[Reason]:
    """Everything that a published round must have."""
    found = [Reason(code, text) for code, text in rules.plan_faults(plan_of(round))]
    paper = round.criteria.filter(stage="PAPER").values_list("name", flat=True)
    found += [Reason(code, text) for code, text in rules.naming_faults(paper)]
    if round.has_defence and not round.criteria.filter(stage="DEFENCE").exists():
        found.append(Reason("defence", _("本批次设答辩，但没有答辩评分项，请补上，或把答辩入围数改为 0。")))
    if round.status in BEFORE and round.has_closed(clock.now()):
        found.append(Reason("past", _("申报截止时间已经过了，没有单位能够申报，请推迟申报时间。")))
    if not round.phone or not round.contact:
        found.append(Reason("contact", _("咨询单位和电话没有填写，请补上。")))
    if not round.starts_on or not round.ends_on:
        found.append(Reason("period", _("项目实施期没有填写，请补上起止日期。")))
    if page := CallPage.objects.filter(round=round).first():
        found += blank(page)
    return found


def blank(page: CallPage) -> list[Reason]:
    """The notice must say what is funded: an empty one, or the text it was drafted with, is not yet written."""
    draft = page.get_latest_revision_as_object() if page.latest_revision_id else page
    if draft.summary.strip() in ("", template.SUMMARY):
        return [Reason("blank", _("申报通知的“资助什么”还没有写，请打开通知填写后再提交审核。"))]
    return []


def unwritten(round: Round) -> list[Reason]:
    """The notice must have been sent for approval. Asked by the publishing screen."""
    page = getattr(round, "page", None)
    if page is None:
        return [Reason("page", _("还没有写申报通知，请经办人先写通知。"))]
    if not page.workflow_in_progress:
        return [Reason("workflow", _("申报通知还没有提交审核，请经办人先提交审核。"))]
    return []
