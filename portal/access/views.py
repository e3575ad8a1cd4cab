"""Bases of the front-end screens that do something, and the pages that give typed text back."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from portal.access.forms import CommandForm, Move

HIDDEN = re.compile(
    r"csrfmiddlewaretoken|version|done|go|token|action|.*password.*|.*-(TOTAL|INITIAL|MIN_NUM|MAX_NUM)_.*"
)
PAUSE = 60  # seconds; the window of allauth's rates per address
ROW = re.compile(r"((?:.*-)?\d+)-")

logger = logging.getLogger("portal.access")


class FormCommandView(LoginRequiredMixin, CommandForm):
    """A plain form on a page of its own; set `template_name` for another layout."""

    template_name = "access/form.html"


class MoveView(LoginRequiredMixin, Move):
    """The state sheet on the front end. URL: `<str:key>/…`."""

    template_name = "access/move.html"
    lookup = "key"


def typed_text(pairs: Iterable[tuple[str, list[str]]]) -> str:
    """Return what a person typed into a form as text to copy: a paragraph a field, a line a row of a table."""
    parts: dict[str, list[str]] = {}
    for name, values in pairs:
        row = ROW.match(name)
        if not HIDDEN.fullmatch(name):
            parts.setdefault(row.group(1) if row else name, []).extend(one.strip() for one in values if one.strip())
    return "\n\n".join("  ".join(values) for values in parts.values() if values)


def signed_out(request: HttpRequest) -> HttpResponse:
    """Answer a form that was sent without a session: nothing is saved, nothing typed is lost."""
    if "application/json" in request.headers.get("Accept", ""):
        message = _("登录已过期。请在新窗口登录后回到本页，内容会自动上传。")
        return JsonResponse({"message": message, "login": reverse(settings.LOGIN_URL)}, status=401)
    context = {"text": typed_text(request.POST.lists()), "again": page_of(request)}
    return render(request, "access/signed_out.html", context, status=401)


def page_of(request: HttpRequest) -> str:
    """Return the address of the page that sent the form: some forms post to an address of their own."""
    came_from = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure()):
        return came_from.partition(request.get_host())[2] or "/"
    return request.get_full_path()


def broken(request: HttpRequest) -> HttpResponse:
    """Answer what nobody foresaw (portal.urls.handler500); the number finds the fault in the log."""
    number = str(getattr(request, "id", ""))[:8].upper()
    logger.error("answered %s with an error page, number %s", request.path, number)
    return HttpResponse(render_to_string("500.html", {"number": number}), status=500)


def too_many(request: HttpRequest) -> HttpResponse:
    """Answer an address that asks too often (portal.urls.handler429)."""
    answer = render(request, "429.html", {"seconds": PAUSE}, status=429)
    answer["Retry-After"] = str(PAUSE)
    return answer


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose page is too old (settings.CSRF_FAILURE_VIEW), and give the text back."""
    context = {"text": typed_text(request.POST.lists()), "again": page_of(request)}
    return render(request, "403_csrf.html", context, status=403)
