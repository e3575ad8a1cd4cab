"""The one way a status changes here: compare and swap, then the trail."""

from __future__ import annotations

from typing import Any

from grants.agreements import guards
from grants.agreements.models import Project
from portal.lifecycle import Lifecycle, require_moved, require_none
from portal.trail import commands as trail


def locked(project: Project) -> Project:
    """Return the project's row as it is now, locked until the end of the transaction."""
    return Project.objects.select_for_update(of=("self",)).get(pk=project.pk)


def walk(lifecycle: Lifecycle, name: str, subject: Any, *, by: Any, reason: str = "", **fields: Any) -> Any:
    """Make the move `name`: its guards, the status and `fields`, and one line of the trail.

    Raises MoveNotAllowed, NotYet.
    """
    target = lifecycle.target(name, subject.status)
    require_none(lifecycle.open_reasons(name, guards, subject))
    before = subject.status
    moved = type(subject)._default_manager.filter(pk=subject.pk, status=before).update(status=target, **fields)
    require_moved(moved)
    subject.refresh_from_db()
    trail.log(
        subject,
        f"agreements.{name}",
        by=by,
        reason=reason,
        before={"status": before},
        after={"status": target},
    )
    return subject
