"""Words of codes that a stored version carries."""

from django import template
from django.utils.translation import gettext

from grants.applications.models import Source
from grants.calls.rules import BUDGET_CATEGORIES

register = template.Library()


@register.simple_tag
def budget_word(code: str) -> str:
    return gettext(BUDGET_CATEGORIES.get(code, code))


@register.simple_tag
def source_word(code: str) -> str:
    return str(Source(code).label) if code in Source.values else code
