"""Keeping the index. Saving a row keeps it by itself; these are for what happens past save()."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField
from django.db.models.functions import Cast
from modelsearch.backends import get_search_backend
from modelsearch.index import get_indexed_models, insert_or_update_object
from modelsearch.models import IndexEntry
from modelsearch.utils import get_content_type_pk

from portal.search.models import BigramField

AT_ONCE = 200


def keep(row: Any) -> None:
    """Index a row again whose words an UPDATE changed, or whose words stand in other rows."""
    insert_or_update_object(type(row)._default_manager.get(pk=row.pk))


def fill() -> int:
    """Index every row of ours that is not in the index, after bulk_create or an upgrade; return how many."""
    backend, added = get_search_backend(), 0
    for model in get_indexed_models():
        if not any(isinstance(field, BigramField) for field in model.get_search_fields()):
            continue
        known = IndexEntry.objects.filter(content_type_id=get_content_type_pk(model)).values("object_id")
        every = model.get_indexed_objects().annotate(index_key=Cast("pk", CharField()))
        missing = list(every.exclude(index_key__in=known).values_list("pk", flat=True))
        for start in range(0, len(missing), AT_ONCE):
            backend.add_bulk(model, list(model.get_indexed_objects().filter(pk__in=missing[start : start + AT_ONCE])))
        added += len(missing)
    return added
