"""Who may read a paper besides the person who issued it: the package of its kind says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portal.documents.models import Paper
from portal.files.models import StoredFile

PURPOSE = "documents.paper"
Predicate = Callable[[Any, Paper], bool]
_readers: dict[str, Predicate] = {}


def allow(kind: str, predicate: Predicate) -> None:
    """Say who may read papers of `kind`; call it in AppConfig.ready.

    predicate(user, paper): `paper.about` is the code that the package gave to `issue`.
    """
    _readers[str(kind)] = predicate


def may_read(user: Any, file: StoredFile) -> bool:
    paper = Paper.objects.filter(file=file).first()
    if paper is None or paper.kind not in _readers:
        return False
    return _readers[paper.kind](user, paper)
