"""Signs of life for machines."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.jobs import queries


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Asks nothing of anybody else."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """The site can work: 200, or 503 with the part that cannot."""
    parts = queries.readiness()
    is_ready = set(parts.values()) == {"ok"}
    return JsonResponse({"ready": is_ready, **parts}, status=200 if is_ready else 503)
