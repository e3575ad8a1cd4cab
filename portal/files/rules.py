"""What we accept as a file: by name, by content and by structure, all three. No Django."""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
import warnings
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

import filetype
from PIL import Image, ImageOps, UnidentifiedImageError

from portal.archives import NESTED, UnsafeArchive, open_safely, read_member
from portal.lifecycle import Refused
from portal.words import say as _

MAX_SIZE = 50 * 1024 * 1024
MAX_PIXELS = 50_000_000
MAX_NAME = 200
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ofd": "application/ofd",
    "zip": "application/zip",
    "csv": "text/csv",
}
ALL = tuple(MEDIA_TYPES)
INSIDE = (*(kind for kind in ALL if kind != "zip"), "txt")
"""What a zip may hold."""
SCANS = ("pdf", "jpg", "jpeg", "png")
PROLOG = 65536
MAX_RELATIONS = 2 * 1024 * 1024
BEFORE_ROOT = re.compile(rb"\A(?:\s|\xef\xbb\xbf|\xff\xfe|\xfe\xff|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
"""All that may stand before the first element of an XML part, its kind aside."""
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
"""How PDF spells a character of a name otherwise: /J#61vaScript is /JavaScript."""
HEARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "ofd": "OFD.xml"}


class FileRefused(Refused):
    """An upload that is not taken, with the sentence of screens.md § 3.1.5."""


@dataclass(frozen=True)
class Examined:
    """A good file: its clean name, media type and the bytes to keep (images: re-encoded)."""

    name: str
    media_type: str
    content: BinaryIO
    size: int
    sha256: str


def examine(stream: BinaryIO, name: str, *, accept: tuple[str, ...] = ALL, max_size: int = MAX_SIZE) -> Examined:
    """Look at a whole upload and return what is to be stored. Raises FileRefused.

    accept: extensions; max_size: bytes.
    """
    name = clean_name(name)
    extension = PurePosixPath(name).suffix.lower().lstrip(".")
    if extension not in accept or extension not in MEDIA_TYPES:
        raise FileRefused(_("只能上传 %(accept)s。") % {"accept": listed(accept)})
    size = stream.seek(0, io.SEEK_END)
    if size == 0:
        raise FileRefused(_("文件是空的。请检查后重新选择。"))
    if size > max_size:
        raise FileRefused(
            _("文件须小于 %(max_size)s（这份 %(size)s），可压缩后再传。")
            % {"max_size": in_mb(max_size), "size": in_mb(size)}
        )
    stream.seek(0)
    content = CHECKS[extension](stream, extension) or stream
    size = content.seek(0, io.SEEK_END)
    return Examined(name, MEDIA_TYPES[extension], content, size, digest(content))


def clean_name(name: str) -> str:
    """Return the last part of a client's file name without control or direction characters."""
    name = (
        unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode()).replace("\\", "/").rsplit("/", 1)[-1]
    )
    name = "".join(char for char in name if unicodedata.category(char) not in {"Cc", "Cf", "Zl", "Zp", "Cs", "Co"})
    name = name.strip(" .") or "未命名"
    path = PurePosixPath(name)
    return path.stem[: MAX_NAME - len(path.suffix)] + path.suffix if len(name) > MAX_NAME else name


def listed(accept: tuple[str, ...]) -> str:
    return "、".join(dict.fromkeys({"jpeg": "JPG"}.get(one, one.upper()) for one in accept))


def in_mb(size: int) -> str:
    text = f"{size / 1024 / 1024:.1f}"
    return f"{text.removesuffix('.0')} MB"


def digest(stream: BinaryIO) -> str:
    """Return the SHA-256 of the whole stream and rewind it."""
    stream.seek(0)
    found = hashlib.sha256()
    while part := stream.read(1024 * 1024):
        found.update(part)
    stream.seek(0)
    return found.hexdigest()


