"""The answer to a page of the site that waits for a second person. Notices are published on their round's page."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, WorkflowState

from grants.calls import commands
from grants.calls.forms import PageDecisionForm
from grants.calls.models import CallPage
from portal.access import Role
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
        return commands.decide_page(self.page, by=self.request.user, **answers)

    def get_page_subtitle(self) -> str:
        return self.page.draft_title

    def get_success_message(self) -> str:
        self.page.refresh_from_db()
        return str(_("已退回经办人修改。") if self.page.has_unpublished_changes else _("网页已发布。"))

    def get_success_url(self) -> str:
        return reverse("wagtailadmin_home")

    get_cancel_url = get_success_url

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        above = self.page.get_ancestors().filter(depth__gt=1)
        return super().get_context_data(waiting=self.page, above=above, state=self.state, **kwargs)
