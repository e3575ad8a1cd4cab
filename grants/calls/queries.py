"""What screens ask about rounds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from wagtail.models import WorkflowState

from grants.calls.models import Allocation, CallPage, Criterion, Envelope, Round
from grants.calls.states import S
from portal import clock
from portal.access import Role
from portal.components.rules import Due


@dataclass(frozen=True)
class Notice:
    """A published round as the public sees it at one moment. word, tone: of its state tag."""

    page: CallPage
    round: Round
    word: str
    tone: str
    is_open: bool
    days_left: int | None
    envelope: int


def wrote_unpublished(round: Round, user: Any) -> bool:
    """Say whether `user` saved a revision of the round's page since it last went live. One or two queries."""
    page = CallPage.objects.filter(round=round).first()
    return bool(page and wrote(page, user))


def wrote(page: CallPage, user: Any) -> bool:
    revisions = page.revisions.filter(user_id=user.pk)
    if page.live_revision_id:
        revisions = revisions.filter(pk__gt=page.live_revision_id)
    return revisions.exists()


def state_of(round: Round, moment: datetime) -> tuple[str, str]:
    """Return (word, tone) by the window, whatever the job has done."""
    if round.status in (S.SUSPENDED, S.CANCELLED):
        return str(S(round.status).label), "warning"
    if round.takes_applications(moment):
        return "申报中", "info"
    if round.opens_at and moment < round.opens_at:
        return "未开始", "neutral"
    return (str(round.get_stage_display()) if round.stage else "已截止"), "neutral"


def notice_of(page: CallPage, envelopes: list[Envelope], moment: datetime) -> Notice:
    round = page.round
    word, tone = state_of(round, moment)
    is_open = round.takes_applications(moment)
    left = (round.closes_at.astimezone(clock.ZONE).date() - clock.today()).days if is_open else None
    return Notice(page, round, word, tone, is_open, left, sum(one.amount for one in envelopes))


def notices(state: str = "", year: int | None = None) -> list[Notice]:
    """Return the published calls, newest deadline first. state: open, coming, over or "". Two queries."""
    pages = (
        CallPage.objects.live()
        .filter(round__in=Round.objects.public())
        .select_related("round__programme", "round__region")
        .prefetch_related("round__envelopes")
        .order_by("-round__closes_at", "-pk")
    )
    if year:
        pages = pages.filter(round__year=year)
    moment = clock.now()
    found = [notice_of(page, list(page.round.envelopes.all()), moment) for page in pages]
    kinds = {"open": ("申报中",), "coming": ("未开始",)}
    if state == "over":
        return [one for one in found if one.word not in ("申报中", "未开始")]
    return [one for one in found if not state or one.word in kinds.get(state, ())]


def rubric(round: Round) -> list[dict[str, Any]]:
    """Return [{"stage", "total", "criteria"}] in the order of the procedure. One query."""
    criteria = list(round.criteria.all())
    return [
        {"stage": stage.label, "total": sum(one.max_points for one in rows), "criteria": rows}
        for stage in Criterion.Stage
        if (rows := [one for one in criteria if one.stage == stage])
    ]


def eligibility(round: Round, on: date | None = None) -> list[Any]:
    """Return the rules in force on a day, one per code, the newest of each. One query."""
    day = on or clock.today()
    newest = {rule.code: rule for rule in round.eligibility_rules.filter(valid_from__lte=day).order_by("valid_from")}
    return sorted(newest.values(), key=lambda rule: (rule.position, rule.code))


def due(user: Any) -> list[Due]:
    """Return what `user` must do about rounds: agree to money, publish, write a notice. Up to three queries."""
    found: list[Due] = []
    if user.has_role(Role.BUREAU_LEADER):
        asked = (
            Allocation.objects.filter(status=Allocation.Status.REQUESTED)
            .filter(user.scope(Role.BUREAU_LEADER, field="envelope__round__region"))
            .exclude(requested_by=user)
        )
        found += [
            Due(
                f"审批资金下达 · {one.envelope.round}",
                reverse("staff_allocations:inspect", args=[one.pk]),
                one.due_on,
                one.get_status_display(),
                "calls.allocate",
            )
            for one in asked.select_related("envelope__round", "envelope__source")
        ]
    if user.has_role(Role.BUREAU_HEAD):
        found += _to_publish(user)
    if user.has_role(Role.BUREAU_OFFICER):
        found += _to_write(user)
    return found


def waiting_pages() -> list[int]:
    """Return the ids of notices that wait for approval. Their states name them as text."""
    states = WorkflowState.objects.filter(
        status=WorkflowState.STATUS_IN_PROGRESS, content_type=ContentType.objects.get_for_model(CallPage)
    )
    return [int(pk) for pk in states.values_list("object_id", flat=True)]


def _to_publish(user: Any) -> list[Due]:
    waiting = Round.objects.filter(
        user.scope(Role.BUREAU_HEAD),
        page__in=waiting_pages(),
        status__in=[S.BUDGETED, S.NEEDS_OPEN, S.PUBLISHED, S.OPEN],
    ).exclude(created_by=user)
    return [
        Due(
            f"审核发布 · {one}", reverse("staff_rounds:inspect", args=[one.pk]), one.due_on, "待审核", "calls.publish"
        )
        for one in waiting
    ]


def _to_write(user: Any) -> list[Due]:
    unfinished = Round.objects.filter(user.scope(Role.BUREAU_OFFICER), status__in=[S.DRAFT, S.BUDGETED, S.NEEDS_OPEN])
    return [
        Due(
            f"准备申报通知 · {one}",
            reverse("staff_rounds:inspect", args=[one.pk]),
            one.due_on,
            one.get_status_display(),
            "calls.draft",
        )
        for one in unfinished.exclude(page__in=waiting_pages())
    ]
