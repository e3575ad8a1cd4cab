"""From a ranking to a list of awards: the suggestion, the cut-off, the departures. Plain values only."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from portal.money import share, yuan
from portal.words import say as _

PROPOSED, RESERVE, NOT_PROPOSED = "PROPOSED", "RESERVE", "NOT_PROPOSED"


@dataclass(frozen=True)
class Wish:
    """One ranked application. owner: who applies; requested: fen; has_result: the panel gave a score."""

    owner: int
    requested: int
    has_result: bool = True


@dataclass(frozen=True)
class Line:
    """What happens to one application, and the running total of what is proposed so far (fen)."""

    verdict: str
    amount: int
    total: int
    note: str


def suggest(wishes: Iterable[Wish], money: int, ceiling: int, per_owner: int) -> list[Line]:
    """Go down the ranking: each gets what it asks for, at most the ceiling, until the next does not fit."""
    left, total, cut, taken = money, 0, False, dict[int, int]()
    lines = []
    for one in wishes:
        amount = min(one.requested, ceiling) if ceiling else one.requested
        if not one.has_result:
            lines.append(Line(NOT_PROPOSED, 0, total, "有效评分不足 3 份，没有成绩"))
        elif taken.get(one.owner, 0) >= per_owner:
            lines.append(Line(NOT_PROPOSED, 0, total, f"每单位不超过 {per_owner} 项"))
        elif cut or amount > left:
            cut = True
            lines.append(Line(RESERVE, amount, total, ""))
        else:
            left, total = left - amount, total + amount
            taken[one.owner] = taken.get(one.owner, 0) + 1
            lines.append(Line(PROPOSED, amount, total, ""))
    return lines


def cut_reason(verdicts: Sequence[tuple[str, int]], money: int) -> str:
    """Say why the line stands where it stands. verdicts: (verdict, fen) in the order of the meeting."""
    total = sum(fen for verdict, fen in verdicts if verdict == PROPOSED)
    count = sum(verdict == PROPOSED for verdict, _fen in verdicts)
    left = money - total
    head = _("已排入 %(count)s 项 %(total)s 元，余 %(left)s 元") % {
        "count": count,
        "total": yuan(total),
        "left": yuan(left),
    }
    following = next((fen for verdict, fen in verdicts if verdict == RESERVE), None)
    if following is None:
        return _("%(head)s，没有备选项目") % {"head": head}
    if following > left:
        return _("%(head)s，不足以安排下一项 %(following)s 元") % {"head": head, "following": yuan(following)}
    return _("%(head)s，其余按会议决定列为备选或不立项") % {"head": head}


def departures(ranks: Sequence[int | None], verdicts: Sequence[str]) -> set[int]:
    """Return the positions (from 0) that depart from the ranking and need a reason each.

    Fewest moves: what is outside the longest rising run of ranks was moved. And whoever is passed
    over: not proposed although somebody further down is.
    """
    moved = set(range(len(ranks))) - set(rising(ranks))
    last = max((at for at, verdict in enumerate(verdicts) if verdict == PROPOSED), default=-1)
    passed = {at for at, verdict in enumerate(verdicts) if verdict != PROPOSED and at < last}
    return {at for at in moved | passed if ranks[at] is not None}


def rising(ranks: Sequence[int | None]) -> list[int]:
    """Return the positions of a longest strictly rising run; those without a rank are never in it."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for at, rank in enumerate(ranks):
        if rank is None:
            before.append(-1)
            continue
        place = bisect_left(tails, rank)
        before.append(ends[place - 1] if place else -1)
        if place == len(tails):
            tails.append(rank)
            ends.append(at)
        else:
            tails[place] = rank
            ends[place] = at
    run, at = [], ends[-1] if ends else -1
    while at >= 0:
        run.append(at)
        at = before[at]
    return run[::-1]


def recounted(text: str, count: int) -> str:
    """Return the words of a list with the number of its projects as it is now; other words stay as they were written."""
    return re.sub(r"下列 \d+ 个项目", f"下列 {count} 个项目", text)


def budget_for(lines: Sequence[tuple[str, str, int]], amount: int) -> list[dict[str, object]]:
    """Fit the grant part of a budget to the award: (category, item, fen) scaled without loss, empty lines left out."""
    wanted = [fen for _category, _item, fen in lines]
    if not lines or sum(wanted) <= 0:
        return [{"category": "B1", "item": "项目经费", "amount": amount}]
    parts = share(amount, wanted)
    return [
        {"category": category, "item": item, "amount": part}
        for (category, item, _fen), part in zip(lines, parts, strict=True)
        if part
    ]
