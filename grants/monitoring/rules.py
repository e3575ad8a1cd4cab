"""Evaluation tables and grades, marks of an activity, progress. Source: domain.md § 4.4, § 6.3, § 6.4."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from portal.lifecycle import Reason
from portal.words import say as _
from portal.words import word

PASS, GOOD, EXCELLENT = Decimal(60), Decimal(75), Decimal(85)
CRITICAL_CAP = Decimal(59)
"""A critical audit finding caps the final total at this."""

BONUS_MAX, DEDUCTION_MAX = Decimal(5), Decimal(10)
LATE_AFTER_DAYS = 7
PHOTOS_LEAST = 2
ATTEMPTS = 2
"""A failed evaluation is repeated once."""

GRADES = {"EXCELLENT": word("优秀"), "GOOD": word("良好"), "PASS": word("合格"), "FAIL": word("不合格")}


@dataclass(frozen=True)
class Item:
    """One row of an evaluation sheet. max_points: highest points it can earn."""

    code: str
    dimension: str
    name: str
    max_points: Decimal


def _table(*rows: tuple[str, str, str, int]) -> tuple[Item, ...]:
    return tuple(Item(code, dimension, name, Decimal(points)) for code, dimension, name, points in rows)


MIDTERM = _table(
    ("activities", word("项目实施"), word("活动按计划开展"), 15),
    ("contacts", word("项目实施"), word("服务人次与计划相符"), 10),
    ("records", word("项目实施"), word("记录完整、及时"), 10),
    ("team", word("人力物资"), word("项目团队到位"), 8),
    ("volunteers", word("人力物资"), word("志愿者和合作方"), 7),
    ("books", word("财务管理"), word("专账核算"), 5),
    ("vouchers", word("财务管理"), word("凭证合规"), 10),
    ("rate", word("财务管理"), word("已认定支出占已到账资金的比例（实施期过半时以40%至60%为宜）"), 5),
    ("changes", word("财务管理"), word("变更手续"), 5),
    ("effect", word("项目成效"), word("阶段成效"), 10),
    ("satisfaction", word("项目成效"), word("满意度（不低于85%）"), 10),
    ("communication", word("项目成效"), word("宣传沟通"), 5),
)
FINAL = _table(
    ("targets", word("目标完成"), word("各项指标完成（单项至多按120%计）"), 30),
    ("effect", word("成效与改变"), word("对服务对象的成效和改变"), 20),
    ("satisfaction", word("满意度"), word("满意度"), 15),
    ("finance", word("财务合规"), word("财务合规（以审计为依据）"), 20),
    ("files", word("专业与台账"), word("专业质量、台账完整"), 10),
    ("sustainability", word("可持续"), word("可持续、可推广"), 5),
)
TABLES: Mapping[str, tuple[Item, ...]] = {"MIDTERM": MIDTERM, "FINAL": FINAL}


def plain(points: Decimal) -> str:
    """Return 8 for 8.0 and 7.5 for 7.50."""
    return f"{points.normalize():f}"


@dataclass(frozen=True)
class Sums:
    """The last row of a sheet. points: None before the first item is scored."""

    points: Decimal | None
    most: Decimal


def sums(scores: Sequence[Any]) -> Sums:
    """scores: each with points (None while blank) and max_points. Bonus and deduction come after this sum."""
    given = [one.points for one in scores if one.points is not None]
    return Sums(sum(given, Decimal(0)) if given else None, sum((one.max_points for one in scores), Decimal(0)))


def points_reasons(item: Item, points: Decimal | None) -> list[Reason]:
    """X14: blank, negative, above the maximum."""
    if points is None:
        return [
            Reason(
                f"blank.{item.code}",
                _("“%(name)s”还没有打分，请填写0至%(most)s分。")
                % {"name": item.name, "most": plain(item.max_points)},
            )
        ]
    if not Decimal(0) <= points <= item.max_points:
        return [
            Reason(
                f"range.{item.code}",
                _("“%(name)s”应为0至%(most)s分，现为%(points)s分。")
                % {"name": item.name, "most": plain(item.max_points), "points": plain(points)},
            )
        ]
    return []


def sheet_reasons(
    items: Sequence[Item], points: Mapping[str, Decimal | None], bonus: Decimal, deduction: Decimal, opinion: str
) -> list[Reason]:
    """Return everything that keeps an evaluation sheet from being final."""
    reasons = [reason for item in items for reason in points_reasons(item, points.get(item.code))]
    if not Decimal(0) <= bonus <= BONUS_MAX:
        reasons.append(Reason("bonus", _("加分应为0至%(most)s分。") % {"most": f"{BONUS_MAX:f}"}))
    if not Decimal(0) <= deduction <= DEDUCTION_MAX:
        reasons.append(Reason("deduction", _("扣分应为0至%(most)s分。") % {"most": f"{DEDUCTION_MAX:f}"}))
    if not reasons and (low := total(points.values(), bonus, deduction, has_critical=False)) < PASS:
        needed = 50
    else:
        low, needed = PASS, 20
    if len(opinion.strip()) < needed:
        because = _("总分不足60分时，") if low < PASS else ""
        reasons.append(
            Reason(
                "opinion",
                _("%(because)s评估意见至少%(least)s字，现为%(now)s字。")
                % {"because": because, "least": needed, "now": len(opinion.strip())},
            )
        )
    return reasons


def total(points: Iterable[Decimal | None], bonus: Decimal, deduction: Decimal, *, has_critical: bool) -> Decimal:
    """Return the sum of points plus bonus minus deduction, two places, never under 0.

    has_critical: the project has a critical audit finding; the total is then at most 59.
    """
    raw = sum((one for one in points if one is not None), Decimal(0)) + bonus - deduction
    capped = min(raw, CRITICAL_CAP) if has_critical else raw
    return max(capped, Decimal(0)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def grade(score: Decimal) -> str:
    """Return EXCELLENT, GOOD, PASS or FAIL."""
    if score >= EXCELLENT:
        return "EXCELLENT"
    if score >= GOOD:
        return "GOOD"
    return "PASS" if score >= PASS else "FAIL"


def activity_reasons(held_on: date, starts_on: date, today: date) -> list[Reason]:
    if held_on > today:
        return [
            Reason(
                "future",
                _("活动日期 %(held_on)s 晚于今天，请在活动结束后记录。") % {"held_on": f"{held_on:%Y-%m-%d}"},
            )
        ]
    if held_on < starts_on:
        return [
            Reason(
                "before_start",
                _("活动日期 %(held_on)s 早于项目开始日期 %(starts_on)s，请核对。")
                % {"held_on": f"{held_on:%Y-%m-%d}", "starts_on": f"{starts_on:%Y-%m-%d}"},
            )
        ]
    return []


def activity_marks(
    *,
    held_on: date,
    recorded_on: date,
    photos: int,
    has_sheet: bool,
    persons: int,
    capacity: int | None,
    repeated_photos: int,
) -> list[str]:
    """Return the codes of what an auditor should look at. A mark refuses nothing."""  # fmt: skip
    marks = {
        "late": recorded_on > held_on + timedelta(days=LATE_AFTER_DAYS),
        "few_photos": photos < PHOTOS_LEAST,
        "no_sheet": not has_sheet,
        "crowded": capacity is not None and persons > capacity,
        "repeated_photo": repeated_photos > 0,
    }
    return [code for code, applies in marks.items() if applies]


MARKS = {
    "late": word("活动后超过7天记录"),
    "few_photos": word("照片少于2张"),
    "no_sheet": word("没有签到表"),
    "crowded": word("人数超过场地容量"),
    "repeated_photo": word("照片在别处用过"),
}


def percent(done: int, planned: int) -> int:
    """Return done / planned in whole percent, rounded down; 0 where nothing was planned."""
    return done * 100 // planned if planned else 0


def midterm_due(starts_on: date, ends_on: date) -> date:
    """Return the last day for the midterm report: half of the period."""
    return starts_on + (ends_on - starts_on) / 2


def final_due(ends_on: date) -> date:
    """Return the last day for the final report: one month after the end."""
    month, year = (ends_on.month % 12) + 1, ends_on.year + ends_on.month // 12
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month, min(ends_on.day, last))
