"""The notice: drafting, sending for approval, publishing with four eyes."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.models import GroupPagePermission, Page, Workflow, WorkflowPage, WorkflowTask

from grants.calls import guards, notices
from grants.calls.commands.round import advance
from grants.calls.models import CallIndexPage, CallPage, FourEyesTask, Round
from grants.calls.models.page import publishing
from grants.calls.rules import template
from grants.calls.states import LIFECYCLE
from grants.funds.rules import FourEyes
from portal import clock
from portal.access import Role
from portal.dynforms.commands import freeze
from portal.lifecycle import MoveNotAllowed, Refused, require_none
from portal.pages.models import wrote
from portal.trail import commands as trail

WORKFLOW = "申报通知审核"


@transaction.atomic
def set_up_calls(parent: Page, slug: str = "calls") -> CallIndexPage:
    """Make the list page under `parent`, its workflow 经办人 → 科长 and the officers' page rights. Repeatable."""
    index = CallIndexPage.objects.first()
    if index is None:
        index = CallIndexPage(title="申报通知", slug=slug, intro="正在申报和已经结束的资助通知。", show_in_menus=True)
        parent.add_child(instance=index)
        index.save_revision(changed=False)
    head, _new = Group.objects.get_or_create(name=Role.BUREAU_HEAD.value)
    officer, _new = Group.objects.get_or_create(name=Role.BUREAU_OFFICER.value)
    task, _new = FourEyesTask.objects.get_or_create(name="科长审核")
    task.groups.add(head)
    workflow, _new = Workflow.objects.get_or_create(name=WORKFLOW)
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task, defaults={"sort_order": 0})
    WorkflowPage.objects.update_or_create(page=index, defaults={"workflow": workflow})
    for group in (head, officer):
        group.permissions.add(Permission.objects.get(codename="access_admin", content_type__app_label="wagtailadmin"))
    rights = Permission.objects.filter(content_type__app_label="wagtailcore", content_type__model="page")
    for permission in rights.filter(codename__in=["add_page", "change_page"]):
        GroupPagePermission.objects.get_or_create(group=officer, page=index, permission=permission)
    return index


@transaction.atomic
def draft_page(
    round: Round,
    *,
    by: Any,
    summary: str = "",
    body: Any = None,
    form: Any = None,
    document_number: str = "",
    slug: str = "",
) -> CallPage:
    """Write the notice of a round as a draft; the form starts as a copy of the template.

    body, form: stream JSON. Raises Refused where the list page is missing or a notice exists.
    """
    index = CallIndexPage.objects.first()
    if index is None:
        raise Refused(_("还没有“申报通知列表”页面，请系统管理员先建立。"))
    if CallPage.objects.filter(round=round).exists():
        raise Refused(_("这个批次已经有申报通知，请直接修改它。"))
    page = CallPage(
        title=f"{round.title}申报通知",
        slug=slug or round.code.lower(),
        round=round,
        document_number=document_number,
        summary=summary.strip() or template.SUMMARY,
        body=body or [],
        form=template.FORM if form is None else form,
        live=False,
        owner=by,
    )
    index.add_child(instance=page)
    page.save_revision(user=by, log_action=True)
    return page


@transaction.atomic
def submit_page(page: CallPage, *, by: Any) -> CallPage:
    """Send the latest draft for approval. Raises NotYet while it holds nothing but the placeholder."""
    page = page.specific
    if page.workflow_in_progress:
        raise MoveNotAllowed(_("通知已经在审核中。"))
    require_none(guards.blank(page))
    workflow = page.get_workflow()
    if workflow is None:
        raise Refused(_("“申报通知列表”没有设置审核流程，请系统管理员先设置。"))
    workflow.start(page, by)
    if page.round:
        notices.page_submitted(page)
    return page


@transaction.atomic
def approve_page(round: Round, *, by: Any) -> Round:
    """Approve the notice in its workflow, which publishes it. Raises FourEyes, NotYet, MoveNotAllowed."""
    state = open_task(round)
    state.task.specific.on_action(state, by, "approve")
    round.refresh_from_db()
    return round


@transaction.atomic
def reject_page(round: Round, *, by: Any, reason: str) -> Round:
    """Send the notice back to its author."""
    state = open_task(round)
    state.task.specific.on_action(state, by, "reject", comment=reason)
    notices.page_rejected(round, reason)
    return round


