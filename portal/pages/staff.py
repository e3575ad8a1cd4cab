"""Approving a page in Wagtail's own screens."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from wagtail.admin.views.pages.workflow import WorkflowActionView

from portal.access.forms import ask_password_again


class ApprovalView(WorkflowActionView):
    """Wagtail's door for the answer to a page that waits: approving publishes, so the password is asked again."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if kwargs["action_name"] == "approve":
            ask_password_again(request)
        return super().dispatch(request, *args, **kwargs)
