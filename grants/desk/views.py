"""The start page of everybody who signs in."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from grants.desk import queries
from orgs.registry.models import Organization
from portal.access import STAFF
from portal.workdays.queries import overrides


@login_required
def start(request: HttpRequest) -> HttpResponse:
    """Staff begin in the admin; applicants, experts, evaluators and residents here."""
    organizations = list(Organization.objects.of_member(request.user))
    if request.user.has_role(*STAFF) and not organizations:
        return redirect("wagtailadmin_home")
    context = {
        "rows": queries.work_list(request.user),
        "organizations": organizations,
        "overrides": overrides(),
        "is_staff": request.user.has_role(*STAFF),
    }
    return render(request, "desk/start.html", context)
