"""One award: approve it, drop it, let it lapse, call up a reserve."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from grants.applications import commands as applications
from grants.awards import guards, notices, rules
from grants.awards.commands.resolution import free_slot, redraw, reserve, round_of
from grants.awards.models import Award
from grants.awards.states import LIFECYCLE, S
from grants.calls.models import Round
from grants.funds import commands as ledger
from grants.publicity import queries as publicity
from grants.publicity.models import Publicity
from portal import clock, identifiers
from portal.access import Role
from portal.documents.commands import issue
from portal.documents.models import Kind
from portal.lifecycle import MoveNotAllowed, NotYet, Reason, require_moved, require_none
from portal.money import capital, yuan
from portal.trail.commands import log
from portal.workdays.queries import due_on


def locked(award: Award) -> Award:
    return (
        Award.objects.select_for_update(of=("self",))
        .select_related(
            "round__programme", "round__region", "organization", "publicity", "resolution", "application__version"
        )
        .get(pk=award.pk)
    )


def document(text: str) -> str:
    """Return the decision document's number in its canonical spelling. Raises NotYet."""
    try:
        return identifiers.check_document_number(text)
    except identifiers.Invalid as fault:
        raise NotYet([Reason("document_number", str(fault))]) from fault


@transaction.atomic
def confirm(award: Award, *, document_number: str, by: Any) -> Award:
    """立项: publicity is over and nothing stands against this row; the money is committed, the notice made.

    Raises MoveNotAllowed, NotYet (all reasons), FourEyes through the same reasons.
    """
    award = locked(award)
    target = LIFECYCLE.target("confirm", award.status)
    reasons = LIFECYCLE.open_reasons("confirm", guards, award)
    if award.resolution and award.resolution.drafted_by_id == by.pk:
        reasons.append(Reason("four_eyes", _("录入会议结果的人不能办理立项，请由另一位领导办理。")))
    require_none(reasons)
    number = document(document_number)
    moves = ledger.along("award", award.code, "reserved", "committed", award.amount)
    ledger.post(
        "confirm", key=f"confirm:{award.code}", transfers=moves, by=by, memo=award.title, document_number=number
    )
    paper_number = f"LX-{award.code}"
    require_moved(
        Award.objects.filter(pk=award.pk, status=award.status).update(
            status=target, document_number=number, paper_number=paper_number, confirmed_at=clock.now(), confirmed_by=by,
            title=public_title(award), budget=budget_of(award), due_on=due_on(LIFECYCLE.moves["confirm"].days),
        )
    )  # fmt: skip
    award = locked(award)
    issue(Kind.AWARD_NOTICE, paper_number, award.code, paper(award), by)
    log(
        award, "awards.confirm", by=by, role=Role.BUREAU_LEADER, before={"status": S.PROPOSED},
        after={"document_number": number, "amount_fen": award.amount},
    )  # fmt: skip
    mark(award)
    notices.confirmed(award)
    return award


def public_title(award: Award) -> str:
    """Return the name under which the project was made public: it is the award's from the approval on."""
    row = publicity.current(award.publicity).rows.filter(subject_code=award.code).first() if award.publicity else None
    return row.title if row else award.title


def budget_of(award: Award) -> list[dict[str, Any]]:
    """Return the grant part of the submitted budget, fitted to the award."""
    if award.application is None or award.application.version is None:
        return rules.budget_for([], award.amount)
    lines = [
        (str(line["category"]), str(line["item"]), int(line["amount"]))
        for line in award.application.version.budget
        if line.get("source", "GRANT") == "GRANT"
    ]
    return rules.budget_for(lines, award.amount)


def mark(award: Award) -> None:
    """Let the applicant's list say what became of it."""
    if award.application is not None:
        applications.mark_stage(award.application, award.status)


def mark_listed(listed: Publicity) -> None:
    """The list is public: every applicant of its meeting may read what became of it."""
    rows = Award.objects.filter(
        resolution__publicity__in=publicity.family(listed), status__in=(S.PROPOSED, S.RESERVE, S.NOT_PROPOSED)
    )
    for award in rows.select_related("application"):
        mark(award)