def refuse_mismatch(extension: str) -> FileRefused:
    return FileRefused(_("文件内容不是 %(kind)s 格式。请用原软件另存为该格式后再传。") % {"kind": extension.upper()})


def check_pdf(stream: BinaryIO, extension: str) -> None:
    """Header at byte 0, an end, no password, no script; not a zip at the same time."""
    data = stream.read()
    if not data.startswith(b"%PDF-") or b"startxref" not in data[-2048:] or b"%%EOF" not in data[-2048:]:
        raise refuse_mismatch(extension)
    if b"/Encrypt" in data:
        raise FileRefused(_("文件有密码，请取消密码后再传。"))
    names = ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), data)
    if b"/JavaScript" in names or b"/Launch" in names:
        raise FileRefused(_("文件含有脚本或外部程序，不能接收。请重新打印为 PDF 后再传。"))
    if zipfile.is_zipfile(io.BytesIO(data)):
        raise refuse_mismatch(extension)


def check_image(stream: BinaryIO, extension: str) -> BinaryIO:
    """Re-encode: what was hidden in the file (place, camera, second format) does not come along."""
    wanted = "PNG" if extension == "png" else "JPEG"
    kind = filetype.guess(stream.read(8192))
    if kind is None or kind.mime != MEDIA_TYPES[extension]:
        raise refuse_mismatch(extension)
    stream.seek(0)
    try:
        with warnings.catch_warnings(), Image.open(stream, formats=[wanted]) as image:
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            if image.width * image.height > MAX_PIXELS:
                raise FileRefused(_("图片像素过大，最多 5000 万像素。请缩小后再传。"))
            turned = ImageOps.exif_transpose(image)
            return encoded(turned, wanted)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
        raise FileRefused(_("图片已损坏，打不开。请重新拍摄或导出后再传。")) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise FileRefused(_("图片像素过大，最多 5000 万像素。请缩小后再传。")) from error


def encoded(image: Image.Image, kind: str) -> BinaryIO:
    modes = {"PNG": {"1", "L", "LA", "P", "RGB", "RGBA", "I;16"}, "JPEG": {"L", "RGB"}}[kind]
    fallback = "RGBA" if kind == "PNG" else "RGB"
    plain = image if image.mode in modes else image.convert(fallback)
    plain.info = {name: value for name, value in plain.info.items() if name in {"transparency", "dpi"}}
    target = io.BytesIO()
    plain.save(target, kind, **({"quality": 90, "optimize": True} if kind == "JPEG" else {}))
    return target


def check_zip(stream: BinaryIO, extension: str) -> None:
    """Each file in it would be taken by itself: the same kinds, content and structure; plain text too."""
    archive = opened(stream)
    for entry in archive.infolist():
        if entry.is_dir():
            continue
        name = clean_name(entry.filename)
        kind = PurePosixPath(name).suffix.lower().lstrip(".")
        if entry.filename.lower().endswith(NESTED):
            raise FileRefused(_("压缩包里不能再有压缩包。请解开后重新打包。"))
        if kind not in INSIDE:
            raise FileRefused(
                _("压缩包里的“%(name)s”不能接收，只能放 %(accept)s。请删去后重新打包。")
                % {"name": name, "accept": listed(INSIDE)}
            )
        check_inside(archive, entry, name, kind)


def check_inside(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, kind: str) -> None:
    content = read(archive, entry.filename, MAX_SIZE + 1)
    if len(content) > MAX_SIZE:
        raise FileRefused(
            _("压缩包里的“%(name)s”须小于 %(most)s。请拆分后再传。") % {"name": name, "most": in_mb(MAX_SIZE)}
        )
    try:
        CHECKS["csv" if kind == "txt" else kind](io.BytesIO(content), kind)
    except FileRefused as refusal:
        raise FileRefused(_("压缩包里的“%(name)s”：%(why)s") % {"name": name, "why": refusal.for_user()}) from refusal


