"""Writes of the site's own pages."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from wagtail.models import Page, Site

from grants.calls.commands import set_up_calls
from home.models import ArticlePage, ChannelPage, GuidePage, HomePage, StandardPage

CHANNELS = (
    ("news", "通知动态", ChannelPage.Kind.NEWS, "通知、答疑和项目动态。"),
    ("policy", "政策文件", ChannelPage.Kind.POLICY, "资助、备案和资金管理的依据。"),
    ("guide", "办事指南", ChannelPage.Kind.GUIDE, "办什么、凭什么、带什么、多久办好。"),
)


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
            home.add_child(instance=ChannelPage(title=name, slug=slug, kind=kind, intro=intro, show_in_menus=True))
    return HomePage.objects.get(pk=home.pk)


def publish(parent: Page, page: ArticlePage | GuidePage | StandardPage, *, by: Any) -> Page:
    """Add a page below `parent` and make it live, with a revision that names who wrote it."""
    made = Page.objects.get(pk=parent.pk).specific.add_child(instance=page)
    made.save_revision(user=by, log_action=True).publish(user=by, skip_permission_checks=True)
    return made


def channel(slug: str) -> ChannelPage:
    return ChannelPage.objects.get(slug=slug)
