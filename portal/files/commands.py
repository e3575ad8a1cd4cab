"""Storing files, finding out whether they are clean, and taking away what nobody points to."""

from __future__ import annotations

import logging
import socket
import struct
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.core.files import File
from django.core.files.storage import storages
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from portal import clock
from portal.accounts.models import new_key
from portal.files.models import State, StoredFile
from portal.files.policies import swept_purposes
from portal.files.rules import ALL, MAX_SIZE, Examined, FileRefused, examine
from portal.jobs.commands import enqueue

logger = logging.getLogger("portal.files")
CHUNK = 64 * 1024
ORPHAN_AGE = timedelta(hours=24)


def store(
    upload: File[Any],
    *,
    purpose: str,
    by: Any,
    accept: tuple[str, ...] = ALL,
    max_size: int = MAX_SIZE,
    upload_key: str = "",
    made_here: bool = False,
) -> StoredFile:
    """Examine an upload, keep its bytes and return its row.

    purpose: "package.word", as given to policies.allow. by: None for a visitor without an account. upload_key: the client's key of this attempt;
    the same key and bytes return the first row. made_here: a paper of ours, which no scanner need
    see. Raises FileRefused.
    """
    stream = cast("BinaryIO", upload.file if hasattr(upload, "file") else upload)
    examined = examine(stream, upload.name or "", accept=accept, max_size=max_size)
    if upload_key and (found := StoredFile.objects.filter(owner=by, upload_key=upload_key).first()):
        return same(found, examined)
    # The bytes go first: a row without bytes would be a lie, bytes without a row are swept away.
    key = new_key()
    path = storages["private"].save(f"{key[:2]}/{key}", File(examined.content))
    try:
        with transaction.atomic():
            return keep(key, path, examined, purpose, by, upload_key, made_here)
    except IntegrityError:
        # Two posts of the same attempt: the other one was quicker.
        storages["private"].delete(path)
        found = StoredFile.objects.filter(owner=by, upload_key=upload_key).first() if upload_key else None
        if found is None:
            raise
        return same(found, examined)


def keep(
    key: str, path: str, examined: Examined, purpose: str, by: Any, upload_key: str, made_here: bool
) -> StoredFile:
    file = StoredFile.objects.create(
        key=key,
        owner=by,
        purpose=purpose,
        name=examined.name,
        path=path,
        size=examined.size,
        media_type=examined.media_type,
        sha256=examined.sha256,
        state=State.PENDING if settings.CLAMAV_HOST and not made_here else State.CLEAN,
        upload_key=upload_key,
    )
    if file.state == State.PENDING:
        enqueue("files.scan", key=file.key)
    return file


def same(found: StoredFile, examined: Examined) -> StoredFile:
    if found.sha256 != examined.sha256:
        raise FileRefused(_("这次上传的内容和刚才的不同。请刷新页面后重新选择文件。"))
    return found


class ScannerError(OSError):
    """The scanner answered something else than clean or found."""


def scan(key: str) -> str:
    """Have a pending file checked and return its new state. Raises OSError while the scanner is away."""
    file = StoredFile.objects.filter(key=key, state=State.PENDING).first()
    if file is None:
        return ""
    with file.open() as content:
        finding = verdict(content)
    state = State.INFECTED if finding else State.CLEAN
    StoredFile.objects.filter(pk=file.pk, state=State.PENDING).update(state=state)
    if finding:
        logger.error("file %s is infected: %s", file.key, finding)
    return state


def verdict(content: BinaryIO | File[Any]) -> str:
    """Send bytes to clamd (INSTREAM) and return the name of what it found, "" for nothing."""
    with socket.create_connection((settings.CLAMAV_HOST, settings.CLAMAV_PORT), timeout=60) as connection:
        connection.sendall(b"zINSTREAM\0")
        while chunk := content.read(CHUNK):
            connection.sendall(struct.pack("!L", len(chunk)) + chunk)
        connection.sendall(struct.pack("!L", 0))
        answer = b"".join(iter(lambda: connection.recv(4096), b"")).decode(errors="replace").strip("\0\n ")
    if answer.endswith(" FOUND"):
        return answer.removeprefix("stream:").removesuffix("FOUND").strip()
    if not answer.endswith("OK"):
        raise ScannerError(answer[:200])
    return ""


def scan_pending() -> int:
    """Queue again what waits for the scanner longer than its own tries lasted."""
    rows = StoredFile.objects.filter(state=State.PENDING, created_at__lt=clock.now() - timedelta(hours=1))
    keys = list(rows.values_list("key", flat=True)[:500])
    for key in keys:
        enqueue("files.scan", key=key)
    return len(keys)


def sweep() -> tuple[int, int]:
    """Delete rows that nothing points to and bytes that no row knows, both a day old; return how many."""
    return sweep_rows(), sweep_bytes()


def sweep_rows() -> int:
    """Only purposes that said so (policies.allow, swept=True): a key may also stand in a JSON answer.

    Their bytes are without a row then, and go next.
    """
    rows = StoredFile.objects.filter(purpose__in=swept_purposes(), created_at__lt=clock.now() - ORPHAN_AGE)
    for relation in pointers():
        pointing = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
        rows = rows.exclude(Exists(pointing))
    return rows.delete()[0]


def pointers() -> list[Any]:
    """Return every relation that points to a stored file, also those without a name on this side."""
    found = StoredFile._meta.get_fields(include_hidden=True)
    return [one for one in found if one.auto_created and not one.concrete]


def sweep_bytes() -> int:
    storage, oldest, count = storages["private"], clock.now() - ORPHAN_AGE, 0
    for path in paths_in_storage():
        if modified(path) < oldest and not StoredFile.objects.filter(path=path).exists():
            storage.delete(path)
            count += 1
    return count


def paths_in_storage() -> Iterator[str]:
    """Yield what `store` has written: two characters of the key, then the key."""
    storage = storages["private"]
    try:
        folders, _files = storage.listdir("")
    except FileNotFoundError:
        return
    for folder in folders:
        if len(folder) == 2:
            yield from (f"{folder}/{name}" for name in storage.listdir(folder)[1])


def modified(path: str) -> datetime:
    return storages["private"].get_modified_time(path)
