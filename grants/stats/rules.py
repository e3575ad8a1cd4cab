"""How figures are shown in public. Plain values only."""

from __future__ import annotations

from portal.words import say as _

LEAST = 5
"""A group of fewer persons could be recognised (domain.md § 12, PR-18)."""


def persons(number: int) -> str:
    """Return a number of persons for the public; a small group is not counted out."""
    return _("少于 %(least)s") % {"least": LEAST} if 0 < number < LEAST else str(number)


def percent(part: int, base: int) -> int | None:
    """Return the percentage rounded down; None of an empty base (shown as —)."""
    return part * 100 // base if base else None
