"""Plain arithmetic of payments. No Django."""

from __future__ import annotations

from datetime import date

SPENT_PERCENT = 70
"""Accepted spending of the last tranche before the next one (domain.md § 0.20)."""

LEADER_ABOVE = ((date(2020, 1, 1), 5_000_000),)
"""Dated: from that day on, a payment above so many fen needs a leader besides bureau finance."""

COLUMNS = ("流水号", "日期", "方向", "金额", "对方账号", "对方户名", "摘要", "结果", "说明")
"""The columns of a bank statement or result file that we read."""

BATCH_COLUMNS = ("序号", "附言", "户名", "账号", "开户行", "联行号", "金额")


def leader_above(on: date) -> int:
    """Return the amount (fen) above which a leader approves too, as in force on `on`."""
    return max((row for row in LEADER_ABOVE if row[0] <= on), default=LEADER_ABOVE[0])[1]


def is_spent_enough(spent: int, received: int) -> bool:
    return spent * 100 >= received * SPENT_PERCENT


def percent(part: int, whole: int) -> str:
    """Return "69.9" for display, cut and never rounded up: 69.99 % is not yet 70 %."""
    permille = part * 1000 // whole if whole else 0
    return f"{permille // 10}.{permille % 10}"


LINE_DAYS = 3
"""Working days to find out what a bank line is that fits nothing of ours."""
