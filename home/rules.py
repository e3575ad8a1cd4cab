"""Where the tiles of the map lie, which class a figure falls into, and the sentence that a plot finds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

from portal.words import say as _
from portal.words import word

DAY = timedelta(days=1)

# Column and row of a tile, in halves of a tile; a sketch of who lies beside whom, not a border.
TILES = {
    "330211101": (0, 0), "330211100": (2, 0), "330211003": (1, 2), "330211005": (3, 2), "330211002": (5, 2),
    "330211004": (2, 4), "330211001": (6, 4),
}  # fmt: skip
TILE, GAP = 136, 6
STEP = TILE + GAP


@dataclass(frozen=True)
class Tile:
    """One street or town on the map. amount: fen. tone: 0 (none) or 1–5."""

    code: str
    name: str
    x: int
    y: int
    value: str
    note: str
    tone: int
    is_first: bool


def places(codes: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Return the left upper corner of each tile in pixels; unknown codes fill rows below the known ones."""
    found = {code: TILES[code] for code in codes if code in TILES}
    below = max((row for _, row in found.values()), default=-2) + 2
    spare = count()
    for code in codes:
        if code not in found:
            at = next(spare)
            found[code] = (at % 4 * 2, below + at // 4 * 2)
    return {code: (2 + column * STEP // 2, 2 + row * STEP // 2) for code, (column, row) in found.items()}


def breaks(values: Sequence[int], unit: int) -> list[int]:
    """Return four class limits at round figures: equal steps of 1, 2, 2.5 or 5 times a power of ten of `unit`."""
    most = max(values, default=0)
    if most <= 0:
        return []
    step = unit
    for power in range(12):
        for tenths in (10, 20, 25, 50):
            step = unit * tenths * 10**power // 10
            if step * 5 >= most and step > 0:
                return [step, step * 2, step * 3, step * 4]
    return [step, step * 2, step * 3, step * 4]


def tone(value: int, limits: Sequence[int]) -> int:
    """Return 0 for nothing, else the class 1–5 of a value."""
    return 0 if value <= 0 else 1 + sum(value >= limit for limit in limits)


SHARES = ((50, word("一半")), (33, word("三分之一")), (25, word("四分之一")), (20, word("五分之一")))


def share_in_words(part: int, whole: int) -> str:
    """26 % → "四分之一"; else one decimal."""
    if whole <= 0:
        return "0%"
    percent = 100 * part / whole
    for near, words in SHARES:
        if abs(percent - near) <= 1:
            return _(words)
    return f"{percent:.1f}%"


def axis(most: int, ticks: int = 5) -> list[int]:
    """Return at most `ticks` + 1 round values from 0 to at least `most`."""
    if most <= 0:
        return [0]
    steps = (part * 10**power for power in range(16) for part in (1, 2, 5))
    step = next(step for step in steps if step * ticks >= most)
    return [step * n for n in range(-(-most // step) + 1)]


def year_in(text: str) -> int | None:
    """Return the year that an address names; None for anything else ("²" is a digit to Python)."""
    return int(text) if re.fullmatch("[0-9]{4}", text) else None


def years_in_words(years: Sequence[int], until: str = "") -> str:
    """[2015, 2018], "2018年5月" → "2015年至2018年5月"."""
    if not years:
        return ""
    last = until or _("%(year)s年") % {"year": years[-1]}
    return last if len(years) == 1 else _("%(year)s年至%(last)s") % {"year": years[0], "last": last}
