"""Evaluation tables and grades, marks of an activity, progress. Source: domain.md § 4.4, § 6.3, § 6.4."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from portal.lifecycle import Reason

PASS, GOOD, EXCELLENT = Decimal(60), Decimal(75), Decimal(85)
CRITICAL_CAP = Decimal(59)
"""A critical audit finding caps the final total at this."""

BONUS_MAX, DEDUCTION_MAX = Decimal(5), Decimal(10)
LATE_AFTER_DAYS = 7
PHOTOS_LEAST = 2
ATTEMPTS = 2
"""A failed evaluation is repeated once."""

GRADES = {"EXCELLENT": "优秀", "GOOD": "良好", "PASS": "合格", "FAIL": "不合格"}


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
    ("activities", "项目实施", "活动按计划开展", 15),
    ("contacts", "项目实施", "服务人次与计划相符", 10),
    ("records", "项目实施", "记录完整、及时", 10),
    ("team", "人力物资", "项目团队到位", 8),
    ("volunteers", "人力物资", "志愿者和合作方", 7),
    ("books", "财务管理", "专账核算", 5),
    ("vouchers", "财务管理", "凭证合规", 10),
    ("rate", "财务管理", "执行率（过半时40%至60%）", 5),
    ("changes", "财务管理", "变更手续", 5),
    ("effect", "项目成效", "阶段成效", 10),
    ("satisfaction", "项目成效", "满意度（不低于85%）", 10),
    ("communication", "项目成效", "宣传沟通", 5),
)
FINAL = _table(
    ("targets", "目标完成", "各项指标完成（单项至多按120%计）", 30),
    ("effect", "成效与改变", "对服务对象的成效和改变", 20),
    ("satisfaction", "满意度", "满意度", 15),
    ("finance", "财务合规", "财务合规（以审计为依据）", 20),
    ("files", "专业与台账", "专业质量、台账完整", 10),
    ("sustainability", "可持续", "可持续、可推广", 5),
)
TABLES: Mapping[str, tuple[Item, ...]] = {"MIDTERM": MIDTERM, "FINAL": FINAL}


def plain(points: Decimal) -> str:
    """Return 8 for 8.0 and 7.5 for 7.50."""
    return f"{points.normalize():f}"


def points_reasons(item: Item, points: Decimal | None) -> list[Reason]:
    """X14: blank, negative, above the maximum."""
    if points is None:
        return [Reason(f"blank.{item.code}", f"“{item.name}”还没有打分，请填写0至{plain(item.max_points)}分。")]
    if not Decimal(0) <= points <= item.max_points:
        return [
            Reason(f"range.{item.code}", f"“{item.name}”应为0至{plain(item.max_points)}分，现为{plain(points)}分。")
        ]
    return []


def sheet_reasons(
    items: Sequence[Item], points: Mapping[str, Decimal | None], bonus: Decimal, deduction: Decimal, opinion: str
) -> list[Reason]:
    """Return everything that keeps an evaluation sheet from being final."""
    reasons = [reason for item in items for reason in points_reasons(item, points.get(item.code))]
    if not Decimal(0) <= bonus <= BONUS_MAX:
        reasons.append(Reason("bonus", f"加分应为0至{BONUS_MAX:f}分。"))
    if not Decimal(0) <= deduction <= DEDUCTION_MAX:
        reasons.append(Reason("deduction", f"扣分应为0至{DEDUCTION_MAX:f}分。"))
    if not reasons and (low := total(points.values(), bonus, deduction, has_critical=False)) < PASS:
        needed = 50
    else:
        low, needed = PASS, 20
    if len(opinion.strip()) < needed:
        because = "总分不足60分时，" if low < PASS else ""
        reasons.append(Reason("opinion", f"{because}评估意见至少{needed}字，现为{len(opinion.strip())}字。"))
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
        return [Reason("future", f"活动日期 {held_on:%Y-%m-%d} 晚于今天，请在活动结束后记录。")]
    if held_on < starts_on:
        return [
            Reason("before_start", f"活动日期 {held_on:%Y-%m-%d} 早于项目开始日期 {starts_on:%Y-%m-%d}，请核对。")
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
    "late": "活动后超过7天记录",
    "few_photos": "照片少于2张",
    "no_sheet": "没有签到表",
    "crowded": "人数超过场地容量",
    "repeated_photo": "照片在别处用过",
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
