"""Registration of the staff screens of rounds."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail import hooks

from grants.calls.models import CallPage
from grants.calls.staff import AllocationViewSet, RoundViewSet
from portal.components.staff import register_in_group

register_in_group("applications", RoundViewSet())
register_in_group("applications", AllocationViewSet())


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
