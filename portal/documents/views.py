"""The public check of a paper (P17)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.documents import queries


@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """Show what we issued under a number; with `sha256`, also whether the file in hand is the same."""
    number = request.GET.get("number", "").strip()[:60]
    sha256 = request.GET.get("sha256", "").strip().lower()[:64]
    answer = queries.check(number, sha256) if number else None
    return render(request, "documents/verify.html", {"number": number, "sha256": sha256, "answer": answer})
