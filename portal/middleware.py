"""What every request passes: the moment of arrival, the chosen language, clean text, the content policy."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address

from allauth.mfa.utils import is_mfa_enabled
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, QueryDict, UnreadablePostError
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from portal import clock, context
from portal.access.views import signed_out
from portal.accounts.rules import SECOND_FACTOR
from portal.workdays.queries import overrides

GetResponse = Callable[[HttpRequest], HttpResponse]


def visitor(get_response: GetResponse) -> GetResponse:
    """Put the visitor's own address into REMOTE_ADDR when proxies of ours stand before the portal.

    Each of the TRUSTED_PROXIES adds the address it hears to X-Forwarded-For, so the visitor is that many places
    from its end; whatever stands before was written by the visitor. A list that is too short, or words that are
    no address, change nothing.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        heard = [one.strip() for one in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        if 0 < settings.TRUSTED_PROXIES <= len(heard):
            with suppress(ValueError):
                request.META["REMOTE_ADDR"] = str(ip_address(heard[-settings.TRUSTED_PROXIES]))
        return get_response(request)

    return middleware


def arrival(get_response: GetResponse) -> GetResponse:
    """Fix the clock at the arrival of the request and give it an id for the trail and the logs.

    request.overrides: the bureau's own working days, for screens below them; read once, by whoever counts first.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        request.id = uuid.uuid4().hex  # type: ignore[attr-defined]
        request.overrides = SimpleLazyObject(overrides)  # type: ignore[attr-defined]
        moment = clock.now() if request.method in {"GET", "HEAD"} else clock.arrival()
        with clock.at(moment), context.errand(request.id):  # type: ignore[attr-defined]
            response = get_response(request)
        response["X-Request-ID"] = request.id  # type: ignore[attr-defined]
        return response

    return middleware


def chosen_language(get_response: GetResponse) -> GetResponse:
    """Chinese unless the visitor chose otherwise: `?lang=en` can be sent, a cookie remembers; the browser is not asked."""
    codes = dict(settings.LANGUAGES)

    def middleware(request: HttpRequest) -> HttpResponse:
        asked = request.GET.get("lang", "")
        kept = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        code = next((code for code in (asked, kept) if code in codes), settings.LANGUAGE_CODE)
        request.LANGUAGE_CODE = code  # type: ignore[attr-defined]
        with translation.override(code), timezone.override(clock.ZONE):
            response = get_response(request)
        response.headers.setdefault("Content-Language", code)
        patch_vary_headers(response, ("Cookie",))
        if asked in codes:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME, asked, max_age=365 * 86400, secure=settings.LANGUAGE_COOKIE_SECURE,
                httponly=True, samesite="Lax",
            )  # fmt: skip
        return response

    return middleware


def content_security_policy(get_response: GetResponse) -> GetResponse:
    """Strict on the portal; Wagtail's own pages still need a few inline scripts."""
    strict = CSPMiddleware(get_response)

    def middleware(request: HttpRequest) -> HttpResponse:
        response = strict(request)
        if request.path.startswith("/cms/") and "Content-Security-Policy" in response:
            policy = response["Content-Security-Policy"]
            response["Content-Security-Policy"] = policy.replace(
                "script-src 'self'", "script-src 'self' 'unsafe-inline'"
            ).replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
        return response

    return middleware


LOOKS = ("elder", "contrast")


def chosen_look(get_response: GetResponse) -> GetResponse:
    """Keep the visitor's elder and high-contrast modes: `?elder=1` can be sent, a cookie remembers."""

    def middleware(request: HttpRequest) -> HttpResponse:
        asked = {name: request.GET[name] == "1" for name in LOOKS if request.GET.get(name) in {"0", "1"}}
        kept = request.COOKIES.get("look", "").split("-")
        request.look = tuple(name for name in LOOKS if asked.get(name, name in kept))  # type: ignore[attr-defined]
        response = get_response(request)
        if asked:
            response.set_cookie("look", "-".join(request.look), max_age=365 * 86400, samesite="Lax")  # type: ignore[attr-defined]
        return response

    return middleware


def readable_form(get_response: GetResponse) -> GetResponse:
    """Take NUL out of what was typed (PostgreSQL cannot store it); say so when a form has too many fields."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "\0" in request.path:
            return render(request, "404.html", status=404)
        try:
            if request.method == "POST":
                request.POST = without_nul(request.POST)  # type: ignore[assignment]
        except (TooManyFieldsSent, RequestDataTooBig):
            return render(request, "413.html", {"most": settings.DATA_UPLOAD_MAX_NUMBER_FIELDS}, status=413)
        except UnreadablePostError:
            pass  # the visitor went away; whoever reads the form will notice
        request.GET = without_nul(request.GET)  # type: ignore[assignment]
        return get_response(request)

    return middleware


def without_nul(data: QueryDict) -> QueryDict:
    if not any("\0" in value for values in data.lists() for value in (values[0], *values[1])):
        return data
    clean = QueryDict(mutable=True)
    for name, values in data.lists():
        clean.setlist(name.replace("\0", ""), [value.replace("\0", "") for value in values])
    clean._mutable = False
    return clean


DOORS = ("/accounts/login/", "/cms/login/")


def kept_text(get_response: GetResponse) -> GetResponse:
    """Never answer a form sent without a session with a bare way to sign in: give the typed text back."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        sent_away = response.status_code == 302 and response["Location"].partition("?")[0] in DOORS
        if request.method == "POST" and sent_away and not request.user.is_authenticated:
            return response if request.path.startswith("/accounts/") else signed_out(request)
        return response

    return middleware


OPEN_WITHOUT_SECOND_FACTOR = ("/accounts/", "/static/", "/media/", "/healthz", "/readyz")


def second_factor(get_response: GetResponse) -> GetResponse:
    """Send roles that pay, publish or administer to set up a second factor before anything else.

    Sign-in itself asks for it once it is set up (allauth), so a session that passes here had it.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if settings.REQUIRE_SECOND_FACTOR and lacks_second_factor(request):
            messages.warning(request, _("您的角色须使用两步验证。请先添加验证器或通行密钥，再继续办理。"))
            return redirect("mfa_index")
        return get_response(request)

    return middleware


def lacks_second_factor(request: HttpRequest) -> bool:
    user = request.user
    if not user.is_authenticated or request.path.startswith(OPEN_WITHOUT_SECOND_FACTOR):
        return False
    needed = user.is_superuser or user.has_role(*SECOND_FACTOR)  # type: ignore[union-attr]
    return needed and not is_mfa_enabled(user)
