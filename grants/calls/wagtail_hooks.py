"""Registration of the staff screens of rounds."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from wagtail import hooks

from grants.calls.models import CallPage
from grants.calls.models.page import elsewhere
from grants.calls.staff import AllocationViewSet, DecidePage, RoundViewSet
from portal.components.staff import register_in_group

register_in_group("applications", RoundViewSet())
register_in_group("funds", AllocationViewSet())


@hooks.register("register_admin_urls")
def waiting_page() -> list:
    return [path("pages/<int:pk>/decide/", DecidePage.as_view(), name="staff_page_decide")]


@hooks.register("construct_explorer_page_queryset")
def explore_near(parent, pages, request):
    """The list below a page says its name before it asks who may read it."""
    if parent.pk in elsewhere(request.user):
        raise Http404
    return pages


@hooks.register("before_move_page")
def move_near(request, page, destination):
    """The question whether to move says the page's name before anybody asks for the right."""
    if page.pk in elsewhere(request.user):
        raise Http404


@hooks.register("construct_reports_menu")
def no_report_of_types(request, items):
    """It names the page that was edited last, of any region; portal.urls closes it."""
    items[:] = [item for item in items if item.name != "page-types-usage"]


@hooks.register("construct_page_chooser_queryset")
def choose_near(pages, request):
    """The chooser would offer the drafts of every region."""
    return pages.exclude(pk__in=elsewhere(request.user))


@hooks.register("before_publish_page")
def send_to_approval(request, page):
    """Wagtail's publish button calls its own action past CallPage.publish; there is one way to publish."""
    if isinstance(page, CallPage):
        messages.error(request, _("申报通知须提交审核，由另一位科长发布。草稿已保存。"))
        return redirect("wagtailadmin_pages:edit", page.pk)
    return None


@hooks.register("before_copy_page")
def no_copy(request, page):
    """A notice belongs to its round; a new round starts from its own template."""
    if isinstance(page, CallPage):
        messages.error(request, _("申报通知不能复制。请先起草新批次，再起草它的通知。"))
        return redirect("wagtailadmin_explore", page.get_parent().pk)
    return None