def opened(stream: BinaryIO) -> zipfile.ZipFile:
    if stream.read(4)[:2] != b"PK":
        raise refuse_mismatch("zip")
    try:
        return open_safely(stream)
    except UnsafeArchive as error:
        raise FileRefused(*error.args) from error


def check_office(stream: BinaryIO, extension: str) -> None:
    """A docx, xlsx or ofd: its heart is there, no macro, no entity, no template from elsewhere."""
    start = stream.read(8)
    if start == OLE:
        raise FileRefused(_("文件有密码，请取消密码后再传。"))
    if start[:2] != b"PK":
        raise refuse_mismatch(extension)
    archive = opened_office(stream, extension)
    names = archive.namelist()
    if HEARTS[extension] not in names:
        raise refuse_mismatch(extension)
    if any(name.lower().endswith(("vbaproject.bin", ".exe", ".dll", ".js", ".vbs")) for name in names):
        raise FileRefused(_("文件含有宏，不能接收。请另存为不含宏的文件后再传。"))
    for name in names:
        plain = name.lower()  # to Office a part is the same in any case
        if plain.endswith((".xml", ".rels")):
            # Relations are read whole: what is fetched from elsewhere may stand at their end.
            check_xml_part(
                plain, read(archive, name, MAX_RELATIONS if plain.endswith(".rels") else PROLOG), extension
            )


def opened_office(stream: BinaryIO, extension: str) -> zipfile.ZipFile:
    try:
        return open_safely(stream)
    except UnsafeArchive as error:
        raise FileRefused(*error.args) from error


def read(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    try:
        return read_member(archive, name, limit)
    except UnsafeArchive as error:
        raise FileRefused(*error.args) from error


def check_xml_part(name: str, start: bytes, extension: str) -> None:
    """Refuse what reaches outside the part. A prolog too long to be seen to its end is refused unread."""
    flat = start.replace(b"\x00", b"")  # UTF-16 parts read like ASCII then
    begins = BEFORE_ROOT.sub(b"", flat)[:2]
    is_hidden = bool(flat) and not re.match(rb"<[^!?\s]", begins)
    if b"<!DOCTYPE" in flat or b"<!ENTITY" in flat or is_hidden:
        raise FileRefused(_("文件内有外部实体，不能接收。请重新导出后再传。"))
    if name == "[content_types].xml" and b"macroEnabled" in flat:
        raise FileRefused(_("文件含有宏，不能接收。请另存为不含宏的文件后再传。"))
    if name.endswith("settings.xml.rels") and b"External" in flat:
        raise FileRefused(_("文件引用了外部模板，不能接收。请另存为普通文档后再传。"))


def check_ole(stream: BinaryIO, extension: str) -> None:
    """An old .doc or .xls: the right container, without macros."""
    data = stream.read()
    if not data.startswith(OLE):
        raise refuse_mismatch(extension)
    heart = "WordDocument" if extension == "doc" else "Workbook"
    if heart.encode("utf-16-le") not in data and "Book".encode("utf-16-le") not in data:
        raise refuse_mismatch(extension)
    if "_VBA_PROJECT".encode("utf-16-le") in data or "Macros".encode("utf-16-le") in data:
        raise FileRefused(_("文件含有宏，不能接收。请另存为不含宏的文件后再传。"))
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise FileRefused(_("文件有密码，请取消密码后再传。"))


def check_csv(stream: BinaryIO, extension: str) -> None:
    data = stream.read()
    if b"\x00" in data or data.lstrip()[:1] == b"<" or filetype.guess(data[:8192]) is not None:
        raise refuse_mismatch(extension)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            data.decode(encoding)
            return
        except UnicodeDecodeError:
            continue
    raise refuse_mismatch(extension)


CHECKS = {
    "pdf": check_pdf,
    "jpg": check_image,
    "jpeg": check_image,
    "png": check_image,
    "doc": check_ole,
    "xls": check_ole,
    "docx": check_office,
    "xlsx": check_office,
    "ofd": check_office,
    "zip": check_zip,
    "csv": check_csv,
}
