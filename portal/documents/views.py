"""The public check of a paper (P17)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal import clock
from portal.documents import queries
from portal.documents.forms import VerifyForm


@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """Show what we issued under a number; with `sha256`, also whether the file in hand is the same."""
    form = VerifyForm(request.GET) if "number" in request.GET else VerifyForm()
    answer = None
    if form.is_bound and form.is_valid():
        answer = queries.check(form.cleaned_data["number"].strip(), form.cleaned_data["sha256"].lower())
    context = {"form": form, "answer": answer, "facts": facts(answer) if answer and answer.found else []}
    return render(request, "documents/verify.html", context)


def facts(answer: queries.Answer) -> list[tuple[str, str]]:
    issued = answer.issued_at.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M:%S") if answer.issued_at else ""
    return [
        (_("编号"), answer.number),
        (_("文书"), answer.kind),
        (_("标题"), answer.title),
        (_("单位"), answer.unit),
        (_("出具时间"), issued),
        ("SHA-256", answer.sha256),
    ]
