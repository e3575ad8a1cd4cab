"""Writes of the site's own pages."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Site,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from grants.calls.commands import set_up_calls
from grants.calls.models import FourEyesTask
from home.models import ArticlePage, ChannelPage, GuidePage, HomePage, StandardPage
from portal.access import Role

CHANNELS = (
    ("news", "通知动态", ChannelPage.Kind.NEWS, "通知、答疑和项目动态。"),
    ("policy", "政策文件", ChannelPage.Kind.POLICY, "资助、备案和资金管理的依据。"),
    ("guide", "办事指南", ChannelPage.Kind.GUIDE, "办什么、凭什么、带什么、多久办好。"),
)

WORKFLOW = "网页审核"
WRITERS = (Role.BUREAU_OFFICER, Role.BUREAU_HEAD, Role.SYS_ADMIN)


def set_up_rights(home: HomePage) -> None:
    """Who writes the site's pages: officers draft and upload, a head publishes (both of any region), the system
    administrator keeps the site's names and phones. A page goes live by approval only. Safe to repeat.
    """
    groups = {role: Group.objects.get_or_create(name=role.value)[0] for role in WRITERS}
    officer, head, keeper = groups.values()
    named = Permission.objects.filter(content_type__app_label__startswith="wagtail")
    for codename in ("add_page", "change_page"):
        right = named.get(codename=codename)
        GroupPagePermission.objects.get_or_create(group=officer, page=home, permission=right)
    for codename in ("add_document", "choose_document", "add_image", "choose_image"):
        right = named.get(codename=codename)
        for collection in Collection.objects.filter(depth=1):
            GroupCollectionPermission.objects.get_or_create(group=officer, collection=collection, permission=right)
    for channel in ChannelPage.objects.child_of(home):  # to take an article back
        right = named.get(codename="publish_page")
        GroupPagePermission.objects.get_or_create(group=head, page=channel, permission=right)
    keeper.permissions.add(Permission.objects.get(codename="change_portalsettings"))
    workflow, _new = Workflow.objects.get_or_create(name=WORKFLOW)
    task = FourEyesTask.objects.get()
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task, defaults={"sort_order": 0})
    WorkflowPage.objects.update_or_create(page=home, defaults={"workflow": workflow})


@transaction.atomic
def build_site(title: str, hostname: str = "localhost") -> HomePage:
    """Plant the page tree: first page, notices, channels. Repeating it changes nothing.

    Wagtail's own welcome page goes when the site still points to it.
    """
    home = HomePage.objects.first()
    if home is None:
        root = Page.objects.get(depth=1)
        old = Page.objects.filter(depth=2, slug="home").first()
        if old is not None:
            old.slug = "welcome"
            old.save()
        home = root.add_child(instance=HomePage(title=title, slug="home", show_in_menus=True))
        site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True, hostname=hostname)
        site.root_page, site.site_name = home, title
        site.save()
        if old is not None:
            Page.objects.get(pk=old.pk).delete()
    set_up_calls(home)
    for slug, name, kind, intro in CHANNELS:
        if not ChannelPage.objects.child_of(home).filter(slug=slug).exists():
            home.add_child(
                instance=ChannelPage(title=name, slug=slug, kind=kind, intro=intro, show_in_menus=True)
            ).save_revision(changed=False)
    set_up_rights(home)
    return HomePage.objects.get(pk=home.pk)


def publish(parent: Page, page: ArticlePage | GuidePage | StandardPage, *, by: Any, approved_by: Any = None) -> Page:
    """Add a page below `parent` and make it live, with a revision that names who wrote it and who agreed."""
    made = Page.objects.get(pk=parent.pk).specific.add_child(instance=page)
    made.save_revision(user=by, log_action=True).publish(user=approved_by or by, skip_permission_checks=True)
    return made


def propose(parent: Page, page: ArticlePage | GuidePage | StandardPage, *, by: Any) -> Page:
    """Add a draft below `parent` and send it to a second person."""
    page.live, page.owner = False, by
    made = Page.objects.get(pk=parent.pk).specific.add_child(instance=page)
    made.save_revision(user=by, log_action=True)
    made.get_workflow().start(made, by)
    return made


def channel(slug: str) -> ChannelPage:
    return ChannelPage.objects.get(slug=slug)
