"""Beginning an application (A4, light), and giving back what came too late."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from grants.applications import commands
from grants.applications.forms import StartForm
from grants.applications.models import Application
from grants.applications.states import S
from grants.calls.models import Round
from grants.calls.queries import eligibility
from orgs.registry.models import MemberRole, Organization
from portal import clock
from portal.accounts.models import new_key
from portal.lifecycle import Refused


@login_required
def start(request: HttpRequest, round_key: str) -> HttpResponse:
    """Show the conditions, ask for the organization, begin the draft."""
    round = get_object_or_404(Round.objects.public().select_related("programme", "page"), key=round_key)
    mine = Organization.objects.of_member(request.user, MemberRole.ADMIN, MemberRole.WRITER)
    form = StartForm(
        request.POST if request.method == "POST" else None, organizations=mine, initial={"token": new_key()}
    )
    errors = []
    if request.method == "POST" and form.is_valid():
        try:
            application = commands.start(round, by=request.user, **form.cleaned_data)
            return redirect("applications:tasks", application.key)
        except Refused as refusal:
            errors = [refusal.for_user()]
    drafts = Application.objects.filter(round=round, organization__in=mine, status=S.DRAFT)
    context = {
        "round": round,
        "form": form,
        "errors": errors,
        "rules": eligibility(round),
        "organizations": mine,
        "drafts": drafts,
        "is_open": round.takes_applications(clock.now()),
    }
    return render(request, "applications/start.html", context, status=422 if errors or form.errors else 200)


@login_required
@require_POST
def text_copy(request: HttpRequest) -> HttpResponse:
    """Send a person's own text back as a file. Nothing is stored."""
    text = request.POST.get("text", "")[:200_000]
    response = HttpResponse("\ufeff" + text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="application-text.txt"'
    return response
