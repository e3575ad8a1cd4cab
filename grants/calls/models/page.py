"""The notice as a page, and the approval that needs a second person."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.models import AbstractGroupApprovalTask, Page, PagePermissionTester, TaskState

from grants.calls.blocks import NoticeField
from grants.calls.models.round import Round
from portal.access import Role
from portal.dynforms.blocks import QuestionsField
from portal.lifecycle import MoveNotAllowed
from portal.pages.models import wrote
from portal.search.models import BigramField

publishing: ContextVar[int | None] = ContextVar("calls_publishing", default=None)
"""The revision that calls.commands.publish is making live now. Nothing else may make a notice live."""


class CallIndexPage(Page):
    """The list of notices."""

    intro = models.CharField(_("导语"), max_length=200, blank=True)

    subpage_types = ["calls.CallPage"]
    max_count = 1
    template = "calls/call_index.html"
    content_panels = [*Page.content_panels, FieldPanel("intro")]

    reader: Callable[[str], Any]
    """calls.queries.notices; bound in AppConfig.ready, because models stand below queries."""

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        states = [("", _("全部")), ("open", _("申报中")), ("coming", _("未开始")), ("over", _("已截止"))]
        asked = request.GET.get("state", "")
        state = asked if asked in dict(states) else ""
        found = type(self).reader(state)
        return {**super().get_context(request, *args, **kwargs), "notices": found, "states": states, "state": state}

    class Meta:
        verbose_name = _("申报通知列表")
        verbose_name_plural = _("申报通知列表")


EDITORS = (Role.BUREAU_OFFICER, Role.BUREAU_HEAD)


def elsewhere(user: Any) -> set[int]:
    """Return the notices of rounds outside the person's regions: nothing in the admin shows them. 1 query a request."""
    if user.is_superuser or not user.is_active:
        return set()
    if not hasattr(user, "notices_elsewhere"):
        here = user.scope(*EDITORS, field="round__region")
        rows = CallPage.objects.filter(round__isnull=False).exclude(here)
        user.notices_elsewhere = set(rows.order_by().values_list("pk", flat=True))
    return user.notices_elsewhere


class NoticePermissions(PagePermissionTester):
    """Page rights are a Group's, for the whole tree; a notice is its region's."""

    def __init__(self, user: Any, page: Page):
        super().__init__(user, page)
        if user.is_active and page.pk in elsewhere(user):
            self.permissions = set()

    def can_view_revisions(self) -> bool:
        return self.page.pk not in elsewhere(self.user) and super().can_view_revisions()

    def can_submit_for_moderation(self) -> bool:
        return self.page.pk not in elsewhere(self.user) and super().can_submit_for_moderation()


class CallPage(Page):
    """One notice with its form. The round says the rest: money, window, rules."""

    round = models.OneToOneField(
        Round, null=True, on_delete=models.PROTECT, related_name="page", verbose_name=_("批次")
    )
    document_number = models.CharField(_("发文字号"), max_length=40, blank=True)
    summary = models.TextField(_("资助什么"), max_length=500)
    body = NoticeField(verbose_name=_("正文"), blank=True)
    form = QuestionsField(verbose_name=_("申报表"), blank=True)
    form_version = models.ForeignKey(
        "dynforms.FormVersion", null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )

    search_fields = [
        *Page.search_fields, BigramField("title"), BigramField("summary"), BigramField("document_number"),
        BigramField("body"),
    ]  # fmt: skip
    # A copy is a new notice: it needs a round of its own.
    exclude_fields_in_copy = ["round", "form_version"]
    parent_page_types = ["calls.CallIndexPage"]
    subpage_types: list[str] = []
    template = "calls/call_page.html"
    edit_handler = TabbedInterface(
        [
            ObjectList(
                [
                    FieldPanel("title"),
                    FieldPanel("round"),
                    MultiFieldPanel([FieldPanel("document_number"), FieldPanel("summary")], heading=_("摘要")),
                    FieldPanel("body"),
                ],
                heading=_("通知"),
            ),
            ObjectList([FieldPanel("form")], heading=_("申报表")),
            ObjectList([FieldPanel("slug"), FieldPanel("search_description")], heading=_("网页")),
        ]
    )

    publisher: Callable[..., Any]
    """calls.commands.publish; bound in AppConfig.ready, because models stand below commands."""
    obstacles: Callable[[Round], Any]
    """calls.guards.unready; bound likewise."""
    reader: Callable[[CallPage], dict[str, Any]]
    """calls.queries.call_context; bound likewise."""

    class Meta:
        verbose_name = _("申报通知")
        verbose_name_plural = _("申报通知")

    def permissions_for_user(self, user: Any) -> NoticePermissions:
        return NoticePermissions(user, self)

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        parent = self.get_parent() if self.pk else None
        shown = type(self).reader(self) if self.round_id else {}
        return {**context, **shown, "index_url": parent.url if parent else "/"}

    def publish(self, revision: Any, user: Any = None, **kwargs: Any) -> Any:
        """The one allowed override: freeze, check four eyes and go live in one transaction."""
        return type(self).publisher(revision, by=user, **kwargs)

    def save(self, *args: Any, **kwargs: Any) -> Any:
        """Refuse every way of going live that is not the command (Wagtail's edit view calls its own action)."""
        if self.live and (self.live_revision_id is None or publishing.get() != self.live_revision_id):
            stored = CallPage.objects.filter(pk=self.pk).values_list("live_revision_id", "live").first()
            if stored != (self.live_revision_id, True):
                raise MoveNotAllowed(_("通知须经另一人审核后发布，不能直接发布。"))
        return super().save(*args, **kwargs)


class FourEyesTask(AbstractGroupApprovalTask):
    """Approval by a person of the groups who wrote none of the unpublished revisions."""

    def user_can_access_editor(self, obj: Any, user: Any) -> bool:
        return False

    def locked_for_user(self, obj: Any, user: Any) -> bool:
        return True

    def get_actions(self, obj: Any, user: Any) -> list[tuple[str, Any, bool]]:
        """Offer approval exactly where calls.commands.publish would accept it."""
        if not self._user_in_groups(user) or wrote(obj, user) or obj.pk in elsewhere(user):
            return []
        back = ("reject", _("退回修改"), True)
        page = obj.specific
        if isinstance(page, CallPage) and (
            page.round is None or page.round.created_by_id == user.pk or CallPage.obstacles(page.round)
        ):
            return [back]
        return [back, ("approve", _("同意发布"), False)]

    def get_task_states_user_can_moderate(self, user: Any, **kwargs: Any) -> Any:
        if not self._user_in_groups(user):
            return TaskState.objects.none()
        waiting = self.task_states.filter(status=TaskState.STATUS_IN_PROGRESS)
        return waiting.exclude(workflow_state__object_id__in=[str(pk) for pk in elsewhere(user)])

    @classmethod
    def get_description(cls) -> Any:
        return _("由指定组内、且没有修改过本页的另一人审核")

    class Meta:
        verbose_name = _("双人审核")
        verbose_name_plural = _("双人审核")
