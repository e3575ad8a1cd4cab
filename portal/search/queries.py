"""Finding. Packages say in AppConfig.ready what the site search covers: `register`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from modelsearch.backends import get_search_backend
from modelsearch.query import And, Phrase

from portal.search.rules import phrases

MOST = 1000


@dataclass(frozen=True)
class Hit:
    """One line of the result page. text: a sentence or two in which the query may be marked."""

    title: str
    url: str
    text: str = ""
    at: date | None = None


@dataclass(frozen=True)
class Source:
    kind: str
    label: str
    rows: Callable[[Any], QuerySet]
    hit: Callable[[Any], Hit]


_sources: dict[str, Source] = {}


def register(kind: str, label: str, rows: Callable[[Any], QuerySet], hit: Callable[[Any], Hit]) -> None:
    """Make a model part of the site search.

    rows(user): what this user, maybe a visitor, may see, e.g. `lambda user: Project.objects.public()`,
    in the order in which hits are shown; the model is Indexed with BigramFields. hit: from a row to its line.
    """
    _sources[kind] = Source(kind, label, rows, hit)


def sources() -> list[tuple[str, str]]:
    """Return (kind, label) of all that is searched."""
    return [(source.kind, source.label) for source in _sources.values()]


@dataclass(frozen=True)
class Group:
    """The hits of one kind."""

    kind: str
    label: str
    rows: QuerySet
    hit: Callable[[Any], Hit]

    @cached_property
    def count(self) -> int:
        return self.rows.count()

    def hits(self, start: int = 0, stop: int = 20) -> list[Hit]:
        """Return one page of lines. One query."""
        return [self.hit(row) for row in self.rows[start:stop]]


def search_all(query: str, user: Any, kind: str = "") -> list[Group]:
    """Search every registered source, or one; groups without a hit are left out. One query each."""
    if not phrases(query):
        return []
    asked = [source for source in _sources.values() if kind in ("", source.kind)]
    groups = [Group(one.kind, one.label, search(one.rows(user), query), one.hit) for one in asked]
    return [group for group in groups if group.count]


def search(queryset: QuerySet, query: str) -> QuerySet:
    """Narrow any queryset of an Indexed model to the rows in which every part of `query` occurs.

    The result is a queryset in the same order, to be filtered and paged further. An empty query
    narrows nothing; one without a letter or digit finds nothing.
    """
    if not query.strip():
        return queryset
    wanted = [Phrase(text) for text in phrases(query)]
    if not wanted:
        return queryset.none()
    expression = And(wanted) if len(wanted) > 1 else wanted[0]
    # Without relevance: on SQLite it would ask the whole index again for every row.
    everything = queryset.model._default_manager.all()
    results = get_search_backend().search(expression, everything, order_by_relevance=False)
    if hasattr(results, "get_queryset"):
        return queryset.filter(pk__in=results.get_queryset().order_by().values("pk"))
    return queryset.filter(pk__in=[row.pk for row in results[:MOST]])
