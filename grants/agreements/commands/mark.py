"""Marks that higher floors leave here: holds and milestones (architecture.md § 1, law 5)."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from grants.agreements import notices
from grants.agreements.commands.moving import locked, walk
from grants.agreements.models import Hold, Milestone, Project
from grants.agreements.rules import FINAL_REPORT, MILESTONES
from grants.agreements.states import PROJECT, ProjectStatus
from portal import clock
from portal.lifecycle import MoveNotAllowed, Reason, Refused, require_moved, require_none
from portal.trail import commands as trail
from portal.workdays.queries import due_on


class UnknownMilestone(Refused):
    """The project has no milestone of that code."""


class SamePerson(Refused):
    """Two steps that must be made by two people."""


@transaction.atomic
def place_hold(project: Project, code: str, reason: str, path: str, by: Any) -> Hold:
    """Stop every further payment of the project. The same cause twice is one hold."""
    project = locked(project)
    if not reason.strip():
        raise Refused(_("请写明暂缓拨付的原因。"))
    if found := project.holds.open().filter(code=code).first():
        return found
    hold = Hold.objects.create(project=project, code=code, reason=reason.strip(), path=path, placed_by=by)
    trail.log(project, "agreements.place_hold", by=by, reason=reason, after={"code": code})
    notices.hold_placed(hold)
    return hold


@transaction.atomic
def lift_hold(hold: Hold, by: Any, reason: str) -> Hold:
    """Let payments go on. Not by whoever placed it; that the verifier is not the finder is asked in audits."""
    project = locked(hold.project)
    hold = Hold.objects.select_for_update(of=("self",)).get(pk=hold.pk)
    if hold.lifted_at:
        raise MoveNotAllowed(_("这项暂缓已经解除。"))
    if hold.placed_by_id == by.pk:
        raise SamePerson(_("暂缓由您作出，须由他人解除。"))
    if not reason.strip():
        raise Refused(_("请写明解除的理由。"))
    require_moved(
        Hold.objects.filter(pk=hold.pk, lifted_at__isnull=True).update(
            lifted_by=by, lifted_at=clock.now(), lift_reason=reason.strip()
        )
    )
    hold.refresh_from_db()
    trail.log(project, "agreements.lift_hold", by=by, reason=reason, before={"code": hold.code})
    notices.hold_lifted(hold)
    return hold


@transaction.atomic
def meet_milestone(project: Project, code: str, path: str, by: Any) -> Milestone:
    """Set the mark, once; a second time changes nothing. A final report starts the closing phase."""
    project = locked(project)
    milestone = project.milestones.filter(code=code).first()
    if milestone is None:
        raise UnknownMilestone(_("项目没有“%s”这个里程碑。") % _(MILESTONES.get(code, code)))
    if milestone.is_met:
        return milestone
    if project.status == ProjectStatus.PREPARING and code != "agreement":
        require_none([Reason("preparing", _("协议还没有签署，不能登记“%s”。") % milestone)])
    require_moved(
        Milestone.objects.filter(pk=milestone.pk, met_at__isnull=True).update(
            met_at=clock.now(), met_by=by, path=path
        )
    )
    milestone.refresh_from_db()
    trail.log(project, "agreements.meet_milestone", by=by, after={"milestone": code, "path": path})
    if code == FINAL_REPORT and project.status == ProjectStatus.ACTIVE:
        walk(PROJECT, "finish", project, by=by, due_on=due_on(PROJECT.moves["finish"].days))
    return milestone
