"""What an expenditure must look like: invoice numbers, forbidden items, the line's limit."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from portal.lifecycle import Reason
from portal.words import say as _
from portal.words import word

TOLERANCE_PERCENT = 10
"""A line may run over by this much without approval; it is recorded (domain.md § 0.20)."""

CASH_LIMIT = 1_000_00
"""Fen. Cash above it must be explained (domain.md § 4.4, F12)."""

FORBIDDEN = {
    word("固定资产"): (
        "固定资产",
        "电脑",
        "笔记本电脑",
        "打印机",
        "空调",
        "电视机",
        "冰箱",
        "汽车",
        "车辆购置",
        "家具",
    ),
    word("基建和日常房租"): ("基建", "基础设施", "装修工程", "房租", "租金（日常）", "办公用房租金"),
    word("招待和旅游"): ("招待", "宴请", "酒水", "旅游", "景区门票", "茅台"),
    word("礼品和现金慰问"): ("礼品", "礼金", "购物卡", "慰问金", "慰问品", "现金慰问", "红包"),
}
"""Group -> words of an item that the grant never pays (domain.md § 5.5: hard block)."""

INVOICE = re.compile(r"[0-9A-Z]{6,30}")


def normalise_invoice(text: str) -> str:
    """Return an invoice number without width, case, blank and hyphen differences."""
    return re.sub(r"[\s\-_‐-―]", "", unicodedata.normalize("NFKC", text)).upper()


def invoice_reasons(number: str) -> list[Reason]:
    """number: already normalised."""
    if INVOICE.fullmatch(number):
        return []
    return [Reason("invoice_number", _("发票（收据）号码应为6至30位数字或字母，请照票面填写，不要带空格和符号。"))]


def forbidden_group(item: str) -> str:
    """Return the name of the forbidden group that `item` falls into, or ''."""
    plain = unicodedata.normalize("NFKC", item)
    for group, words in FORBIDDEN.items():
        if any(unicodedata.normalize("NFKC", word) in plain for word in words):
            return group
    return ""


def item_reasons(item: str) -> list[Reason]:
    if group := forbidden_group(item):
        return [
            Reason(
                "forbidden",
                _("“%(item)s”属于%(group)s，资助资金不能列支。请改由单位自有资金承担，不要登记在本项目。")
                % {"item": item, "group": _(group)},
            )
        ]
    return []


def date_reasons(invoice_date: date, starts_on: date, today: date) -> list[Reason]:
    """The invoice must lie between the agreement's start and today."""
    if invoice_date < starts_on:
        return [
            Reason(
                "before_start",
                _("开票日期 %(invoice_date)s 早于协议开始日期 %(starts_on)s，这笔支出不属于本项目。请核对票面日期。")
                % {"invoice_date": f"{invoice_date:%Y-%m-%d}", "starts_on": f"{starts_on:%Y-%m-%d}"},
            )
        ]
    if invoice_date > today:
        return [
            Reason(
                "future",
                _("开票日期 %(invoice_date)s 晚于今天，请核对票面日期。")
                % {"invoice_date": f"{invoice_date:%Y-%m-%d}"},
            )
        ]
    return []


def line_limit(approved: int) -> int:
    """Return the fen that a budget line may reach with the tolerance."""
    return approved + approved * TOLERANCE_PERCENT // 100


def cash_to_explain(amount: int, is_cash: bool) -> bool:
    return is_cash and amount > CASH_LIMIT
