"""Storing files and finding out whether they are clean."""

from __future__ import annotations

from typing import Any

from django.core.files import File
from django.core.files.storage import storages
from django.db import IntegrityError, transaction

from portal.accounts.models import new_key
from portal.files.models import State, StoredFile
from portal.files.rules import ALL, MAX_SIZE, Examined, FileRefused, examine


def store(
    upload: File[Any],
    *,
    purpose: str,
    by: Any,
    accept: tuple[str, ...] = ALL,
    max_size: int = MAX_SIZE,
    upload_key: str = "",
) -> StoredFile:
    """Examine an upload, keep its bytes and return its row.

    purpose: "package.word", as given to policies.allow. upload_key: the client's key of this attempt;
    the same key and bytes return the first row. Raises FileRefused.
    """
    examined = examine(
        upload.file if hasattr(upload, "file") else upload, upload.name or "", accept=accept, max_size=max_size
    )
    if upload_key and (found := StoredFile.objects.filter(owner=by, upload_key=upload_key).first()):
        return same(found, examined)
    key = new_key()
    path = storages["private"].save(f"{key[:2]}/{key}", File(examined.content))
    try:
        with transaction.atomic():
            return StoredFile.objects.create(
                key=key,
                owner=by,
                purpose=purpose,
                name=examined.name,
                path=path,
                size=examined.size,
                media_type=examined.media_type,
                sha256=examined.sha256,
                state=State.CLEAN,
                upload_key=upload_key,
            )
    except IntegrityError:
        # Two posts of the same attempt: the other one was quicker.
        storages["private"].delete(path)
        return same(StoredFile.objects.get(owner=by, upload_key=upload_key), examined)


def same(found: StoredFile, examined: Examined) -> StoredFile:
    if found.sha256 != examined.sha256:
        raise FileRefused("这次上传的内容和刚才的不同。请刷新页面后重新选择文件。")
    return found
