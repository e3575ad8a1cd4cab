"""Finding. Packages say in AppConfig.ready what the site search covers: `register`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property, reduce
from operator import or_
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Case, CharField, IntegerField, Q, QuerySet, TextField, Value, When
from modelsearch.backends import get_search_backend
from modelsearch.query import And, Phrase

from portal.search.models import BigramField
from portal.search.rules import bigrams, clean, excerpt, is_loose, parts

MOST = 1000


@dataclass(frozen=True)
class Hit:
    """One line of the result page. facts: what it is, in a few words; text: long, shown around the word asked for.

    at: its day; when: what is known of it where no day is, such as the year.
    """

    title: str
    url: str
    facts: str = ""
    text: str = ""
    at: date | None = None
    when: str = ""


@dataclass(frozen=True)
class Source:
    kind: str
    label: Any
    rows: Callable[[Any], QuerySet]
    hit: Callable[[Any, Any], Hit]
    title: str = "title"


_sources: dict[str, Source] = {}


def register(
    kind: str, label: Any, rows: Callable[[Any], QuerySet], hit: Callable[[Any, Any], Hit], title: str = "title"
) -> None:
    """Make a model part of the site search.

    rows(user): what this user, maybe a visitor, may see, e.g. `lambda user: Project.objects.public()`,
    best first; the model is Indexed with BigramFields. hit(row, request): from a row to its line.
    title: the column whose hits come before all others.
    """
    _sources[kind] = Source(kind, label, rows, hit, title)


def sources() -> list[tuple[str, Any]]:
    """Return (kind, label) of all that is searched."""
    return [(source.kind, source.label) for source in _sources.values()]


@dataclass(frozen=True)
class Group:
    """The hits of one kind, best first."""

    kind: str
    label: Any
    query: str
    rows: QuerySet
    hit: Callable[[Any, Any], Hit]

    @cached_property
    def count(self) -> int:
        return self.rows.count()

    def hits(self, start: int = 0, stop: int = 20, request: Any = None) -> list[Hit]:
        """Return one page of lines, their texts cut to where the query stands. One query."""
        found = [self.hit(row, request) for row in self.rows[start:stop]]
        return [Hit(one.title, one.url, one.facts, excerpt(one.text, self.query), one.at, one.when) for one in found]


def search_all(query: str, user: Any, kind: str = "") -> list[Group]:
    """Search every registered source, or one; groups without a hit are left out. One query each."""
    if not parts(query):
        return []
    groups = [
        Group(one.kind, one.label, query, ranked(search(one.rows(user), query), query, one.title), one.hit)
        for one in _sources.values()
        if kind in ("", one.kind)
    ]
    return [group for group in groups if group.count]


def search(queryset: QuerySet, query: str) -> QuerySet:
    """Narrow any queryset of an Indexed model to the rows in which every part of `query` occurs.

    The result is a queryset in the same order, to be filtered and paged further. An empty query
    narrows nothing; one without a letter or digit finds nothing.
    """
    if not query.strip():
        return queryset
    wanted = parts(query)
    if not wanted:
        return queryset.none()
    for part in filter(is_loose, wanted):
        queryset = queryset.filter(holding(queryset.model, part))
    known = [Phrase(bigrams(part)) for part in wanted if not is_loose(part)]
    return indexed(queryset, known) if known else queryset


def indexed(queryset: QuerySet, wanted: list[Phrase]) -> QuerySet:
    """Narrow a queryset by the index."""
    expression = And(wanted) if len(wanted) > 1 else wanted[0]
    # Without relevance: on SQLite it would ask the whole index again for every row.
    everything = queryset.model._default_manager.all()
    results = get_search_backend().search(expression, everything, order_by_relevance=False)
    if hasattr(results, "get_queryset"):
        return queryset.filter(pk__in=results.get_queryset().order_by().values("pk"))
    return queryset.filter(pk__in=[row.pk for row in results[:MOST]])


def holding(model: Any, part: str) -> Q:
    """Return the condition that a column holds `part`: the index keeps pairs and cannot answer for one character."""
    return reduce(or_, (Q(**{f"{column}__icontains": part}) for column in columns(model)), Q(pk__in=[]))


def columns(model: Any) -> Iterable[str]:
    """Return the columns of text behind the bigram fields of `model`."""
    for field in model.get_searchable_search_fields():
        if isinstance(field, BigramField):
            try:
                here: Any = model
                for name in field.column.split("__"):
                    column = here._meta.get_field(name)
                    here = column.related_model
            except FieldDoesNotExist:
                continue
            if isinstance(column, CharField | TextField):
                yield field.column


def ranked(queryset: QuerySet, query: str, title: str) -> QuerySet:
    """Put rows named exactly so first, then those whose title begins with the query, then those whose title has it."""
    whole = clean(query)
    inside = Q(*(Q(**{f"{title}__icontains": part}) for part in parts(query)))
    rank = Case(
        When(**{f"{title}__iexact": whole}, then=Value(0)),
        When(**{f"{title}__istartswith": whole}, then=Value(1)),
        When(inside, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    order = queryset.query.order_by or queryset.model._meta.ordering
    return queryset.annotate(search_rank=rank).order_by("search_rank", *order)
