"""The start page of everybody who signs in, and the file of one project."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from grants.agreements.models import Project
from grants.desk import queries
from grants.needs.models import Need
from grants.spending.queries import projects_with_use
from orgs.registry.models import Organization
from portal.access import STAFF
from portal.workdays.queries import overrides

NEEDS = 50
"""So many of a resident's own needs are listed."""


@login_required
def start(request: HttpRequest) -> HttpResponse:
    """Staff begin in the admin; applicants, experts, evaluators and residents here."""
    organizations = list(Organization.objects.of_member(request.user))
    is_staff = request.user.has_role(*STAFF)
    if is_staff and not organizations:
        return redirect("wagtailadmin_home")
    context = {
        "rows": queries.work_list(request.user),
        "organizations": organizations,
        "projects": projects_with_use(request.user)[:20],
        "needs": list(Need.objects.filter(posted_by=request.user).select_related("region")[:NEEDS]),
        "needs_listed": NEEDS,
        "overrides": overrides(),
        "is_staff": is_staff,
    }
    return render(request, "desk/start.html", context)


@login_required
def project(request: HttpRequest, key: str) -> HttpResponse:
    """项目档案: the same page and the same figures for the payee and for staff."""
    rows = Project.objects.visible_to(request.user).select_related("organization", "payee", "region", "award")
    found = get_object_or_404(rows, key=key)
    context = {
        "file": queries.project_file(found, request.user),
        "lanes": queries.LANES,
        "admin_url": reverse("staff_projects:inspect", args=[found.pk]) if request.user.has_role(*STAFF) else "",
        "overrides": overrides(),
    }
    return render(request, "desk/project.html", context)
