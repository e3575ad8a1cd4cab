"""Looking into zip containers (zip, docx, xlsx, ofd) without unpacking them. Pure Python."""

from __future__ import annotations

import lzma
import stat
import zipfile
import zlib
from typing import BinaryIO

from portal.lifecycle import Refused
from portal.words import say as _

MAX_ENTRIES = 2000
MAX_UNPACKED = 200 * 1024 * 1024
MAX_RATIO = 100
BROKEN = (
    zipfile.BadZipFile, OSError, ValueError, RuntimeError, EOFError, KeyError, zlib.error, lzma.LZMAError,
)  # fmt: skip
NESTED = (".zip", ".rar", ".7z", ".gz", ".bz2", ".xz", ".tar", ".jar")


class UnsafeArchive(Refused):
    """A container that is broken, locked, too big when unpacked, or that reaches outside itself."""


def open_safely(stream: BinaryIO, *, max_unpacked: int = MAX_UNPACKED) -> zipfile.ZipFile:
    """Return the container after a look at its directory alone; nothing is unpacked.

    max_unpacked: bytes. Raises UnsafeArchive.
    """
    stream.seek(0, 2)
    size = stream.tell()
    stream.seek(0)
    try:
        archive = zipfile.ZipFile(stream)
    except BROKEN as error:
        raise UnsafeArchive(_("文件已损坏，打不开。请重新导出后再传。")) from error
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise UnsafeArchive(
            _("压缩内容有 %(count)s 个文件，最多 %(most)s 个。请拆分后再传。")
            % {"count": len(entries), "most": MAX_ENTRIES}
        )
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > max_unpacked or unpacked > MAX_RATIO * max(size, 1):
        raise UnsafeArchive(_("文件展开后过大。请删去多余内容后再传。"))
    for entry in entries:
        check_entry(entry)
    return archive


def check_entry(entry: zipfile.ZipInfo) -> None:
    """Refuse an entry that is encrypted, a link, or named to land outside the folder."""
    name = entry.filename.replace("\\", "/")
    if entry.flag_bits & 0x1:
        raise UnsafeArchive(_("文件有密码，请取消密码后再传。"))
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise UnsafeArchive(_("压缩包内有链接，不能接收。请删去后重新打包。"))
    if name.startswith("/") or ".." in name.split("/") or "\x00" in name or name[1:2] == ":":
        raise UnsafeArchive(_("压缩包内的文件路径不合规。请重新打包后再传。"))


def read_member(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    """Return at most `limit` bytes of a member: the directory may lie about its size."""
    try:
        with archive.open(name) as member:
            return member.read(limit)
    except BROKEN as error:
        raise UnsafeArchive(_("文件已损坏，打不开。请重新导出后再传。")) from error
