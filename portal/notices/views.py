"""The in-site inbox. Looking changes nothing; opening an entry (a POST) marks it as read."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.notices import commands, queries
from portal.notices.models import Notice


@login_required
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    only_unread = request.GET.get("show") == "unread"
    rows = Notice.objects.visible_to(request.user)
    page = Paginator(rows.unread() if only_unread else rows, 20).get_page(request.GET.get("page"))
    context = {"page_of_notices": page, "only_unread": only_unread, "unread": queries.unread(request.user)}
    return render(request, "notices/inbox.html", context)


@login_required
@require_safe
def detail(request: HttpRequest, key: str) -> HttpResponse:
    notice = get_object_or_404(Notice.objects.visible_to(request.user), key=key)
    return render(request, "notices/detail.html", {"notice": notice})


@login_required
@require_POST
def open_(request: HttpRequest, key: str) -> HttpResponse:
    notice = get_object_or_404(Notice.objects.visible_to(request.user), key=key)
    commands.mark_read(notice, by=request.user)
    if request.POST.get("to") == "subject" and url_has_allowed_host_and_scheme(notice.url, allowed_hosts=None):
        return redirect(notice.url)
    return redirect("notices:detail", notice.key)


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    count = commands.mark_all_read(by=request.user)
    messages.success(request, _("%d 条消息已标为已读。") % count)
    return redirect("notices:inbox")
