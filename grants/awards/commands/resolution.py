"""From the minutes to proposed awards with reserved money, and on to publicity."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from grants.applications.models import Application
from grants.awards import guards, notices, queries, rules
from grants.awards.models import Award, AwardShare, Resolution, ResolutionItem
from grants.awards.states import RESOLUTION, Meeting, S
from grants.calls import commands as calls
from grants.calls.models import Round
from grants.funds import commands as ledger
from grants.publicity import commands as publicity
from grants.publicity.models import PublicityRow
from grants.review import commands as review_acts
from grants.review import queries as review
from portal import clock
from portal.access import Role
from portal.lifecycle import MoveNotAllowed, Reason, require_moved, require_none
from portal.trail.commands import log
from portal.workdays.queries import due_on


@dataclass(frozen=True)
class Item:
    """What the meeting said of one application. amount: fen; reason: for a departure from the ranking."""

    application: Application
    verdict: str
    amount: int = 0
    reason: str = ""


@transaction.atomic
def draft_resolution(
    round: Round,
    *,
    kind: str,
    met_on: date,
    minutes_number: str,
    attendees: str,
    items: Sequence[Item | tuple],
    by: Any,
    recusals: str = "",
) -> Resolution:
    """Enter the result of the meeting, in the meeting's order; nothing is decided until a leader records it.

    items: Item, or (application, amount, reason) for a proposed one. Raises NotYet with every fault.
    """
    round = Round.objects.select_for_update(of=("self",)).select_related("programme").get(pk=round.pk)
    require_none(review.waiting(round))
    require_none(guards.meeting_faults(round, met_on, minutes_number))
    given = [one if isinstance(one, Item) else Item(one[0], rules.PROPOSED, *one[1:]) for one in items]
    require_none(guards.table_faults(round, [one.application for one in given]))
    resolution = Resolution.objects.create(
        round=round, kind=kind, met_on=met_on, minutes_number=minutes_number.strip(), attendees=attendees.strip(),
        recusals=recusals.strip(), drafted_by=by, due_on=due_on(2),
    )  # fmt: skip
    add_items(resolution, given)
    require_none(guards.faults(resolution))
    review_acts.mark_meeting(round, is_held=True)
    if not round.has_review:
        calls.mark_stage(round, "DECISION")
    log(resolution, "awards.draft", by=by, role=Role.BUREAU_OFFICER, after=words(resolution))
    notices.drafted(resolution)
    return resolution


def add_items(resolution: Resolution, items: Iterable[Item]) -> None:
    ranks = {row["application"]: row["rank"] for row in review.final_rows(resolution.round)}
    ResolutionItem.objects.bulk_create(
        ResolutionItem(
            resolution=resolution, application=one.application, position=at, rank=ranks.get(one.application.pk),
            verdict=one.verdict, amount=one.amount if one.verdict != rules.NOT_PROPOSED else 0, reason=one.reason.strip(),
        )
        for at, one in enumerate(items, 1)
    )  # fmt: skip
    rows = list(resolution.items.values_list("verdict", "amount"))
    with translation.override(settings.LANGUAGE_CODE):  # what is kept is kept in the language of the house
        reason = rules.cut_reason(rows, queries.envelope_left(resolution.round))
    Resolution.objects.filter(pk=resolution.pk).update(cut_reason=reason)
    resolution.refresh_from_db()


def words(resolution: Resolution) -> dict[str, Any]:
    rows = list(resolution.items.values_list("verdict", "amount"))
    proposed = [fen for verdict, fen in rows if verdict == rules.PROPOSED]
    return {"proposed": len(proposed), "amount_fen": sum(proposed), "items": len(rows)}


@transaction.atomic
def cancel_draft(resolution: Resolution, *, by: Any, reason: str = "") -> None:
    """Throw a draft away that nobody has recorded, so that it can be entered again.

    The officer cancels; a leader sends it back, with a reason, and the drafter is told.
    """
    resolution = Resolution.objects.select_for_update(of=("self",)).get(pk=resolution.pk)
    if resolution.status != Meeting.DRAFT:
        raise MoveNotAllowed(_("会议结果已经确认，不能作废。"))
    log(resolution, "awards.cancel", by=by, before=words(resolution), reason=reason.strip())
    if resolution.drafted_by_id != by.pk:
        notices.sent_back(resolution, reason)
    review_acts.mark_meeting(resolution.round, is_held=False)
    resolution.delete()


@transaction.atomic
def record_resolution(resolution: Resolution, *, by: Any) -> Resolution:
    """Make the decision count: awards proposed, in reserve or not proposed, and the money reserved per source.

    `by` decides and is not the one who drafted. Raises NotYet, Overdrawn.
    """
    resolution = (
        Resolution.objects.select_for_update(of=("self",))
        .select_related("round__programme", "round__region")
        .get(pk=resolution.pk)
    )
    target = RESOLUTION.target("record", resolution.status)
    reasons = RESOLUTION.open_reasons("record", guards, resolution)
    if resolution.drafted_by_id == by.pk:
        reasons.append(Reason("four_eyes", _("录入人不能自己确认会议结果，请由另一位领导确认。")))
    require_none(reasons)
    # The round's row carries the condition "awards per organization".
    Round.objects.select_for_update().get(pk=resolution.round_id)
    items = resolution.items.select_related("application__organization", "application__payee", "application__region")
    for item in items:
        decide(item, resolution, by)
    require_moved(
        Resolution.objects.filter(pk=resolution.pk, status=resolution.status).update(
            status=target, recorded_by=by, recorded_at=clock.now(), due_on=due_on(RESOLUTION.moves["record"].days)
        )
    )
    resolution.refresh_from_db()
    log(resolution, "awards.record", by=by, role=Role.BUREAU_LEADER, after=words(resolution))
    notices.recorded(resolution)
    return resolution


def decide(item: ResolutionItem, resolution: Resolution, by: Any) -> Award:
    """Make the award of one item; what is proposed takes its money now."""
    app = item.application
    award = Award.objects.create(
        code=app.number, resolution=resolution, round=resolution.round, application=app,
        programme=resolution.round.programme.code, organization=app.organization, payee=app.payee or app.organization,
        organization_name=app.organization.name, region=app.region, title=app.title, year=resolution.round.year,
        amount=item.amount, status=S(item.verdict), position=item.position, reason=item.reason,
        slot=free_slot(app, resolution.round) if item.verdict == rules.PROPOSED else None, proposed_at=clock.now(),
    )  # fmt: skip
    if item.verdict == rules.PROPOSED:
        reserve(award, by=resolution.drafted_by, approved_by=by)
    log(
        award,
        "awards.propose",
        by=by,
        role=Role.BUREAU_LEADER,
        after={"status": award.status, "amount_fen": award.amount},
    )
    return award


def free_slot(app: Any, round: Round) -> int:
    """Return the lowest slot of the organization that no award holds."""
    held = set(
        Award.objects.holding().filter(round=round, organization=app.organization).values_list("slot", flat=True)
    )
    return next(n for n in range(1, len(held) + 2) if n not in held)


def round_of(award: Award) -> Round:
    """Return the round whose money it is. Raises MoveNotAllowed for one from before the portal."""
    if award.round is None:
        raise MoveNotAllowed(_("“%(title)s”不属于任何批次，没有批次额度，不能办理。") % {"title": award.title})
    return award.round


def reserve(award: Award, *, by: Any, approved_by: Any = None) -> None:
    """Take the award's money out of the envelopes, split over what each source still has.

    by: who entered it; approved_by: who decided, another person.
    """
    moves = ledger.along(
        "round", round_of(award).code, "envelope", "reserved", award.amount, to=("award", award.code)
    )  # fmt: skip
    ledger.post(
        "propose", key=f"propose:{award.code}:{award.shares.count()}", transfers=moves, by=by, approved_by=approved_by,
        memo=award.title,
    )  # fmt: skip
    AwardShare.objects.bulk_create(
        AwardShare(award=award, source=one.src.source, year=one.src.year, amount=one.fen) for one in moves
    )


@transaction.atomic
def publicise(resolution: Resolution, *, by: Any, first_day: date, **texts: Any) -> Any:
    """Hand the proposed and the reserve list to publicity as a draft; another person publishes it there.

    texts override what the round says: title, basis, experts, the two telephones, address …
    """
    resolution = (
        Resolution.objects.select_for_update(of=("self",))
        .select_related("round__region", "round__programme")
        .get(pk=resolution.pk)
    )
    if resolution.status != Meeting.RECORDED:
        raise MoveNotAllowed(_("会议结果还没有确认，不能公示。"))
    if resolution.publicity_id:
        raise MoveNotAllowed(_("已经生成公示，请到公示管理中办理。"))
    awards = standing(resolution)
    values = {
        **queries.publicity_texts(resolution),
        **{name: text for name, text in texts.items() if text not in ("", None)},
    }
    made = publicity.draft(
        rows=numbered(awards), by=by, region=resolution.round.region, starts_on=first_day,
        round_code=resolution.round.code, **values,
    )  # fmt: skip
    Resolution.objects.filter(pk=resolution.pk).update(publicity=made, due_on=None)
    Award.objects.filter(pk__in=[one.pk for one in awards]).update(publicity=made)
    calls.mark_stage(resolution.round, "PUBLICITY")
    log(resolution, "awards.publicise", by=by, role=Role.BUREAU_OFFICER, after={"first_day": first_day})
    return made


def standing(resolution: Resolution) -> list[Award]:
    """Return what is on the list: the proposed and the reserve, in the meeting's order. Two queries."""
    return list(
        resolution.awards.filter(status__in=[S.PROPOSED, S.RESERVE])
        .select_related("organization", "region")
        .prefetch_related("shares__source")
        .order_by("position")
    )


