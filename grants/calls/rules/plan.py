"""Budget categories, and what a round must satisfy before it is published. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.money import yuan
from portal.words import say as _
from portal.words import word

BUDGET_CATEGORIES = {
    "B1": word("活动经费"),
    "B2": word("宣传费"),
    "B3": word("专家培训"),
    "B4": word("人员补贴"),
    "B5": word("志愿者补贴"),
    "B6": word("管理费"),
    "B7": word("税费"),
    "B8": word("评估审计费"),
    "B9": word("低值易耗"),
}
"""domain.md § 5.5; whoever shows one translates it."""

MINIMUM_WINDOW = timedelta(days=15)

FEWEST = 3
"""Fewer valid sheets give no result."""

TRIM_FROM = 5
"""From this many sheets of a dossier on, the highest and the lowest total are dropped: domain.md § 6.5."""


@dataclass(frozen=True)
class Share:
    """One category against its cap. amount, base, over: fen; cap: 1/10,000 of the base."""

    category: str
    amount: int
    base: int
    cap: int

    @property
    def is_over(self) -> bool:
        """30.00 % passes, 30.01 % does not: integers only, no rounding on the way."""
        return self.amount * 10_000 > self.base * self.cap

    @property
    def allowed(self) -> int:
        return self.base * self.cap // 10_000

    @property
    def over(self) -> int:
        return max(self.amount - self.allowed, 0)

    @property
    def permyriad(self) -> int:
        """Return the share for people, in 1/10,000, rounded half up but never down to the cap."""
        if not self.base:
            return 0
        rounded = (self.amount * 20_000 + self.base) // (2 * self.base)
        return max(rounded, self.cap + 1) if self.is_over else min(rounded, self.cap)

    def __str__(self) -> str:
        """One decimal as on every screen; two where one would put the share on the other side of its cap."""
        tenths = (self.permyriad + 5) // 10
        if (tenths * 10 > self.cap) != self.is_over:
            return percent(self.permyriad)
        return f"{tenths // 10}.{tenths % 10}%"


def percent(permyriad: int) -> str:
    """Write a share as people write it: 3000 as "30%", 1250 as "12.5%", 3001 as "30.01%"."""
    return f"{permyriad / 100:g}%"


@dataclass(frozen=True)
class Plan:
    """What `plan_faults` looks at. Times are aware; points and percents are whole numbers."""

    opens_at: datetime | None
    closes_at: datetime | None
    ceiling: int
    criteria: Sequence[tuple[str, int]]
    """(stage, max_points)"""
    tranches: Sequence[int]
    envelopes: Sequence[tuple[str, int, int]]
    """(source and year, planned, allocated); fen"""
    has_review: bool = True


def plan_faults(plan: Plan) -> list[tuple[str, str]]:
    """Return every fault as (code, sentence)."""
    rubric = rubric_faults(plan.criteria) if plan.has_review else []
    return [*window_faults(plan.opens_at, plan.closes_at), *rubric, *money_faults(plan)]


def window_faults(opens_at: datetime | None, closes_at: datetime | None) -> Iterable[tuple[str, str]]:
    if not opens_at or not closes_at:
        yield "window", _("申报起止时间没有填全，请补上开始和截止时间。")
    elif closes_at <= opens_at:
        yield "window", _("截止时间早于开始时间，请调整。")
    elif closes_at - opens_at < MINIMUM_WINDOW:
        yield (
            "window",
            _("申报期只有 %(days)s 天，不得少于 15 天，请推迟截止时间。") % {"days": (closes_at - opens_at).days},
        )


def rubric_faults(criteria: Sequence[tuple[str, int]]) -> Iterable[tuple[str, str]]:
    """Every stage that has criteria, and the paper review in any case, totals 100."""
    names = {"PAPER": _("初评"), "DEFENCE": _("答辩"), "MIDTERM": _("中期评估"), "FINAL": _("末期评估")}
    for stage in dict.fromkeys(["PAPER", *(stage for stage, _points in criteria)]):
        total = sum(points for one, points in criteria if one == stage)
        if total != 100:
            yield (
                "rubric",
                _("%(stage)s评分表合计 %(total)s 分，应为 100 分，请调整各项分值。")
                % {"stage": names.get(stage, stage), "total": total},
            )


def money_faults(plan: Plan) -> Iterable[tuple[str, str]]:
    if sum(plan.tranches) != 100:
        yield "tranches", _("拨付比例合计 %(count)s%%，应为 100%%，请调整各期比例。") % {"count": sum(plan.tranches)}
    if plan.ceiling <= 0:
        yield "ceiling", _("每项最高资助额没有填写，请填写大于 0 的金额。")
    total = sum(planned for _name, planned, _allocated in plan.envelopes)
    if 0 < total < plan.ceiling:
        yield (
            "ceiling",
            _("每项最高资助额 %(ceiling)s 元，超过资金总额 %(total)s 元，请调低最高资助额或增加资金。")
            % {"ceiling": yuan(plan.ceiling), "total": yuan(total)},
        )
    if not plan.envelopes:
        yield "envelopes", _("还没有安排资金来源，请至少安排一项。")
    for name, planned, allocated in plan.envelopes:
        if planned != allocated:
            yield (
                "envelopes",
                _("%(name)s计划安排 %(planned)s 元，已下达 %(allocated)s 元，请先完成资金下达。")
                % {"name": name, "planned": yuan(planned), "allocated": yuan(allocated)},
            )


NAMING = ("团队", "资质", "等级", "业绩", "单位能力")


def naming(names: Iterable[str]) -> list[str]:
    """Return the criteria that cannot be judged without knowing who applies."""
    return [name for name in names if any(word in name for word in NAMING)]


def naming_faults(names: Iterable[str]) -> Iterable[tuple[str, str]]:
    """names: of the paper review, which is blind. Source: domain.md § 0.6."""
    if named := naming(names):
        yield (
            "blind",
            _("初评不显示申报单位，无法评价：%(names)s。请把这些评分项改成看方案就能评的内容，或移到答辩。")
            % {"names": "、".join(named)},
        )


def is_within(moment: datetime, opens_at: datetime | None, closes_at: datetime | None) -> bool:
    """Say whether a submission that arrived at `moment` is in time: 17:00:00 is, 17:00:01 is not."""
    if not opens_at or not closes_at:
        return False
    return opens_at <= moment and moment.replace(microsecond=0) <= closes_at
