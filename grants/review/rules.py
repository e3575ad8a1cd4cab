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

from grants.calls.rules import FEWEST, TRIM_FROM
from portal.lifecycle import Refused
from portal.words import say as _

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


def parse_points(text: Any, maximum: int, name: str = "") -> Decimal | None:
    """Return the points typed for one criterion, None for nothing typed.

    Half points are allowed. Raises NotPoints for anything else, below 0 or above `maximum`.
    """
    plain = unicodedata.normalize("NFKC", str(text if text is not None else "")).strip()
    name = name or _("得分")
    if not plain:
        return None
    if not re.fullmatch(r"-?\d{1,4}(\.\d{1,4})?", plain):
        raise NotPoints(_("%(name)s应为数字，例如 12 或 12.5。") % {"name": name})
    points = Decimal(plain)
    if points < 0:
        raise NotPoints(
            _("%(name)s不能小于 0 分，请填写 0 到 %(maximum)s 之间的分数。") % {"name": name, "maximum": maximum}
        )
    if points > maximum:
        raise NotPoints(
            _("%(name)s满分 %(maximum)s 分，不能填写 %(plain)s 分。请填写 0 到 %(maximum)s 之间的分数。")
            % {"name": name, "maximum": maximum, "plain": plain}
        )
    if points % HALF:
        raise NotPoints(_("%(name)s按 0.5 分一档，请填写整数或 .5，例如 12 或 12.5。") % {"name": name})
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
    found = (
        [
            (
                "points",
                _("还有 %(count)s 项没有评分：%(names)s。") % {"count": len(missing), "names": "、".join(missing)},
            )
        ]
        if missing
        else []
    )
    length = len(comment.strip())
    if missing:
        least = SHORT_COMMENT
    else:
        least = wanted_comment(sum((one for one in points.values() if one is not None), Decimal()), maximum)
    if length < least:
        why = (
            _("总分低于 %(low)s 分，") % {"low": f"{low_total(maximum).normalize():f}"}
            if least == LONG_COMMENT
            else ""
        )
        found.append(
            (
                "comment",
                _("%(why)s总评语至少 %(least)s 个字，现在 %(length)s 个字，请补充。")
                % {"why": why, "least": least, "length": length},
            )
        )
    return found


@dataclass(frozen=True)
class Mark:
    """One valid sheet's total; kept: it counts in the mean."""

    total: Decimal
    kept: bool


def trim(totals: Sequence[Decimal], rule: str, finance: int = 0) -> list[Mark]:
    """Return the totals in ascending order; one highest and one lowest are not kept (TRIMMED).

    finance: number of sheets of financial experts beside these; all together count towards the five.
    """
    ordered = sorted(totals)
    # Two must remain: one sheet alone never decides.
    drops = rule == "TRIMMED" and len(ordered) + finance >= TRIM_FROM and len(ordered) > FEWEST
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
    kept = [one.total for one in trim(totals, rule, len(finance)) if one.kept]
    return mean(kept) + (mean(finance) if wants_finance else Decimal())


def formula(kept: Sequence[str], finance: Sequence[str], score: str) -> str:
    """Write how a score is made, so that it can be computed again: （68.0 + 70.0）÷ 2 + 12.0 = 81.00."""

    def part(values: Sequence[str]) -> str:
        return values[0] if len(values) == 1 else f"（{' + '.join(values)}）÷ {len(values)}"

    return f"{' + '.join(part(values) for values in (kept, finance) if values)} = {score}"


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
    head = _("与 %(code)s 同为 %(score)s 分，") % {"code": second.code, "score": first.score}
    if first.ab != second.ab:
        return _("%(head)s按需求与方案得分 %(ab)s 高于 %(ab_2)s 排定。") % {
            "head": head,
            "ab": first.ab,
            "ab_2": second.ab,
        }
    if first.unit_cost != second.unit_cost:
        return _("%(head)s需求与方案得分也相同，按人次成本 %(first)s低于 %(second)s排定。") % {
            "head": head,
            "first": cost(first),
            "second": cost(second),
        }
    return _("%(head)s需求与方案得分、人次成本也相同，按预先封存的种子抽签排定。") % {"head": head}


def cost(entry: Entry) -> str:
    return (
        _("%(unit_cost)s 元") % {"unit_cost": f"{entry.unit_cost / 100:.2f}"}
        if entry.unit_cost is not None
        else _("（未填）")
    )


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
        text = text.replace(name, _("（已隐去）"))
    return text


def combined(paper: Decimal, defence: Decimal, paper_percent: int) -> Decimal:
    """Return the final score with two places, half up. paper_percent: 0..100, the rest is the defence."""
    return ((paper * paper_percent + defence * (100 - paper_percent)) / 100).quantize(CENT, ROUND_HALF_UP)


def cut_words(places: int, scores: Sequence[Decimal | None], ties: Sequence[str]) -> str:
    """Say why the line of the short list stands where it does. scores, ties: in the order of the ranking."""
    count = sum(one is not None for one in scores)
    if count <= places:
        return _("有成绩的 %(count)s 项，没有超过入围名额 %(places)s 项，全部入围。") % {
            "count": count,
            "places": places,
        }
    last, first_out = scores[places - 1], scores[places]
    if last == first_out:
        return _("入围名额 %(places)s 项，第 %(places)s 名%(ties)s") % {"places": places, "ties": ties[places - 1]}
    return _(
        "入围名额 %(places)s 项，第 %(places)s 名 %(last)s 分入围，第 %(places_2)s 名 %(first_out)s 分未入围。"
    ) % {"places": places, "last": last, "places_2": places + 1, "first_out": first_out}


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
                found.append(
                    _("“%(name)s”和“%(name_2)s”都在%(room)s，时间重叠，请改时间或地点。")
                    % {"name": one.name, "name_2": other.name, "room": one.room}
                )
            if shared := [name for pk, name in one.people.items() if pk in other.people]:
                found.append(
                    _("“%(name)s”和“%(name_2)s”的负责人都是%(shared)s，时间重叠，请错开。")
                    % {"name": one.name, "name_2": other.name, "shared": shared[0]}
                )
    return found