def redraw(resolution: Resolution, by: Any, is_maker: bool = False) -> Any:
    """Bring the draft of the list up to the awards that still stand; None when none waits."""
    draft = queries.draft_of(resolution)
    if draft is None:
        return None
    awards = standing(resolution)
    count = sum(one.status == S.PROPOSED for one in awards)
    figures = {
        "basis": rules.recounted(draft.basis, count),
        "envelope": queries.publicity_texts(resolution)["envelope"],
    }
    return publicity.redraw(draft, rows=numbered(awards), by=by, is_maker=is_maker, **figures)


@transaction.atomic
def rebuild(resolution: Resolution, *, by: Any) -> Any:
    """Build the rows of a drafted list again; `by` becomes its maker. Raises MoveNotAllowed once it is published."""
    resolution = (
        Resolution.objects.select_for_update(of=("self",))
        .select_related("round__region", "round__programme")
        .get(pk=resolution.pk)
    )
    made = redraw(resolution, by, is_maker=True)
    if made is None:
        raise MoveNotAllowed(_("没有等待发布的公示稿，名单不能重新生成。"))
    return made


def numbered(awards: Iterable[Award]) -> list[publicity.Row]:
    """Return the rows of the list; each kind is counted from 1."""
    counts: dict[str, int] = {}
    rows = []
    for one in awards:
        kind = PublicityRow.Kind.PROPOSED if one.status == S.PROPOSED else PublicityRow.Kind.RESERVE
        counts[kind] = counts.get(kind, 0) + 1
        street = one.region.get_parent() if one.region.level == "COMMUNITY" else None
        rows.append(
            publicity.Row(
                position=counts[kind], subject_code=one.code, title=one.title, organization=one.organization_name,
                uscc=(one.organization and one.organization.uscc) or "", region=f"{street} {one.region}" if street else str(one.region),
                amount=one.amount, kind=kind, shares=[(share.source.name, share.amount) for share in one.shares.all()],
            )
        )  # fmt: skip
    return rows
