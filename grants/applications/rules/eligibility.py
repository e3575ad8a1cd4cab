"""Screening codes of domain.md § 4.3 and what a computed check says."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from portal.words import say as _
from portal.words import word

CODES = {
    "E01": word("申报主体类型不符合"),
    "E02": word("不在本区域"),
    "E03": word("统一社会信用代码无效或与名称不符"),
    "E04": word("年检或年报未通过、未提供"),
    "E05": word("列入活动异常名录未满一年"),
    "E06": word("列入严重违法失信名单未满两年"),
    "E07": word("三年内有重大违法记录"),
    "E08": word("超出章程业务范围"),
    "E09": word("实施期不符合要求"),
    "E10": word("申请金额超过上限"),
    "E11": word("自筹比例不足"),
    "E12": word("预算不符合规则"),
    "E13": word("同一费用有其他政府资金"),
    "E14": word("与以往或其他项目重复"),
    "E15": word("缺少必交附件"),
    "E16": word("超过每单位申报数"),
    "E17": word("以往项目未通过、逾期或结余未退"),
    "E18": word("含负面清单内容"),
    "E19": word("服务对象与类别不符"),
    "E20": word("超过截止时间提交"),
}


MENDED_IN = {
    "E02": "overview", "E09": "overview", "E10": "budget", "E11": "budget", "E12": "budget", "E15": "attachments",
    "E19": "overview",
}  # fmt: skip
"""Rule of eligibility -> the section where a breach is mended."""


class Verdict:
    """What the portal could find out."""

    MET = "met"
    NOT_MET = "not_met"
    CONFIRM = "confirm"


@dataclass(frozen=True)
class Check:
    """One rule of the round against one application.

    text: the rule; clause: the words of the notice it rests on; evidence: the data used, or what a
    person has to look at.
    """

    code: str
    text: str
    verdict: str
    evidence: str
    clause: str = ""

    @property
    def word(self) -> str:
        return {Verdict.MET: _("符合"), Verdict.NOT_MET: _("不符合"), Verdict.CONFIRM: _("待确认")}[self.verdict]

    @property
    def tone(self) -> str:
        return {Verdict.MET: "success", Verdict.NOT_MET: "danger", Verdict.CONFIRM: "neutral"}[self.verdict]


def months_later(day: date, months: int) -> date:
    """Return the same day some months later, or the last day of a shorter month."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def lasts_months(starts_on: date, ends_on: date, least: int, most: int) -> bool:
    """Say whether a period, both days included, lasts `least` to `most` whole months.

    2026-04-01 … 2026-09-30 is 6 months; one day less is not.
    """
    after = ends_on + timedelta(days=1)
    return months_later(starts_on, least) <= after <= months_later(starts_on, most)
