"""Where marks stand on a time line. Plain values only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from portal.words import say as _

LANES = ("milestone", "report", "payment", "control")
LONGEST = 18  # characters of a mark's title that are drawn
FLAG_TURNS = 85  # percent of the width from which the flag of today stands on the left of its line


@dataclass(frozen=True)
class Mark:
    """One point in a lane. state: done, planned, late or now; note: the word under the title."""

    lane: str
    on: date | None
    title: str
    state: str
    note: str = ""


@dataclass(frozen=True)
class Placed:
    """A mark on the drawing. x: percent of the width; is_left: its words stand on the left of it; is_bare: no room
    for them; row: 0, or one of the next three down, when its words would cover those of another."""

    mark: Mark
    x: float
    is_left: bool
    is_bare: bool = False
    row: int = 0

    @property
    def y(self) -> int:
        """Pixels from the top of the lane; the lane ends 24 below its last row."""
        return 22 + 42 * self.row


@dataclass(frozen=True)
class Drawing:
    """lanes: (lane, marks in order of time); months: (label, x); today: x or None; span: (x, width) of the work;
    past: how much of its width is over; on: the day of today; is_late: its words stand on the left."""

    lanes: tuple[tuple[str, tuple[Placed, ...]], ...]
    months: tuple[tuple[str, float], ...]
    today: float | None
    span: tuple[float, float]
    past: float = 0
    on: date | None = None

    @property
    def is_late(self) -> bool:
        return self.today is not None and self.today > FLAG_TURNS


def draw(marks: Iterable[Mark], start: date, end: date, today: date) -> Drawing:
    """Place dated marks between the month of the earliest and the month after the latest."""
    dated = [(one.on, one) for one in marks if one.on]
    first = min([start, *(on for on, _one in dated)]).replace(day=1)
    last = next_month(max([end, *(on for on, _one in dated)]))
    days = (last - first).days

    def x(day: date) -> float:
        return round(100 * (day - first).days / days, 2)

    here = x(today) if first <= today < last else None
    by_date = sorted(dated, key=lambda placed: placed[0])  # of one day: as they were told
    lanes = tuple(
        (
            lane,
            in_rows([Placed(one, x(on), x(on) > 70) for on, one in by_date if one.lane == lane], here),
        )
        for lane in LANES
    )
    months, month = [], first
    while month < last:
        label = (
            _("%(year)s年%(month)s月") % {"year": month.year, "month": month.month}
            if month == first or month.month == 1
            else _("%(month)s月") % {"month": month.month}
        )
        months.append(("" if covers(here, x(month), label) else label, x(month)))
        month = next_month(month)
    past = round(max(0, x(min(today, end)) - x(start)), 2)
    return Drawing(lanes, tuple(months), here, (x(start), round(x(end) - x(start), 2)), past, today)


def covers(here: float | None, x: float, label: str) -> bool:
    """Say whether the flag of today stands on the name of a month."""
    if here is None:
        return False
    left, right = (here - 9, here) if here > FLAG_TURNS else (here - 5, here + 5)
    return x < right and left < x + len(label) * 1.5


def in_rows(placed: list[Placed], here: float | None) -> tuple[Placed, ...]:
    """Give each mark its words; those that would cover others stand in a second row, a third or a fourth."""
    rows: tuple[list[Placed], ...] = ([], [], [], [])
    for one in placed:
        fitting = (row for row in rows if not any(other.is_bare for other in spaced([*row, one], here)))
        next(fitting, rows[-1]).append(one)
    return tuple(replace(one, row=n) for n, row in enumerate(rows) for one in spaced(row, here))


def spaced(placed: Iterable[Placed], here: float | None) -> tuple[Placed, ...]:
    """Leave the words off a mark that would cover another mark or its words; keep them off the line of today."""
    row, kept, edge = list(placed), [], -100.0
    for at, one in enumerate(row):
        following = row[at + 1].x if at + 1 < len(row) else 200.0
        takes = width(one.mark.title)
        if here is not None and one.x < here < one.x + takes and one.x - takes >= max(edge, 0):
            one = replace(one, is_left=True)
        is_bare = one.x - takes < edge if one.is_left else one.x + takes > following - 1
        kept.append(replace(one, is_bare=is_bare))
        edge = one.x + (1 if one.is_left or is_bare else takes)
    return tuple(kept)


def width(title: str) -> float:
    """Return the percent of the drawing that the words of a mark take; a date with its word is the least."""
    return 2 + max(9.0, sum(1.5 if ord(char) > 255 else 0.85 for char in title[:LONGEST]))


def next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def time_percent(start: date, end: date, today: date) -> int:
    """Return how much of the period is over, in tenths of a percent, 0–1000."""
    whole = (end - start).days + 1
    return max(0, min(1000, 1000 * ((today - start).days + 1) // whole))


BEHIND_MOST = 200
"""Tenths of a percentage point that work may stay behind its time (screens § 3.7)."""


def behind(done: int, planned: int, time: int) -> int:
    """Return by how much `done` of `planned` is behind the time, in tenths of a percentage point; 0 within 20 points.

    time: tenths of a percent that are over. Nothing planned is nothing behind.
    """
    if not planned:
        return 0
    gap = time - min(1000, done * 1000 // planned)
    return gap if gap > BEHIND_MOST else 0


@dataclass(frozen=True)
class Column:
    """One day of a small bar plot. x, width: percent of the width; top, height: pixels of the plot, from zero."""

    on: date
    value: int
    x: float
    width: float
    top: int
    height: int


def columns(days: list[tuple[date, int]], tall: int = 70) -> tuple[Column, ...]:
    """Return one column a day, with a gap of a fifth of a column between them; the tallest is `tall`."""
    most = max((value for _on, value in days), default=0) or 1
    step = 100 / max(1, len(days))
    heights = [round(tall * value / most) for _on, value in days]
    return tuple(
        Column(on, value, round(at * step, 2), round(step * 0.8, 2), tall - height, height)
        for at, ((on, value), height) in enumerate(zip(days, heights, strict=True))
    )


PLOT_LEFT, PLOT_WIDTH, PLOT_TOP, PLOT_FLOOR = 44, 292, 16, 148
"""The small plots of an organization, in pixels of a drawing of 336 by 176."""


@dataclass(frozen=True)
class Bar:
    """One bar of a group. value: fen. x, width, top, height: pixels."""

    value: int
    x: int
    width: int
    top: int
    height: int


@dataclass(frozen=True)
class Group:
    """The bars of one year side by side: asked, granted, paid."""

    year: str
    middle: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Dots:
    """The best score of one round among all of it: its rank, and the whole range from low to high."""

    year: str
    score: float
    rank: int
    count: int
    low: float
    high: float
    middle: int
    y: int
    top: int
    height: int


@dataclass(frozen=True)
class Share:
    """How much of what was promised for one year was served. permille: tenths of a percent, may pass 1000."""

    year: str
    done: int
    planned: int
    permille: int
    is_closed: bool
    middle: int
    x: int
    width: int
    top: int
    height: int


def middles(count: int) -> list[int]:
    """Return where the middle of each of `count` columns stands."""
    step = PLOT_WIDTH / max(count, 1)
    return [round(PLOT_LEFT + step * (at + 0.5)) for at in range(count)]


def level(value: float, low: float, high: float) -> int:
    """Return the height of a value on the drawing, from the top."""
    part = max(0.0, min(1.0, (value - low) / (high - low)))
    return round(PLOT_FLOOR - part * (PLOT_FLOOR - PLOT_TOP))


def round_step(most: int, lines: int = 4) -> int:
    """Return the smallest of 1, 2, 5, 10, 20 … of which at most `lines` reach `most`."""
    step = 1
    while True:
        for times in (1, 2, 5):
            if step * times * lines >= most:
                return step * times
        step *= 10


def groups(years: Sequence[tuple[str, tuple[int, ...]]]) -> tuple[tuple[Group, ...], tuple[tuple[int, str], ...]]:
    """Return the bars of each year and the lines of the axis, (y, 万元), from zero."""
    most = max((fen for _year, values in years for fen in values), default=0)
    if not most:
        return (), ()
    step = round_step(-(-most // 1_000_000)) * 1_000_000
    high = step * -(-most // step)
    width = min(16, round(PLOT_WIDTH / len(years) / 5))
    found = []
    for (year, values), middle in zip(years, middles(len(years)), strict=True):
        left = middle - round(len(values) * (width + 2) / 2)
        tops = [level(fen, 0, high) for fen in values]
        bars = [
            Bar(fen, left + at * (width + 2), width, top, PLOT_FLOOR - top)
            for at, (fen, top) in enumerate(zip(values, tops, strict=True))
        ]
        found.append(Group(year, middle, tuple(bars)))
    ticks = tuple((level(fen, 0, high), f"{fen // 1_000_000:,}") for fen in range(0, high + 1, step))
    return tuple(found), ticks


def dots(rounds: list[tuple[str, float, int, int, float, float]]) -> tuple[Dots, ...]:
    """Place the best score of each round in the range of all, on an axis from 50 to 100."""
    return tuple(
        Dots(
            *one,
            middle,
            level(one[1], 50, 100),
            level(one[5], 50, 100),
            max(4, level(one[4], 50, 100) - level(one[5], 50, 100)),
        )
        for one, middle in zip(rounds, middles(len(rounds)), strict=True)
    )


def shares(years: list[tuple[str, int, int, bool]]) -> tuple[Share, ...]:
    """Place how much of the promise of each year was served; a bar ends at the whole."""
    width = min(44, round(PLOT_WIDTH / max(len(years), 1) / 2))
    return tuple(
        Share(
            year,
            done,
            planned,
            1000 * done // planned,
            is_closed,
            middle,
            middle - width // 2,
            width,
            level(1000 * done // planned, 0, 1000),
            PLOT_FLOOR - level(1000 * done // planned, 0, 1000),
        )
        for (year, done, planned, is_closed), middle in zip(years, middles(len(years)), strict=True)
    )
