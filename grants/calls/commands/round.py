"""Drafting a round and moving it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from grants.calls import guards, notices
from grants.calls.models import (
    AttachmentRule,
    BudgetRule,
    Criterion,
    EligibilityRule,
    Envelope,
    ProgrammeType,
    Round,
    TrancheRule,
)
from grants.calls.rules import template
from grants.calls.states import LIFECYCLE, AllocationStatus, Direction, S, Stage
from grants.funds import commands as ledger
from grants.funds.models import FundSource
from portal import clock
from portal.lifecycle import MoveNotAllowed, Reason, Refused, require_moved, require_none
from portal.money import yuan
from portal.trail import commands as trail
from portal.workdays import queries as workdays

PLAIN = (
    "title", "year", "opens_at", "closes_at", "ceiling", "publicity_days", "score_rule", "paper_percent", "defence_places",
    "absence", "experts",
    "applications_per_organization", "awards_per_organization", "starts_on", "ends_on", "min_months", "max_months",
    "screening_days", "correction_days", "host", "contact", "phone", "categories", "forbidden",
)  # fmt: skip
CHANGEABLE = (S.DRAFT, S.BUDGETED, S.NEEDS_OPEN)
Rows = Iterable[Mapping[str, Any]]


@transaction.atomic
def draft_round(
    by: Any,
    *,
    code: str,
    programme: ProgrammeType | str,
    region: Any,
    year: int,
    envelopes: Iterable[tuple[FundSource, int, int]] = (),
    criteria: Rows | None = None,
    tranches: Iterable[tuple[int, str]] | None = None,
    budget_rules: Rows | None = None,
    eligibility: Rows | None = None,
    attachments: Rows | None = None,
    **fields: Any,
) -> Round:
    """Start a round. envelopes: (source, budget year, planned fen); tranches: (percent, milestone).

    What is left out is copied from the template of a venture round. Raises Refused for a code in use.
    """
    if Round.objects.filter(code=code).exists():
        raise Refused(_("批次代码 %(code)s 已经用过，请换一个。") % {"code": code})
    programme = ProgrammeType.objects.get(code=programme) if isinstance(programme, str) else programme
    values = {name: value for name, value in fields.items() if name in PLAIN}
    values.setdefault("ceiling", programme.ceiling or 0)
    values["due_on"] = workdays.due_on(LIFECYCLE.starts[0].days)
    round = Round.objects.create(code=code, programme=programme, region=region, year=year, created_by=by, **values)
    put_envelopes(round, envelopes)
    put_criteria(round, template.CRITERIA if criteria is None else criteria)
    put_tranches(round, template.TRANCHES if tranches is None else tranches)
    put_budget_rules(round, template.BUDGET_RULES if budget_rules is None else budget_rules)
    put_eligibility(round, template.ELIGIBILITY if eligibility is None else eligibility)
    put_attachments(round, template.ATTACHMENTS if attachments is None else attachments)
    trail.log(round, "calls.draft", by=by, after={"code": code, "year": year})
    return round


@transaction.atomic
def revise_round(
    round: Round,
    *,
    by: Any,
    envelopes: Iterable[tuple[FundSource, int, int]] | None = None,
    criteria: Rows | None = None,
    tranches: Iterable[tuple[int, str]] | None = None,
    budget_rules: Rows | None = None,
    attachments: Rows | None = None,
    **fields: Any,
) -> Round:
    """Change a round that is not published. What is None stays. Raises MoveNotAllowed."""
    round = Round.objects.select_for_update(of=("self",)).get(pk=round.pk)
    require_none(
        []
        if round.status in CHANGEABLE
        else [Reason("published", _("通知已经发布，批次的规则不能再改，请另发更正通知。"))]
    )
    values = {name: value for name, value in fields.items() if name in PLAIN}
    before = {name: getattr(round, name) for name in values}
    Round.objects.filter(pk=round.pk).update(**values) if values else None
    parts: tuple[tuple[Any, Callable[[Round, Any], None]], ...] = (
        (envelopes, put_envelopes), (criteria, put_criteria), (tranches, put_tranches),
        (budget_rules, put_budget_rules), (attachments, put_attachments),
    )  # fmt: skip
    for rows, put in parts:
        if rows is not None:
            put(round, rows)
    changed = {name: value for name, value in values.items() if before[name] != value}
    trail.log(round, "calls.revise", by=by, before={name: before[name] for name in changed}, after=changed)
    round.refresh_from_db()
    return round


def put_envelopes(round: Round, rows: Iterable[tuple[FundSource, int, int]]) -> None:
    """Set the planned amounts. An envelope that already holds money keeps at least that much."""
    kept = []
    for source, year, planned in rows:
        if planned <= 0:
            raise Refused(
                _("%(envelope)s的计划安排应大于 0；不用这项来源就删除这一行。") % {"envelope": f"{source} {year}"}
            )
        account = ledger.account("envelope", "round", round.code, source, year)
        envelope, is_new = Envelope.everything.get_or_create(
            round=round, source=source, year=year, defaults={"planned": planned, "account": account}
        )
        asked = open_request(envelope)
        if not is_new and planned < envelope.amount + asked:
            raise Refused(
                _(
                    "%(envelope)s已下达 %(amount)s 元，正在申请 %(asked)s 元，计划安排不能少于合计。"
                    "要减少的，已下达的先申请收回额度，正在申请的请分管领导不同意。"
                )
                % {"envelope": envelope, "amount": yuan(envelope.amount), "asked": yuan(asked)}
            )
        if not is_new and planned != envelope.planned:
            Envelope.everything.filter(pk=envelope.pk).update(planned=planned)
        kept.append(envelope.pk)
    for one in round.envelopes.exclude(pk__in=kept).select_related("source"):
        drop_envelope(one)


def open_request(envelope: Envelope) -> int:
    """Return the fen that wait for the leader, into the envelope."""
    rows = envelope.allocations.filter(status=AllocationStatus.REQUESTED, direction=Direction.IN)
    return sum(rows.values_list("amount", flat=True))


def drop_envelope(envelope: Envelope) -> None:
    """Take a source out of the plan. Requests that were decided stay in its history and bind nobody."""
    if envelope.amount:
        raise Refused(
            _("%(envelope)s已下达 %(amount)s 元，不能删除。请先申请收回额度，批准后再删除这一行。")
            % {"envelope": envelope, "amount": yuan(envelope.amount)}
        )
    if envelope.allocations.filter(status=AllocationStatus.REQUESTED).exists():
        raise Refused(_("%(envelope)s有一笔下达申请在等审批，不能删除。请等审批后再改。") % {"envelope": envelope})
    if envelope.allocations.exists():
        Envelope.everything.filter(pk=envelope.pk).update(planned=0)
    else:
        envelope.delete()


def put_criteria(round: Round, rows: Rows) -> None:
    round.criteria.all().delete()
    Criterion.objects.bulk_create(
        Criterion(round=round, position=n, **{"bands": template.bands_of(row["max_points"], row["name"]), **row})
        for n, row in enumerate(rows)
    )


def put_tranches(round: Round, rows: Iterable[tuple[int, str]]) -> None:
    round.tranche_rules.all().delete()
    TrancheRule.objects.bulk_create(
        TrancheRule(round=round, number=n, percent=percent, milestone=milestone)
        for n, (percent, milestone) in enumerate(rows, 1)
    )


def put_budget_rules(round: Round, rows: Rows) -> None:
    round.budget_rules.all().delete()
    BudgetRule.objects.bulk_create(BudgetRule(round=round, **row) for row in rows)


def put_eligibility(round: Round, rows: Rows) -> None:
    round.eligibility_rules.all().delete()
    start = date(round.year, 1, 1)
    EligibilityRule.objects.bulk_create(
        EligibilityRule(round=round, position=n, **{"valid_from": min(start, clock.today()), **row})
        for n, row in enumerate(rows)
    )


def put_attachments(round: Round, rows: Rows) -> None:
    round.attachment_rules.all().delete()
    AttachmentRule.objects.bulk_create(AttachmentRule(round=round, position=n, **row) for n, row in enumerate(rows))


def advance(round: Round, name: str, *, by: Any, reason: str = "", **values: Any) -> Round:
    """Walk one arrow: ask, compare and swap, record. Call it inside a transaction."""
    round = Round.objects.select_for_update(of=("self",)).get(pk=round.pk)
    target = LIFECYCLE.target(name, round.status)
    require_none(LIFECYCLE.open_reasons(name, guards, round))
    due_on = workdays.due_on(LIFECYCLE.moves[name].days)
    moved = Round.objects.filter(pk=round.pk, status=round.status).update(status=target, due_on=due_on, **values)
    require_moved(moved)
    trail.log(round, f"calls.{name}", by=by, before={"status": round.status}, after={"status": target}, reason=reason)
    round.refresh_from_db()
    return round


@transaction.atomic
def open_needs(round: Round, *, by: Any) -> Round:
    return advance(round, "open_needs", by=by)


@transaction.atomic
def suspend(round: Round, *, by: Any, reason: str) -> Round:
    """Stop taking applications; what is written stays."""
    return advance(round, "suspend", by=by, reason=reason)


@transaction.atomic
def resume(round: Round, *, by: Any) -> Round:
    round = advance(round, "resume", by=by)
    return advance(round, "open", by=by) if round.takes_applications(clock.now()) else round


@transaction.atomic
def cancel(round: Round, *, by: Any, reason: str) -> Round:
    return advance(round, "cancel", by=by, reason=reason)


@transaction.atomic
def discard(round: Round, *, by: Any, reason: str) -> Round:
    """Throw one's own draft away. Raises NotYet while money or a request stands on it, MoveNotAllowed for others."""
    if round.created_by_id != by.pk:
        raise MoveNotAllowed(_("这个批次由别的经办人起草，只能由起草人作废。"))
    return advance(round, "discard", by=by, reason=reason)


