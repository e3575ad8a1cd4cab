"""The answer to a page of the site that waits for a second person. Notices are published on their round's page."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.views.pages import workflow
from wagtail.models import Page, WorkflowState

from grants.calls import commands
from grants.calls.forms import PageDecisionForm
from grants.calls.models import CallPage
from grants.calls.models.page import elsewhere
from portal.access import Role
from portal.access.forms import ask_password_again
from portal.access.staff import FormCommandView


class DecidePage(FormCommandView):
    template_name = "calls/page_decide.html"
    form_class = PageDecisionForm
    title = _("审核网页")
    submit_label = _("提交审核意见")
    header_icon = "doc-full"
    roles_required = (Role.BUREAU_HEAD,)
    is_sensitive = True

    def check(self, request: HttpRequest) -> None:
        super().check(request)
        found = get_object_or_404(Page, pk=self.kwargs["pk"]).specific
        if isinstance(found, CallPage):
            raise Http404
        self.page: Page = found
        self.state = found.current_workflow_state
        self.nothing = self.state is None or self.state.status != WorkflowState.STATUS_IN_PROGRESS

    def call(self, answers: dict[str, Any]) -> Page:
        self.success_message = _("网页已发布。") if answers["approves"] else _("已退回经办人修改。")
        return commands.decide_page(self.page, by=self.request.user, **answers)

    def get_page_subtitle(self) -> str:
        return self.page.draft_title

    def get_success_url(self) -> str:
        return reverse("wagtailadmin_home")

    get_cancel_url = get_success_url

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        above = self.page.get_ancestors().filter(depth__gt=1)
        return super().get_context_data(waiting=self.page, above=above, state=self.state, **kwargs)


class Near:
    """Wagtail's doors to a page that waits name it before they ask for rights; elsewhere it does not exist."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if kwargs["page_id"] in elsewhere(request.user):
            raise Http404
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class Answer(Near, workflow.WorkflowActionView):
    """Approving publishes, so the password is asked again."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if kwargs["action_name"] == "approve":
            ask_password_again(request)
        return super().dispatch(request, *args, **kwargs)


class AskForAnswer(Near, workflow.CollectWorkflowActionDataView):
    pass


class PreviewWaiting(Near, workflow.PreviewRevisionForTaskView):
    pass
