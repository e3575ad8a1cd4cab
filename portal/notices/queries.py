"""Answers about the inbox."""

from __future__ import annotations

from typing import Any

from portal.notices.models import Notice


def unread(user: Any) -> int:
    """Return how many entries of one's inbox were not read. One query; none for a visitor."""
    return Notice.objects.visible_to(user).unread().count() if user.is_authenticated else 0