@transaction.atomic
def archive(round: Round, *, by: Any) -> Round:
    return advance(round, "archive", by=by)


def open_due() -> int:
    """Mark rounds open whose window has begun; return how many. Safe to repeat; decides nothing."""
    waiting = Round.objects.filter(status=S.PUBLISHED, opens_at__lte=clock.now(), closes_at__gte=clock.now())
    return sum(1 for round in waiting if mark(round, "open"))


def close_due() -> int:
    """Mark rounds closed whose window is over, and tell the officer; return how many."""
    count = 0
    for round in Round.objects.filter(status__in=[S.PUBLISHED, S.OPEN], closes_at__lt=clock.now()):
        if round.has_closed(clock.now()):
            count += mark(round, "close")
    return count


@transaction.atomic
def mark(round: Round, name: str) -> bool:
    """Walk one arrow by the clock."""
    round = advance(round, name, by=None)
    if name == "close":
        mark_stage(round, Stage.SCREENING)
        notices.round_closed(round)
    return True


@transaction.atomic
def mark_stage(round: Round, stage: str) -> None:
    """Set the word of the phase. Called by higher floors; no guard reads it."""
    old = Round.objects.filter(pk=round.pk).values_list("stage", flat=True).get()
    if old != stage:
        Round.objects.filter(pk=round.pk).update(stage=Stage(stage))
        trail.log(round, "calls.stage", by=None, before={"stage": old}, after={"stage": stage})
