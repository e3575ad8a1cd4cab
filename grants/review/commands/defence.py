"""From the sealed paper review to the defence: the short list, the slots, who came."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from grants.applications import commands as applications
from grants.calls import commands as calls
from grants.calls.models import Round
from grants.review import guards, notices, queries, rules
from grants.review.commands.panel import locked, require_draft
from grants.review.models import Assignment, Candidacy, Panel, Shortlist, Slot
from grants.review.states import CANDIDACY, Candidate, PanelState
from portal import clock
from portal.access import Role
from portal.lifecycle import MoveNotAllowed, Reason, require_moved, require_none
from portal.trail.commands import log
from portal.workdays.queries import due_on

SHORTEST, LONGEST = 5, 120
"""Minutes of one defence."""


def walk(candidacy: Candidacy, move: str, by: Any, **values: Any) -> None:
    """Walk one arrow of a candidacy, write it down, let the applicant's list say so."""
    target = CANDIDACY.target(move, candidacy.status)
    require_moved(Candidacy.objects.filter(pk=candidacy.pk, status=candidacy.status).update(status=target, **values))
    log(candidacy, f"review.{move}", by=by, role=Role.PANEL_SECRETARY, before={"status": candidacy.status})
    applications.mark_stage(candidacy.application, target)


@transaction.atomic
def cut_shortlist(round: Round, *, by: Any) -> Shortlist:
    """Let the first of the paper ranking into the defence, as many as the notice printed; the rest are out.

    Equal scores at the line are decided as everywhere in the ranking, and the record says how.
    Raises NotYet with everything that the paper review still owes.
    """
    round = Round.objects.select_for_update(of=("self",)).get(pk=round.pk)
    require_none(queries.uncut(round))
    with translation.override(settings.LANGUAGE_CODE):  # what is sealed is sealed in the language of the house
        rows, words = queries.cut(round)
    sha256 = rules.digest({"places": round.defence_places, "rows": rows})
    made = Shortlist.objects.create(
        round=round, places=round.defence_places, rows=rows, cut=words, sha256=sha256, cut_by=by, cut_at=clock.now()
    )
    inside = {row["application"]: row["is_in"] for row in rows}
    days = due_on(CANDIDACY.moves["shortlist"].days)
    candidacies = Candidacy.objects.filter(application__round=round, status=Candidate.IN_REVIEW)
    for one in candidacies.select_for_update(of=("self",)).select_related("application__created_by").order_by("pk"):
        is_in = inside[one.application_id]
        walk(one, "shortlist" if is_in else "leave_out", by, due_on=days if is_in else None)
        notices.shortlisted(one, is_in)
    log(made, "review.cut", by=by, role=Role.PANEL_SECRETARY, after={"sha256": sha256, "places": made.places})
    calls.mark_stage(round, "DEFENCE")
    return made


@transaction.atomic
def schedule(
    panel: Panel, candidacies: Iterable[Candidacy], *, starts_at: datetime, minutes: int, room: str, by: Any
) -> list[Slot]:
    """Arrange defences one after the other in an order drawn by the panel's seed.

    Raises NotYet: a time that has passed or is after the end of scoring, one room or one leader twice.
    """
    panel = locked(panel)
    require_draft(panel)
    rows = list(
        Candidacy.objects.select_for_update(of=("self",))
        .filter(pk__in=[one.pk for one in candidacies])
        .select_related("application__created_by")
        .order_by("code")
    )
    last = starts_at + timedelta(minutes=minutes * len(rows))
    require_none([*unfit(panel, rows), *bad_time(panel, starts_at, last, minutes, room)])
    first = panel.slots.count() + 1
    slots = []
    for at, one in enumerate(rules.shuffled(rows, f"{panel.seed}:{first}")):
        begin = starts_at + timedelta(minutes=minutes * at)
        slots.append(
            Slot(
                candidacy=one, panel=panel, position=first + at, starts_at=begin,
                ends_at=begin + timedelta(minutes=minutes), room=room.strip(),
            )
        )  # fmt: skip
    require_none(queries.clashes(slots))
    for slot in slots:
        slot.save()
        walk(slot.candidacy, "schedule", by, due_on=slot.starts_at.astimezone(clock.ZONE).date())
        notices.scheduled(slot)
    log(
        panel, "review.schedule_all", by=by, role=Role.PANEL_SECRETARY, after={"slots": len(slots), "from": starts_at}
    )
    return slots


