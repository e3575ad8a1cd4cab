"""The door of the admin: Wagtail sends everybody here whom it does not let in."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _


def admin_door(request: HttpRequest) -> HttpResponse:
    """Send a visitor to sign in; tell a signed-in person without staff role so (a redirect would go in circles)."""
    if request.user.is_authenticated:
        list(messages.get_messages(request))  # Wagtail has left one that says the same
        raise PermissionDenied(_("管理端由民政局、街道和财政等工作人员使用。您可以在工作台办理自己的事项。"))
    query = request.META.get("QUERY_STRING", "")
    return redirect(f"{reverse('account_login')}?{query}" if query else reverse("account_login"))
