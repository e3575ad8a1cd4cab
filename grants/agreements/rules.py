"""Plain arithmetic and vocabulary of agreements. No Django."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.words import word

AGREEMENT, MIDTERM, FINAL_REPORT, EVALUATION, AUDIT = "agreement", "midterm", "final_report", "evaluation", "audit"

MILESTONES = {
    AGREEMENT: word("协议签署"),
    MIDTERM: word("中期评估通过"),
    FINAL_REPORT: word("末期报告通过"),
    EVALUATION: word("末期评估通过"),
    AUDIT: word("专项审计完成"),
}
"""Codes of the marks that others set through `commands.meet_milestone`, with their names."""

NOT_MET = {
    AGREEMENT: word("协议还没有签署"),
    MIDTERM: word("中期报告还没有通过"),
    FINAL_REPORT: word("末期报告还没有提交"),
    EVALUATION: word("末期评估还没有通过"),
    AUDIT: word("专项审计还没有完成"),
}
"""What to say while a milestone is open."""

TRANCHE_MILESTONES = {"agreement": AGREEMENT, "midterm": MIDTERM, "final": EVALUATION}
"""The word of a round's tranche rule -> the milestone that frees the tranche."""

BEFORE_CLOSING = (FINAL_REPORT, EVALUATION, AUDIT)

OPEN_ACCOUNTS = {
    "reserved": word("拟立项占用"),
    "committed": word("已立项未拨"),
    "payable": word("已审核待拨"),
    "appropriated": word("财政已拨在途"),
    "held": word("项目单位持有"),
    "recoverable": word("应追回"),
}
"""Accounts of an award that must be empty before its project closes (ledger.md § 2)."""

UNDER_WAY = {kind: OPEN_ACCOUNTS[kind] for kind in ("payable", "appropriated")}
"""Accounts that say that money is on its way to the payee."""

HEARING_DAYS = 3
"""Working days in which an organization is heard before its project is ended."""

RECORD_ONLY_PERMYRIAD = 1000
"""A shift between categories of up to 10 % of the whole is only put on record (domain.md § 0.20)."""


@dataclass(frozen=True)
class Line:
    """One budget line: category code, name of the item, fen."""

    category: str
    item: str
    amount: int


def scaled(lines: Sequence[Line], total: int) -> list[Line]:
    """Scale `lines` to `total` fen without loss: whole yuan each, the largest line takes the rest.

    A line that shrinks to nothing is dropped. No lines at all: one line for everything.
    """
    asked = sum(line.amount for line in lines)
    if asked <= 0:
        return [Line("B9", "项目经费", total)]
    if asked == total:
        return [line for line in lines if line.amount > 0]
    amounts = [line.amount * total // asked // 100 * 100 for line in lines]
    largest = max(range(len(lines)), key=lambda at: lines[at].amount)
    amounts[largest] += total - sum(amounts)
    return [Line(line.category, line.item, amount) for line, amount in zip(lines, amounts, strict=True) if amount > 0]


def shifted(before: Mapping[str, int], after: Mapping[str, int]) -> int:
    """Return the fen that move between categories: half of all differences."""
    codes = set(before) | set(after)
    return sum(abs(after.get(code, 0) - before.get(code, 0)) for code in codes) // 2


def needs_approval(before: Mapping[str, int], after: Mapping[str, int]) -> bool:
    """Say whether the shift is over 10 % of the total, or opens a new category."""
    total = sum(before.values())
    opens = any(fen and not before.get(code) for code, fen in after.items())
    return opens or shifted(before, after) * 10_000 > total * RECORD_ONLY_PERMYRIAD


@dataclass(frozen=True)
class Clause:
    title: str
    paragraphs: tuple[str, ...]


CLAUSES = (
    Clause(
        "各方职责",
        (
            "甲方按本协议约定拨付资助资金，对项目实施和资金使用进行指导、检查和评估。",
            "实施单位按申报书和本协议组织实施，不得转让给第三方；与计划有出入的，提前一周报告。",
        ),
    ),
    Clause(
        "资金使用",
        (
            "资助资金专账核算、专款专用，不得用于固定资产、基建、日常房租、招待、旅游、礼品和现金慰问。",
            "类别之间调整不超过总额百分之十的，登记备案；超过的、新增类别的，事先报甲方批准。",
            "上一期资金认定支出达到百分之七十，或者说明得到认可后，方可申请下一期。",
        ),
    ),
    Clause(
        "报告与评估",
        (
            "实施单位按期提交中期报告和末期报告，接受中期评估、末期评估和专项审计。",
            "迟交或者不交材料的，按评估未通过处理。",
        ),
    ),
    Clause(
        "个人信息与安全",
        (
            "收集、使用服务对象个人信息，应当取得同意并限于项目所需；涉及未成年人的，应当取得监护人同意。",
            "活动应当落实安全措施，为志愿者和参加者办理必要的保险。",
        ),
    ),
    Clause(
        "变更、终止与退款",
        (
            "因不可抗力不能履行的，各方及时书面告知，协商变更或者终止。",
            "项目结束或者终止后，结余资金和不予认定的支出，按甲方通知的期限原渠道退回。",
            "弄虚作假、挪用资金的，甲方有权停止拨付、追回资金，三年内不再受理申报。",
        ),
    ),
    Clause("争议与生效", ("争议由各方协商解决；协商不成的，向甲方所在地人民法院起诉。本协议自各方签署之日起生效。",)),
)
"""The standing clauses (domain.md § 7.6). A copy is frozen into each agreement when it is drafted."""
