"""The site search: two Chinese characters are enough, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from grants.calls.models import CallPage
from grants.publicity.models import Publicity
from grants.stats import queries as stats
from home.models import ArticlePage, GuidePage, StandardPage
from orgs.registry.models import Organization

MOST = 20


@dataclass(frozen=True)
class Hit:
    """One result of the search."""

    title: str
    url: str
    note: str
    on: date | None


@dataclass(frozen=True)
class Hits:
    """Results of one kind: the first ones, and how many there are."""

    code: str
    label: str
    count: int
    items: list[Hit]


def pages_with(text: str) -> Iterator[Hit]:
    for model in (ArticlePage, GuidePage, StandardPage):
        found = model.objects.live().public().filter(Q(title__icontains=text) | Q(plain_text__icontains=text))
        for page in found.order_by("-published_on")[:20]:
            yield Hit(page.title, page.url, page.summary, page.published_on)


def calls_with(text: str) -> Iterator[Hit]:
    found = CallPage.objects.live().public().filter(round__isnull=False).select_related("round")
    for page in found.filter(Q(title__icontains=text) | Q(summary__icontains=text)).order_by("-pk"):
        opens = page.round.opens_at
        yield Hit(page.title, page.url, page.summary[:80], opens.date() if opens else None)


def lists_with(text: str) -> Iterator[Hit]:
    inside = Q(title__icontains=text) | Q(rows__title__icontains=text) | Q(rows__organization__icontains=text)
    for one in Publicity.objects.public().filter(inside).distinct():
        yield Hit(one.title, reverse("publicity:page", args=[one.key]), one.get_status_display(), one.starts_on)


def awards_with(text: str) -> Iterator[Hit]:
    inside = Q(title__icontains=text) | Q(organization_name__icontains=text) | Q(region__name__icontains=text)
    for award in stats.public_awards().filter(inside).select_related("region").order_by("-year", "code"):
        note = f"{award.organization_name} · {award.region} · {award.year}年"
        yield Hit(award.title, reverse("home:project", args=[award.key]), note, None)


def organizations_with(text: str) -> Iterator[Hit]:
    inside = Q(name__icontains=text) | Q(uscc__iexact=text)
    for one in Organization.objects.public().filter(inside).select_related("region").order_by("name"):
        note = f"{one.get_kind_display()} · {one.region}"
        yield Hit(one.name, reverse("home:organization", args=[one.key]), note, None)


KINDS: tuple[tuple[str, Callable[[str], Iterator[Hit]]], ...] = (
    ("calls", calls_with),
    ("lists", lists_with),
    ("projects", awards_with),
    ("organizations", organizations_with),
    ("pages", pages_with),
)


def hits(text: str) -> list[Hits]:
    """Return what the site has of `text`, by kind; at most twenty of each kind, all counted."""
    labels = {
        "calls": _("申报通知"), "lists": _("公示公告"), "projects": _("资助项目"), "organizations": _("社会组织"),
        "pages": _("指南和动态"),
    }  # fmt: skip
    found = []
    for code, look in KINDS:
        every = list(look(text))
        if every:
            found.append(Hits(code, labels[code], len(every), every[:MOST]))
    return found