def unfit(panel: Panel, rows: list[Candidacy]) -> list[Reason]:
    if not panel.is_defence:
        raise MoveNotAllowed(_("这是初评评审组，答辩请在答辩组中安排。"))
    if not rows:
        return [Reason("candidacies", _("请至少选择一个入围项目。"))]
    wrong = [one.code for one in rows if one.application.round_id != panel.round_id]
    if wrong:
        return [Reason("candidacies", _("%(names)s 不属于本批次。") % {"names": "、".join(wrong)})]
    for one in rows:
        CANDIDACY.target("schedule", one.status)
    return []


def bad_time(panel: Panel, starts_at: datetime, last: datetime, minutes: int, room: str) -> list[Reason]:
    found = []
    if not SHORTEST <= minutes <= LONGEST:
        found.append(
            Reason(
                "minutes",
                _("每项时间应为 %(shortest)s 到 %(longest)s 分钟。") % {"shortest": SHORTEST, "longest": LONGEST},
            )
        )
    if not room.strip():
        found.append(Reason("room", _("请填写答辩地点。")))
    if starts_at <= clock.now():
        found.append(Reason("starts_at", _("答辩开始时间已经过去，请重新填写。")))
    if panel.due_at and last > panel.due_at:
        found.append(Reason("starts_at", _("最后一场答辩晚于评分截止，请提早开始、缩短时间或另设答辩组。")))
    return found


def slot_of(slot: Slot, *states: str) -> Slot:
    """Lock the slot's panel and candidacy: attendance, moving and scoring take turns on them."""
    panel = locked(slot.panel)
    slot = (
        Slot.objects.select_for_update(of=("self",))
        .select_related("candidacy__application__created_by", "panel__round")
        .get(pk=slot.pk)
    )
    if panel.status not in states:
        raise MoveNotAllowed(_("答辩组现在的状态不能办理这一项。"))
    if slot.present_at or slot.candidacy.status != Candidate.DEFENCE_SCHEDULED:
        raise MoveNotAllowed(_("这个项目已经登记到场或缺席，不能再改。"))
    return slot


@transaction.atomic
def move_slot(slot: Slot, *, starts_at: datetime, room: str, by: Any) -> Slot:
    """Give one project another time or room, as long as nobody has come. Raises NotYet."""
    slot = slot_of(slot, PanelState.DRAFT, PanelState.OPEN)
    before = {"starts_at": slot.starts_at, "room": slot.room}
    length = slot.ends_at - slot.starts_at
    slot.starts_at, slot.ends_at, slot.room = starts_at, starts_at + length, room.strip()
    faults = bad_time(slot.panel, starts_at, slot.ends_at, length // timedelta(minutes=1), room)
    require_none([*faults, *queries.clashes([slot])])
    slot.save()
    Candidacy.objects.filter(pk=slot.candidacy_id).update(due_on=starts_at.astimezone(clock.ZONE).date())
    log(
        slot.candidacy, "review.move_slot", by=by, role=Role.PANEL_SECRETARY, before=before,
        after={"starts_at": starts_at, "room": slot.room},
    )  # fmt: skip
    notices.scheduled(slot, is_new=False)
    return slot


@transaction.atomic
def attend(slot: Slot, *, by: Any) -> Slot:
    """Sign a project in on its day; from now on the experts may score it."""
    slot = slot_of(slot, PanelState.OPEN)
    require_none(guards.too_early("attend", slot))
    require_moved(
        Slot.objects.filter(pk=slot.pk, present_at__isnull=True).update(present_at=clock.now(), noted_by=by)
    )
    log(slot.candidacy, "review.attend", by=by, role=Role.PANEL_SECRETARY)
    slot.refresh_from_db()
    return slot


@transaction.atomic
def miss(slot: Slot, *, by: Any) -> Slot:
    """Record that nobody came. What that means is the round's parameter: given up, or nought points."""
    slot = slot_of(slot, PanelState.OPEN)
    require_none(guards.too_early("miss", slot))
    Slot.objects.filter(pk=slot.pk).update(noted_by=by)
    walk(slot.candidacy, "miss", by, due_on=None)
    Assignment.objects.active().filter(candidacy=slot.candidacy_id, member__panel=slot.panel_id).update(
        removed_at=clock.now()
    )
    notices.missed(slot)
    slot.refresh_from_db()
    return slot