@transaction.atomic
def decide_page(page: Page, *, by: Any, approves: bool, reason: str = "") -> Page:
    """Publish a page of the site that waits for a second person, or send it back with a reason.

    Raises FourEyes, MoveNotAllowed; Refused where a refusal has no reason. Notices: approve_page, reject_page.
    """
    page = Page.objects.select_for_update().get(pk=page.pk).specific
    state = page.current_workflow_task_state
    if state is None:
        raise MoveNotAllowed(_("这个网页不在审核中，可能已经由别人审核，或者经办人已经撤回。"))
    if not approves and not reason.strip():
        raise Refused(_("请写明退回的原因，经办人才知道改什么。"))
    if not state.task.specific.get_actions(page, by):
        raise FourEyes(_("写过这一稿的人不能自己审核，请由另一位科长审核。"))
    state.task.specific.on_action(state, by, "approve" if approves else "reject", comment=reason.strip())
    return page


def open_task(round: Round) -> Any:
    page = CallPage.objects.filter(round=round).first()
    state = page.current_workflow_task_state if page else None
    if state is None:
        raise MoveNotAllowed(_("申报通知不在审核中，请经办人先提交审核。"))
    return state


def require_publisher(page: CallPage, by: Any) -> None:
    """Four eyes: a head of the region who neither drafted the round nor wrote since the last publication."""
    if by is None or not by.is_active:
        raise FourEyes(_("通知须由科长审核后发布，不能定时或自动发布。"))
    round = page.round
    if round is None:
        raise FourEyes(_("通知还没有对应的批次，请经办人先选择批次。"))
    region = round.region
    if not any(
        grant.role == Role.BUREAU_HEAD and region.path.startswith(grant.region.path) for grant in by.grants_now
    ):
        raise FourEyes(_("通知须由本区域的科长审核后发布。"))
    if round.created_by_id == by.pk or wrote(page, by):
        raise FourEyes(_("起草或修改过通知的人不能自己发布，请由另一位科长审核。"))


@transaction.atomic
def publish(revision: Any, *, by: Any, **options: Any) -> Any:
    """Make a revision of a notice public: four eyes, frozen form, round moved, in one transaction.

    options: of Wagtail's own publish (changed, log_action, previous_revision). Raises FourEyes, NotYet.
    """
    draft = revision.as_object()
    page = CallPage.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    if draft.round_id is None:
        return publish_translation(page, revision, by, options)
    page.round = Round.objects.select_for_update(of=("self",)).select_related("region").get(pk=draft.round_id)
    require_publisher(page, by)
    if draft.go_live_at and draft.go_live_at > clock.now():
        raise Refused(_("通知不能定时发布，请清空上线时间后再审核。"))
    is_first = not any(LIFECYCLE.allows(name, page.round.status) for name in ("republish", "correct"))
    round = page.round
    if is_first:
        round = advance(round, "publish", by=by, published_at=clock.now(), published_by=by)
    else:
        trail.log(round, "calls.republish", by=by, after={"revision": revision.pk})
    require_none(guards.blank(draft))
    version = freeze(draft.title, draft.form, by=by)
    result = go_live(revision, by, options)
    CallPage.objects.filter(pk=page.pk).update(form_version=version)
    if is_first and round.takes_applications(clock.now()):
        round = advance(round, "open", by=None)
    if is_first:
        notices.round_published(round)
    return result


def publish_translation(page: CallPage, revision: Any, by: Any, options: dict[str, Any]) -> Any:
    """A translation is text only: it freezes nothing, but still needs a second person."""
    original = page.get_translations().filter(round__isnull=False).select_related("round__region").first()
    if original is None:
        raise Refused(_("通知还没有选择批次，请经办人先选择。"))
    page.round = original.round
    require_publisher(page, by)
    return go_live(revision, by, options)


def go_live(revision: Any, by: Any, options: dict[str, Any]) -> Any:
    options.pop("skip_permission_checks", None)
    token = publishing.set(revision.pk)
    try:
        # Our own check stands for Wagtail's: a head needs no editing rights to approve.
        return PublishPageRevisionAction(revision, user=by, **options).execute(skip_permission_checks=True)
    finally:
        publishing.reset(token)
