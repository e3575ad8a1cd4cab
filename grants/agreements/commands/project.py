"""Suspending, ending and closing a project."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from grants.agreements import notices
from grants.agreements.commands.moving import locked, walk
from grants.agreements.models import Project
from grants.agreements.states import PROJECT
from portal import clock
from portal.lifecycle import Refused
from portal.workdays import queries as workdays


def said(reason: str) -> str:
    if not reason.strip():
        raise Refused(_("请写明原因。"))
    return reason.strip()


@transaction.atomic
def suspend(project: Project, by: Any, reason: str) -> Project:
    """Stop payments until `resume`."""
    due = workdays.due_on(PROJECT.moves["suspend"].days)
    return walk(PROJECT, "suspend", locked(project), by=by, reason=said(reason), due_on=due)


@transaction.atomic
def resume(project: Project, by: Any, reason: str) -> Project:
    return walk(PROJECT, "resume", locked(project), by=by, reason=said(reason), due_on=None)


@transaction.atomic
def terminate(project: Project, by: Any, reason: str) -> Project:
    """End the project before its time; called by the approval of a termination, never by a screen alone."""
    due = workdays.due_on(PROJECT.moves["terminate"].days)
    project = walk(PROJECT, "terminate", locked(project), by=by, reason=said(reason), due_on=due)
    notices.terminated(project, reason)
    return project


@transaction.atomic
def close(project: Project, by: Any, passed: bool = True) -> Project:
    """Close with a certificate number.

    Raises NotYet with all that remains: each account per source in yuan, open holds, unmet milestones.
    """
    name = "close_pass" if passed else "close_fail"
    project = walk(
        PROJECT,
        name,
        locked(project),
        by=by,
        closed_by=by,
        closed_at=clock.now(),
        certificate_number=f"JX-{project.code}",
        due_on=None,
    )
    notices.closed(project)
    return project
