"""The one door through which a private file leaves the house."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.files.models import StoredFile
from portal.files.policies import may_read


@require_safe
def download(request: HttpRequest, key: str) -> FileResponse:
    """Send the file as an attachment that no browser will run. Not allowed and not there look the same."""
    file = get_object_or_404(StoredFile, key=key)
    if not may_read(request.user, file):
        raise Http404(_("没有找到这份文件。"))
    try:
        content = file.open()
    except FileNotFoundError:
        raise Http404(_("没有找到这份文件。"))
    response = FileResponse(content, as_attachment=True, filename=file.name, content_type=file.media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
