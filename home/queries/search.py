"""What the site search covers: public things only, whoever asks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.paginator import Page, Paginator
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from grants.calls.models import CallPage
from grants.needs.models import Need
from grants.publicity.models import Publicity
from grants.stats import queries as stats
from home.models import ArticlePage, GuidePage, StandardPage
from orgs.registry.models import Organization
from portal import clock
from portal.search.queries import Group, Hit, register, search_all
from portal.search.rules import MAX_QUERY, clean

FIRST, PER_PAGE = 5, 20
CREDIT_CODE = re.compile(r"[0-9A-Za-z]{18}")


def asked(text: str) -> str:
    """Return the query without the spaces in which a credit code is printed."""
    whole = "".join(text.split())
    return whole if CREDIT_CODE.fullmatch(whole) else clean(text)


def day(moment: Any) -> Any:
    return moment.astimezone(clock.ZONE).date() if moment else None


def call_hit(page: CallPage, request: Any) -> Hit:
    round = page.round
    facts = f"{round.region} · {round.programme}" if round else ""
    return Hit(page.title, page.get_url(request), facts, page.summary, day(round and round.opens_at))


def list_hit(one: Publicity, request: Any) -> Hit:
    return Hit(one.title, reverse("publicity:page", args=[one.key]), str(one.get_status_display()), "", one.starts_on)


def award_hit(award: Any, request: Any) -> Hit:
    year = gettext("%(year)s年") % {"year": award.year}
    facts = f"{award.organization_name} · {award.region} · {year} · {award.code}"
    return Hit(award.title, reverse("home:project", args=[award.key]), facts, "", day(award.confirmed_at), year)


def organization_hit(one: Organization, request: Any) -> Hit:
    founded = one.founded_on and gettext("%(day)s 成立") % {"day": f"{one.founded_on:%Y-%m-%d}"}
    known = (one.get_kind_display(), one.region, one.uscc, one.aliases, founded)
    facts = " · ".join(f"{part}" for part in known if part)
    return Hit(one.name, reverse("home:organization", args=[one.key]), facts, one.purpose or one.scope)


def need_hit(need: Need, request: Any) -> Hit:
    url = f"{reverse('needs:list')}?q={need.number}"
    facts = f"{need.number} · {need.region} · {need.get_stage_display()}"
    return Hit(need.title, url, facts, need.text, day(need.posted_at))


def newest(model: Any, user: Any) -> Any:
    return model.objects.live().public().order_by("-published_on", "-pk")


def page_hit(page: Any, request: Any) -> Hit:
    return Hit(page.title, page.get_url(request), page.document_number, page.plain_text, page.published_on)


def cover() -> None:
    """Name the sources, in the order in which a reader wants them."""
    register(
        "calls", _("申报通知"),
        lambda user: CallPage.objects.live().public().filter(round__isnull=False)
        .select_related("round__region", "round__programme").order_by("-round__opens_at", "-pk"),
        call_hit,
    )  # fmt: skip
    register("lists", _("公示公告"), lambda user: Publicity.objects.public(), list_hit)
    register(
        "projects", _("资助项目"),
        lambda user: stats.public_awards().select_related("region").order_by("-year", "code"), award_hit,
    )  # fmt: skip
    register(
        "organizations", _("社会组织"),
        lambda user: Organization.objects.public().select_related("region").order_by("name", "pk"), organization_hit,
        title="name",
    )  # fmt: skip
    register("needs", _("居民需求"), lambda user: Need.objects.public().select_related("region"), need_hit)
    for kind, label, model in (
        ("guides", _("办事指南"), GuidePage), ("articles", _("动态和政策"), ArticlePage),
        ("pages", _("本站说明"), StandardPage),
    ):  # fmt: skip
        register(kind, label, partial(newest, model), page_hit)


@dataclass(frozen=True)
class Answer:
    """What the result page shows. chosen, page: one kind alone; else the first hits of each kind."""

    text: str
    is_cut: bool
    groups: list[Group]
    chosen: Group | None
    page: Page | None
    shown: list[tuple[Group, list[Hit]]]

    longest = MAX_QUERY

    @property
    def count(self) -> int:
        return sum(group.count for group in self.groups)


def answer(typed: str, request: Any, kind: str = "", page: Any = None) -> Answer:
    """Search everything public. Two queries for each kind, whatever there is to find."""
    words = clean(typed)
    text = asked(words[:MAX_QUERY])
    groups = search_all(text, request.user)
    alone = groups[0] if len(groups) == 1 else None
    chosen = next((group for group in groups if group.kind == kind), alone)
    if chosen is None:
        shown = [(group, group.hits(0, FIRST, request)) for group in groups]
        return Answer(text, len(words) > MAX_QUERY, groups, None, None, shown)
    place = Paginator(range(chosen.count), PER_PAGE).get_page(page)
    hits = chosen.hits(place.start_index() - 1, place.end_index(), request)
    return Answer(text, len(words) > MAX_QUERY, groups, chosen, place, [(chosen, hits)])
