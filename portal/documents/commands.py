"""Papers: from a template and plain values to a numbered, kept PDF."""

from __future__ import annotations

import io
import json
from functools import cache
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import qrcode
import qrcode.image.svg
import typst
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from portal import clock
from portal.documents.models import Kind, Paper
from portal.documents.policies import PURPOSE
from portal.files.commands import store
from portal.lifecycle import Refused

TEMPLATES = Path(settings.BASE_DIR) / "templates" / "documents"
TEMPLATE_OF = {
    Kind.RECEIPT: "receipt",
    Kind.AWARD_NOTICE: "award_notice",
    Kind.AGREEMENT: "agreement",
    Kind.RECTIFICATION: "letter",
    Kind.CERTIFICATE: "letter",
    Kind.OTHER: "letter",
}


class NumberTaken(Refused):
    """Another paper bears this number already."""


@cache
def fonts() -> typst.Fonts:
    """The two faces every paper carries inside: Noto Sans SC and Noto Serif SC, and no others."""
    folder = str(Path(pylopdf_fonts_zh_cn.__file__).parent)
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])


def pdf(template: str, context: dict[str, Any]) -> bytes:
    """Return the paper `templates/documents/<template>.typ` with `context` as its values.

    The values go in as JSON and are never read as markup; the template sees no file but its own
    folder. About 0.2 s for the first page, 0.06 s for each further one.
    """
    compiler = typst.Compiler(
        TEMPLATES / f"{template}.typ", root=TEMPLATES, font_paths=fonts(), ignore_system_fonts=True
    )
    data = json.dumps(context, cls=DjangoJSONEncoder, ensure_ascii=False)
    made = compiler.compile(format="pdf", sys_inputs={"data": data}, timestamp=int(clock.now().timestamp()))
    assert isinstance(made, bytes)
    return made


def check_url(number: str) -> str:
    """Return the full address of the public check of a paper."""
    return f"{settings.SITE_URL.rstrip('/')}{reverse('documents:verify')}?{urlencode({'number': number})}"


def qr_svg(text: str) -> str:
    """Return a QR code as an SVG document."""
    target = io.BytesIO()
    image = qrcode.make(
        text, image_factory=qrcode.image.svg.SvgPathImage, error_correction=qrcode.ERROR_CORRECT_M, border=2
    )
    image.save(target)
    return target.getvalue().decode()


@transaction.atomic
def issue(kind: str, number: str, about: str, context: dict[str, Any], by: Any) -> Paper:
    """Make the paper, keep it and return its row.

    context: values of the template; "title" and "unit" are shown on the public check page too.
    by: the User in whose name the file is kept. Raises NumberTaken.
    """
    if Paper.objects.filter(number=number).exists():
        raise NumberTaken(_("编号“%(number)s”已经用过。请核对后使用新的编号。") % {"number": number})
    with translation.override(settings.LANGUAGE_CODE):  # a paper is Chinese, whoever asks for it
        return make(Kind(kind), number, about, context, by)


def make(kind: Kind, number: str, about: str, context: dict[str, Any], by: Any) -> Paper:
    url = check_url(number)
    values = {
        "title": str(kind.label),
        "unit": "",
        **context,
        "number": number,
        "check_url": url,
        "qr": qr_svg(url),
    }
    content = pdf(TEMPLATE_OF[kind], values)
    name = f"{kind.label}-{number}.pdf".replace("/", "-")
    file = store(SimpleUploadedFile(name, content), purpose=PURPOSE, by=by, accept=("pdf",), made_here=True)
    return Paper.objects.create(
        number=number,
        kind=kind,
        about=about,
        title=str(values["title"])[:200],
        unit=str(values["unit"])[:120],
        sha256=file.sha256,
        file=file,
        issued_by=by,
    )
