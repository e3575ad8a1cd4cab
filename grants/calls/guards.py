"""What stands against a move of a round. Every guard returns all its reasons."""

from __future__ import annotations

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from grants.calls import rules
from grants.calls.models import Allocation, CallPage, Envelope, Round
from grants.calls.rules import template
from grants.calls.states import AllocationStatus, S
from grants.funds import guards as funds
from grants.funds.queries import available_of
from portal import clock
from portal.lifecycle import Reason
from portal.money import yuan

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
        envelopes=[(str(one), one.planned, one.amount) for one in round.envelopes.select_related("source")],
        has_review=round.has_review,
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


def money_standing(round: Round) -> list[Reason]:
    """A draft is thrown away when nothing stands on it."""
    fen = sum(round.envelopes.values_list("amount", flat=True))
    return (
        [Reason("money", _("已下达 %(fen)s 元，请先申请收回额度，再作废草稿。") % {"fen": yuan(fen)})] if fen else []
    )


def notice_waiting(round: Round) -> list[Reason]:
    page = getattr(round, "page", None)
    if page is not None and page.workflow_in_progress:
        return [Reason("workflow", _("申报通知正在审核，请科长先退回修改，再作废草稿。"))]
    return []


def nothing_to_ask(round: Round) -> list[Reason]:
    """Money is asked for an envelope with room and without an open request. Two queries."""
    open_ = Allocation.objects.filter(envelope=OuterRef("pk"), status=AllocationStatus.REQUESTED)
    short = round.envelopes.filter(amount__lt=F("planned"))
    if short.filter(~Exists(open_)).exists():
        return []
    if short.exists():
        return [Reason("waiting", _("各项来源的下达申请都在等分管领导审批。"))]
    return [Reason("envelopes", _("还没有安排资金来源，请经办人先在“修改批次”里填写。"))]


RETURNABLE = (S.DRAFT, S.CLOSED, S.CANCELLED, S.ARCHIVED)
"""States in which an envelope gives money back: before it was promised, or after nobody can apply any more."""
IN_USE = gettext_noop(
    "资金已经落实、正在办的批次不能收回额度：申报截止后可以收回没有用的部分；不再办的，请科长先取消批次，再收回。"
)


def nothing_to_take(round: Round) -> list[Reason]:
    """Money comes back from an envelope without an open request. One query."""
    open_ = Allocation.objects.filter(envelope=OuterRef("pk"), status=AllocationStatus.REQUESTED)
    if holding(round).filter(~Exists(open_)).exists():
        return []
    return [Reason("waiting", _("这些额度都有申请在等分管领导审批，请等审批后再办。"))]


def holding(round: Round) -> QuerySet[Envelope]:
    """Return the envelopes of the round that still hold money."""
    return Envelope.objects.filter(round=round, amount__gt=0, account__balance__gt=0)


def allocation_faults(asked: Allocation) -> list[Reason]:
    """What stands against posting a request now. One or two queries."""
    envelope, round = asked.envelope, asked.envelope.round
    if asked.is_back:
        found = [] if round.status in RETURNABLE else [Reason("status", _(IN_USE))]
        room = min(envelope.account.balance, envelope.amount)
        if asked.amount > room:
            words = {"room": yuan(room), "asked": yuan(asked.amount)}
            found.append(Reason("short", _("批次额度只剩 %(room)s 元，不能收回 %(asked)s 元。") % words))
        return found
    if round.status != S.DRAFT:
        return [Reason("status", _("这个批次的资金已经落实或批次已取消，不能再下达。"))]
    return [*funds.purpose(envelope.source, round.programme.code), *too_little(asked)]


def too_little(asked: Allocation) -> list[Reason]:
    envelope = asked.envelope
    has = available_of(envelope.source, envelope.year)
    if asked.amount <= has:
        return []
    text = _(
        "%(envelope)s可用指标只有 %(has)s 元，还差 %(short)s 元。"
        "请局财务或财政局在“资金 → 账务处理 → 下达指标”登记新的指标，或不同意后由经办人减少金额。"
    )
    words = {"envelope": envelope, "has": yuan(has), "short": yuan(asked.amount - has)}
    return [Reason("short", text % words)]


def unready(round: Round) -> list[Reason]:
    """Everything that a published round must have."""
    found = [Reason(code, text) for code, text in rules.plan_faults(plan_of(round))]
    if round.has_review:
        paper = round.criteria.filter(stage="PAPER").values_list("name", flat=True)
        found += [Reason(code, text) for code, text in rules.naming_faults(paper)]
    elif round.has_defence:
        found.append(Reason("defence", _("一事一议的批次没有专家评审，也就没有答辩，请把答辩入围数改为 0。")))
    if round.has_review and round.has_defence and not round.criteria.filter(stage="DEFENCE").exists():
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
