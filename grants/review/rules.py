"""Scores: what counts, how they become one figure, and how ties are broken. Plain values only.

Source: design domain.md § 0.6, § 0.20 and § 6.5.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from portal.lifecycle import Refused

FEWEST = 3
"""Fewer valid sheets give no result."""

TRIM_FROM = 5
"""From this many sheets on, the highest and the lowest are dropped."""

SPREAD_ALARM = Decimal(25)
SHORT_COMMENT = 20
LONG_COMMENT = 50
MOST_COMMENT = 500
MOST_ON_ONE = 300
"""Characters of the comment on one criterion."""
LOW_TOTAL = Decimal(60)
"""Of 100; of a part of the rubric, such as the financial experts', as much of its own maximum."""
HALF = Decimal("0.5")
CENT = Decimal("0.01")


class NotPoints(Refused):
    """The text is no score for this criterion. field: code of the criterion."""

    def __init__(self, text: str, field: str = ""):
        super().__init__(text)
        self.field = field


def parse_points(text: Any, maximum: int, name: str = "得分") -> Decimal | None:
    """Return the points typed for one criterion, None for nothing typed.

    Half points are allowed. Raises NotPoints for anything else, below 0 or above `maximum`.
    """
    plain = unicodedata.normalize("NFKC", str(text if text is not None else "")).strip()
    if not plain:
        return None
    if not re.fullmatch(r"-?\d{1,4}(\.\d{1,4})?", plain):
        raise NotPoints(f"{name}应为数字，例如 12 或 12.5。")
    points = Decimal(plain)
    if points < 0:
        raise NotPoints(f"{name}不能小于 0 分，请填写 0 到 {maximum} 之间的分数。")
    if points > maximum:
        raise NotPoints(f"{name}满分 {maximum} 分，不能填写 {plain} 分。请填写 0 到 {maximum} 之间的分数。")
    if points % HALF:
        raise NotPoints(f"{name}按 0.5 分一档，请填写整数或 .5，例如 12 或 12.5。")
    return points


def low_total(maximum: int) -> Decimal:
    """Return the total below which a rubric of `maximum` points asks for the long comment: 60 of 100, 9 of 15."""
    return LOW_TOTAL * maximum / 100


def wanted_comment(total: Decimal, maximum: int = 100) -> int:
    """Return how many characters the comment on a dossier with this total of `maximum` needs at least."""
    return LONG_COMMENT if total < low_total(maximum) else SHORT_COMMENT


def gaps(
    points: Mapping[str, Decimal | None], names: Mapping[str, str], comment: str, maximum: int = 100
) -> list[tuple[str, str]]:
    """Return what a sheet still lacks as (code, sentence). names: criterion code -> name, in order.

    maximum: of the criteria this expert judges.
    """
    missing = [name for code, name in names.items() if points.get(code) is None]
    found = [("points", f"还有 {len(missing)} 项没有评分：{'、'.join(missing)}。")] if missing else []
    length = len(comment.strip())
    if missing:
        least = SHORT_COMMENT
    else:
        least = wanted_comment(sum((one for one in points.values() if one is not None), Decimal()), maximum)
    if length < least:
        why = f"总分低于 {low_total(maximum).normalize():f} 分，" if least == LONG_COMMENT else ""
        found.append(("comment", f"{why}总评语至少 {least} 个字，现在 {length} 个字，请补充。"))
    return found


@dataclass(frozen=True)
class Mark:
    """One valid sheet's total; kept: it counts in the mean."""

    total: Decimal
    kept: bool


def trim(totals: Sequence[Decimal], rule: str) -> list[Mark]:
    """Return the totals in ascending order; from five on one highest and one lowest are not kept (TRIMMED)."""
    ordered = sorted(totals)
    drops = rule == "TRIMMED" and len(ordered) >= TRIM_FROM
    last = len(ordered) - 1
    return [Mark(one, not (drops and at in (0, last))) for at, one in enumerate(ordered)]


def mean(values: Sequence[Decimal]) -> Decimal:
    """Return the mean with two places, half up."""
    return (sum(values, Decimal()) / len(values)).quantize(CENT, ROUND_HALF_UP)


def result(totals: Sequence[Decimal], rule: str, finance: Sequence[Decimal] = (), wants_finance: bool = False) -> (
    Decimal | None
):  # fmt: skip
    """Return the score of a dossier, None when there are fewer than three valid sheets.

    totals: of the experts on the common criteria. finance: of the financial experts on criteria that
    only they judge; their plain mean is added. rule: TRIMMED or MEAN.
    """
    if len(totals) < FEWEST or (wants_finance and not finance):
        return None
    kept = [one.total for one in trim(totals, rule) if one.kept]
    return mean(kept) + (mean(finance) if wants_finance else Decimal())


def spread(totals: Sequence[Decimal]) -> Decimal:
    return max(totals) - min(totals) if totals else Decimal()


def is_wide(totals: Sequence[Decimal]) -> bool:
    """Say whether the experts are so far apart that the chair must record a comment."""
    return spread(totals) > SPREAD_ALARM


