"""What page templates ask for; Wagtail pages stand below the queries."""

from __future__ import annotations

from django import template

from home import queries
from portal.pages.models import PortalSettings
from portal.search.rules import marked

register = template.Library()


@register.simple_tag(takes_context=True)
def front_page(context: dict) -> queries.Front:
    """Everything that the first page shows."""
    site = PortalSettings.load(request_or_site=context.get("request"))
    return queries.front(site.history_until)


@register.filter
def facts(line: str) -> list[str]:
    """Return the facts of a hit one by one: each is kept in one piece."""
    return line.split(" · ")


@register.filter
def hits_in(text: object, query: str) -> list[tuple[str, bool]]:
    """Return the pieces of `text`, each with whether it is a hit of `query`."""
    return marked(f"{text}", query)
