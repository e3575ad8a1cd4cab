"""Keeping the index. Saving a row keeps it by itself; these are for what happens past save()."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db.models import CharField, Model
from django.db.models.functions import Cast
from modelsearch.backends import get_search_backend
from modelsearch.index import get_indexed_models, insert_or_update_object
from modelsearch.models import IndexEntry
from modelsearch.utils import get_content_type_pk

from portal.search.models import BigramField

AT_ONCE = 200
Waiting = dict[type[Model], set[Any]]
_waiting: ContextVar[Waiting | None] = ContextVar("waiting", default=None)


def on_save(instance: Any, raw: bool = False, **signal: Any) -> None:
    """Index a saved row, or let it wait for the end of `together()`."""
    if not raw:
        keep(instance)


def keep(row: Any) -> None:
    """Index a row again whose words an UPDATE changed, or whose words stand in other rows."""
    waiting = _waiting.get()
    if waiting is None:
        insert_or_update_object(type(row)._default_manager.get(pk=row.pk))
    else:
        waiting.setdefault(type(row), set()).add(row.pk)


@contextmanager
def together() -> Iterator[None]:
    """Index what is saved inside once, at the end: an import of hundreds of rows asks the index a few times."""
    if _waiting.get() is not None:
        yield
        return
    waiting: Waiting = {}
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
    for model, keys in waiting.items():
        add(model, list(keys))


def add(model: Any, keys: list[Any]) -> None:
    """Index these rows of a model."""
    for start in range(0, len(keys), AT_ONCE):
        rows = model.get_indexed_objects().filter(pk__in=keys[start : start + AT_ONCE])
        get_search_backend().add_bulk(model, list(rows))


def fill() -> int:
    """Index every row of ours that is not in the index, after bulk_create or an upgrade; return how many."""
    added = 0
    for model in get_indexed_models():
        if not any(isinstance(field, BigramField) for field in model.get_search_fields()):
            continue
        known = IndexEntry.objects.filter(content_type_id=get_content_type_pk(model)).values("object_id")
        every = model.get_indexed_objects().annotate(index_key=Cast("pk", CharField()))
        missing = list(every.exclude(index_key__in=known).values_list("pk", flat=True))
        add(model, missing)
        added += len(missing)
    return added