@dataclass(frozen=True)
class Entry:
    """What ranks one dossier. ab: mean of its points for need and design; unit_cost: fen per service contact."""

    code: str
    score: Decimal | None
    ab: Decimal
    unit_cost: Decimal | None
    lot: str


@dataclass(frozen=True)
class Place:
    """rank: None without a result. tie: how the order against the next one was decided, in words."""

    code: str
    rank: int | None
    tie: str


def _order(entry: Entry) -> tuple:
    score = entry.score if entry.score is not None else Decimal(-1)
    cost = entry.unit_cost if entry.unit_cost is not None else Decimal("Infinity")
    return (-score, -entry.ab, cost, entry.lot)


def rank(entries: Iterable[Entry]) -> list[Place]:
    """Order by score; ties by A + B, then by the lower unit cost, then by the seeded lot."""
    ordered = sorted(entries, key=_order)
    places = []
    for at, one in enumerate(ordered):
        following = ordered[at + 1] if at + 1 < len(ordered) else None
        tie = why(one, following) if following and one.score is not None and following.score == one.score else ""
        places.append(Place(one.code, at + 1 if one.score is not None else None, tie))
    return places


def why(first: Entry, second: Entry) -> str:
    """Say in words why `first` stands before `second` with the same score."""
    head = f"与 {second.code} 同为 {first.score} 分，"
    if first.ab != second.ab:
        return f"{head}按需求与方案得分 {first.ab} 高于 {second.ab} 排定。"
    if first.unit_cost != second.unit_cost:
        return f"{head}需求与方案得分也相同，按人次成本 {cost(first)} 低于 {cost(second)} 排定。"
    return f"{head}需求与方案得分、人次成本也相同，按预先封存的种子抽签排定。"


def cost(entry: Entry) -> str:
    return f"{entry.unit_cost / 100:.2f} 元" if entry.unit_cost is not None else "（未填）"


def lot(seed: str, code: str) -> str:
    """Return the ticket of a dossier: whoever knows the seed can draw it again."""
    return hashlib.sha256(f"{seed}:{code}".encode()).hexdigest()


def shuffled(items: Sequence[Any], seed: str) -> list[Any]:
    """Return `items` in an order that the seed alone decides."""
    order = list(items)
    random.Random(seed).shuffle(order)
    return order


def digest(values: Any) -> str:
    """Return the SHA-256 of `values` in one canonical spelling."""
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def veil(text: str, names: Iterable[str]) -> str:
    """Return `text` with every name of the applicant and its people taken out. Longer names first."""
    for name in sorted({one for one in names if len(one) >= 2}, key=len, reverse=True):
        text = text.replace(name, "（已隐去）")
    return text


NAMING = ("团队", "资质", "等级", "业绩", "单位能力")


def naming(names: Iterable[str]) -> list[str]:
    """Return the criteria that cannot be judged without knowing who applies."""
    return [name for name in names if any(word in name for word in NAMING)]


def combined(paper: Decimal, defence: Decimal, paper_percent: int) -> Decimal:
    """Return the final score with two places, half up. paper_percent: 0..100, the rest is the defence."""
    return ((paper * paper_percent + defence * (100 - paper_percent)) / 100).quantize(CENT, ROUND_HALF_UP)


def cut_words(places: int, scores: Sequence[Decimal | None], ties: Sequence[str]) -> str:
    """Say why the line of the short list stands where it does. scores, ties: in the order of the ranking."""
    count = sum(one is not None for one in scores)
    if count <= places:
        return f"有成绩的 {count} 项，没有超过入围名额 {places} 项，全部入围。"
    last, first_out = scores[places - 1], scores[places]
    if last == first_out:
        return f"入围名额 {places} 项，第 {places} 名{ties[places - 1]}"
    return f"入围名额 {places} 项，第 {places} 名 {last} 分入围，第 {places + 1} 名 {first_out} 分未入围。"


@dataclass(frozen=True)
class Span:
    """One defence in time. people: the leaders who may speak, pk -> name; is_new: about to be arranged."""

    name: str
    room: str
    people: Mapping[int, str]
    starts_at: datetime
    ends_at: datetime
    is_new: bool = True


def clashes(spans: Sequence[Span]) -> list[str]:
    """Return a sentence for each two that cannot both be held; what stands already is not judged again."""
    found = []
    ordered = sorted(spans, key=lambda one: (one.starts_at, one.name))
    for at, one in enumerate(ordered):
        for other in ordered[at + 1 :]:
            if other.starts_at >= one.ends_at:
                break
            if not (one.is_new or other.is_new):
                continue
            if one.room == other.room:
                found.append(f"“{one.name}”和“{other.name}”都在{one.room}，时间重叠，请改时间或地点。")
            if shared := [name for pk, name in one.people.items() if pk in other.people]:
                found.append(f"“{one.name}”和“{other.name}”的负责人都是{shared[0]}，时间重叠，请错开。")
    return found