def paper(award: Award) -> dict[str, Any]:
    """Return the values of the 立项通知书."""
    if award.publicity is None:
        raise MoveNotAllowed(_("这个项目还没有公示，不能下达立项通知书。"))
    current, round = publicity.current(award.publicity), round_of(award)
    today = clock.today()
    return {
        "title": f"立项通知书 · {award.title}",
        "unit": award.organization_name,
        "project": award.title,
        "programme": round.title,
        "code": award.code,
        "document_number": award.document_number,
        "amount": yuan(award.amount),
        "amount_capital": capital(award.amount),
        "sources": [[str(one.source), yuan(one.amount)] for one in award.shares.select_related("source")],
        "publicity": f"{current.starts_on:%Y-%m-%d} 至 {current.ends_on:%Y-%m-%d}",
        "signer": round.host or str(round.region),
        "date": f"{today.year}年{today.month}月{today.day}日",
        "sign_within": LIFECYCLE.moves["confirm"].days,
    }


def release(award: Award, event: str, kind: str, by: Any) -> None:
    """Give the award's money back to the round's envelopes, to each source what it gave."""
    moves = ledger.along("award", award.code, kind, "envelope", award.amount, to=("round", round_of(award).code))
    ledger.post(event, key=f"{event}:{award.code}:{award.status}", transfers=moves, by=by, memo=award.title)


def out(award: Award, move: str, reason: str, by: Any) -> Award:
    if len(reason.strip()) < 5:
        raise NotYet([Reason("reason", _("请写明理由，至少 5 个字。"))])
    before, target = award.status, LIFECYCLE.target(move, award.status)
    if before == S.PROPOSED:
        release(award, "drop", "reserved", by)
    elif before == S.APPROVED:
        release(award, "lapse", "committed", by)
    require_moved(
        Award.objects.filter(pk=award.pk, status=before).update(
            status=target, reason=reason.strip()[:300], slot=None, due_on=None
        )
    )
    log(award, f"awards.{move}", by=by, role=Role.BUREAU_LEADER, before={"status": before}, reason=reason)
    award.refresh_from_db()
    if award.resolution:
        redraw(award.resolution, by)
    mark(award)
    notices.out(award)
    return award


@transaction.atomic
def drop(award: Award, *, reason: str, by: Any) -> Award:
    """不予立项: after an upheld objection, or because the unit gives up before approval. The money goes back."""
    return out(locked(award), "drop", reason, by)


@transaction.atomic
def lapse(award: Award, *, reason: str, by: Any) -> Award:
    """逾期未签视为放弃: the committed money goes back to the envelopes it came from."""
    return out(locked(award), "lapse", reason, by)


@transaction.atomic
def mark_contracted(award: Award) -> None:
    """The agreement is drafted: from here on the project has the clock. Called by agreements."""
    Award.objects.filter(pk=award.pk).update(due_on=None)


@transaction.atomic
def promote(award: Award, *, by: Any) -> Award:
    """递补: a reserve, made public with the same list, takes money that has become free."""
    award = locked(award)
    target = LIFECYCLE.target("promote", award.status)
    round = Round.objects.select_for_update().get(pk=round_of(award).pk)
    held = Award.objects.holding().filter(round=round, organization=award.organization).count()
    limit = round.awards_per_organization
    first = Award.objects.filter(resolution=award.resolution, status=S.RESERVE).order_by("position").first()
    reasons = []
    if held >= limit:
        reasons.append(
            Reason(
                "limit",
                _("这个单位已有 %(held)s 项立项，每单位不超过 %(limit)s 项。") % {"held": held, "limit": limit},
            )
        )
    if first and first.pk != award.pk:
        reasons.append(Reason("order", _("备选项目按顺序递补，前面还有“%(title)s”。") % {"title": first.title}))
    require_none(reasons)
    reserve(award, by=by)
    require_moved(
        Award.objects.filter(pk=award.pk, status=award.status).update(
            status=target, slot=free_slot(award, round), due_on=due_on(LIFECYCLE.moves["promote"].days)
        )
    )
    log(award, "awards.promote", by=by, role=Role.BUREAU_LEADER, after={"amount_fen": award.amount})
    award.refresh_from_db()
    if award.resolution:
        redraw(award.resolution, by)
    mark(award)
    return award
