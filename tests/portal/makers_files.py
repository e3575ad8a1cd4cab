"""Uploads for tests: good ones of every kind, and the bad ones of reliability.md § 6."""

from __future__ import annotations

import io
import zipfile

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"xref\n0 3\n0000000000 65535 f \ntrailer<</Root 1 0 R/Size 3>>\nstartxref\n110\n%%EOF\n"
)
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 512


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 30), **values: object) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, (120, 30, 30)).save(target, kind, **values)
    return target.getvalue()


def zipped(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def office(heart: str = "word/document.xml", **more: bytes) -> bytes:
    kind = "wordprocessingml.document" if heart.startswith("word") else "spreadsheetml.sheet"
    types = f'<Types><Override ContentType="application/vnd.openxmlformats-officedocument.{kind}.main+xml"/></Types>'
    members = {"[Content_Types].xml": types.encode(), "_rels/.rels": b"<Relationships/>", heart: b"<x/>"}
    return zipped({**members, **more})


def upload(name: str = "证明.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)
