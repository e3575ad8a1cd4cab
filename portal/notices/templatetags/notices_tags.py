"""The number at the word 消息."""

from typing import Any

from django import template

from portal.notices import queries

register = template.Library()


@register.simple_tag
def unread_notices(user: Any) -> int:
    return queries.unread(user)
