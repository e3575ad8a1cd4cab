"""Writes of pages: going live at the end of an approval."""

from __future__ import annotations

from typing import Any


def publish_approved(state: Any, user: Any = None) -> None:
    """Make live what a workflow approved: the approval is the right, its giver needs no editor's.

    state: the finished WorkflowState. Called by Wagtail (WAGTAIL_FINISH_WORKFLOW_ACTION).
    """
    state.content_object.get_latest_revision().publish(user=user, skip_permission_checks=True)
