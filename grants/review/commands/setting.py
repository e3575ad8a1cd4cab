"""The end of scoring: another day for it, the lock; and giving up a panel that was set up wrongly."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from grants.applications import commands as applications
from grants.review import guards, notices
from grants.review.commands.conflict import look_again
from grants.review.commands.defence import walk
from grants.review.commands.panel import locked, past
from grants.review.models import Assignment, Candidacy, Conflict, Panel, Slot
from grants.review.states import CANDIDACY, PANEL, PanelState
from portal import clock
from portal.access import Role
from portal.lifecycle import MoveNotAllowed, NotYet, Reason, require_moved, require_none
from portal.trail.commands import log
from portal.workdays.queries import due_on

SHORTEST = 5
"""Characters of a reason."""


@transaction.atomic
def reset_due(panel: Panel, *, due_at: datetime, by: Any, reason: str = "") -> Panel:
    """Set another end of scoring. Once the experts score: a later one only, with a reason that they read. Raises NotYet."""
    panel = locked(panel)
    if panel.status not in (PanelState.DRAFT, PanelState.OPEN):
        raise MoveNotAllowed(_("评分已经锁定或评审组已经取消，评分截止不能再改。"))
    is_open = panel.status == PanelState.OPEN
    reasons = past(due_at)
    if is_open and panel.due_at and due_at <= panel.due_at:
        reasons.append(Reason("due_at", _("评分已经开始，评分截止只能推迟，请填写更晚的时间。")))
    if is_open and len(reason.strip()) < SHORTEST:
        reasons.append(
            Reason("reason", _("评分已经开始，请写明推迟的理由，至少 %(shortest)s 个字。") % {"shortest": SHORTEST})
        )
    last = None if is_open else Slot.objects.filter(panel=panel).order_by("-ends_at").first()
    if last and last.ends_at > due_at:
        reasons.append(Reason("due_at", _("评分截止早于最后一场答辩，请填写更晚的时间。")))
    require_none(reasons)
    before = panel.due_at
    Panel.objects.filter(pk=panel.pk).update(
        due_at=due_at, due_on=due_at.astimezone(clock.ZONE).date() if is_open else panel.due_on
    )
    panel.refresh_from_db()
    log(
        panel, "review.reset_due", by=by, role=Role.PANEL_SECRETARY, before={"due_at": before},
        after={"due_at": due_at}, reason=reason.strip(),
    )  # fmt: skip
    if is_open:
        notices.due_reset(panel, reason.strip())
    return panel


def lock(panel: Panel, *, by: Any) -> Panel:
    """End the scoring. From now on the database refuses any change of a score. Raises NotYet.

    Conflicts that come to light here are kept, and told once before the lock: a substitute may still step in.
    """
    if fresh := look_again(panel):
        names = "、".join(
            _("%(member)s 与 %(candidacy)s") % {"member": one.member, "candidacy": one.candidacy} for one in fresh
        )
        raise NotYet(
            [
                Reason(
                    "found",
                    _("刚查出回避：%(names)s。其评分不再计入，请安排递补；不需要递补的，再次锁定即可。")
                    % {"names": names},
                )
            ]
        )
    return end_scoring(panel, by)


@transaction.atomic
def end_scoring(panel: Panel, by: Any) -> Panel:
    panel = locked(panel)
    target = PANEL.target("lock", panel.status)
    require_none(PANEL.open_reasons("lock", guards, panel))
    require_moved(
        Panel.objects.filter(pk=panel.pk, status=panel.status).update(
            status=target, locked_at=clock.now(), due_on=due_on(PANEL.moves["lock"].days)
        )
    )
    Conflict.objects.filter(member__panel=panel).update(due_on=None)
    panel.refresh_from_db()
    log(panel, "review.lock", by=by, role=Role.PANEL_SECRETARY)
    return panel


@transaction.atomic
def cancel(panel: Panel, *, reason: str, by: Any) -> Panel:
    """Give a panel up that has not opened: what it was to judge waits for another one. Raises NotYet."""
    panel = locked(panel)
    target = PANEL.target("cancel", panel.status)
    if len(reason.strip()) < SHORTEST:
        raise NotYet([Reason("reason", _("请写明取消的理由，至少 %(shortest)s 个字。") % {"shortest": SHORTEST})])
    dossiers = list(panel.dossiers.select_related("application").order_by("pk"))
    # Nobody has seen a dossier before the opening: seats, assignments and conflicts by rule go with the panel.
    Assignment.objects.filter(member__panel=panel).delete()
    Conflict.objects.filter(member__panel=panel).delete()
    for one in dossiers:
        if panel.is_defence:
            unschedule(one, by)
        else:
            put_back(one, by, reason)
    require_moved(Panel.objects.filter(pk=panel.pk, status=panel.status).update(status=target, due_on=None))
    panel.refresh_from_db()
    log(
        panel, "review.cancel", by=by, role=Role.PANEL_SECRETARY,
        after={"dossiers": [one.application.number for one in dossiers]}, reason=reason.strip(),
    )  # fmt: skip
    return panel


def put_back(candidacy: Candidacy, by: Any, reason: str) -> None:
    """The application waits for a panel again, as on the day it passed screening."""
    log(
        candidacy, "review.put_back", by=by, role=Role.PANEL_SECRETARY, before={"code": candidacy.code}, reason=reason
    )
    candidacy.delete()
    applications.await_panel(candidacy.application)


def unschedule(candidacy: Candidacy, by: Any) -> None:
    """The defence is off; the shortlisted project waits for another time, and its people are told."""
    slot = Slot.objects.get(candidacy=candidacy)
    notices.unscheduled(slot)
    slot.delete()
    walk(candidacy, "unschedule", by, due_on=due_on(CANDIDACY.moves["unschedule"].days))
