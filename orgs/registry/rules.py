"""Pure rules of the registry."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.identifiers import comparable_name
from portal.words import word

COOL_DOWN = timedelta(hours=72)  # domain.md § 0.20
ACCOUNT_DAYS = 3
"""Working days to verify a bank account that was entered."""

CLAIM_DAYS = 5
FILING_YEARS = 3

# Heading of the imported table -> field. Source: domain.md § 5.1.
COLUMNS = {
    "名称": "name",
    "类型": "kind",
    "统一社会信用代码": "uscc",
    "区划代码": "region",
    "归类": "support_class",
    "评估等级": "grade",
    "服务领域": "service_field",
    "成立日期": "founded_on",
    "有效期至": "valid_to",
    "法定代表人": "legal_rep_name",
    "登记机关": "authority",
    "住所": "address",
}


FILLING: dict[str, tuple[bool, str]] = {
    "名称": (True, word("登记证书上的全称，4 至 60 个字")),
    "类型": (True, word("写代码或名称，例如 社会团体")),
    "统一社会信用代码": (True, word("18 位；备案的社区社会组织没有代码，留空")),
    "区划代码": (True, word("现行区划表的代码，例如 330211；不要写名称")),
    "归类": (False, word("写代码，没有归类的留空")),
    "评估等级": (False, word("1A 至 5A，未评估的留空")),
    "服务领域": (False, word("例如 为老服务")),
    "成立日期": (False, word("写成 2026-01-31 的样子")),
    "有效期至": (False, word("写成 2026-01-31 的样子")),
    "法定代表人": (False, word("姓名")),
    "登记机关": (False, word("例如 宁波市镇海区民政局")),
    "住所": (False, word("登记的住所")),
}
"""Heading -> (must it be filled, how): the second sheet of the template."""


def same_holder(holder: str, name: str) -> bool:
    """Say whether an account is the organization's own: brackets and width aside, every character counts."""
    return comparable_name(holder) == comparable_name(name) != ""


def usable_from(verified_at: datetime, is_change: bool) -> datetime:
    """Return when money may go to a verified account: a changed one cools down first."""
    return verified_at + COOL_DOWN if is_change else verified_at
