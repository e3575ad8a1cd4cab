"""Pure rules of the registry."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.identifiers import comparable_name

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


def same_holder(holder: str, name: str) -> bool:
    """Say whether an account is the organization's own: brackets and width aside, every character counts."""
    return comparable_name(holder) == comparable_name(name) != ""


def usable_from(verified_at: datetime, is_change: bool) -> datetime:
    """Return when money may go to a verified account: a changed one cools down first."""
    return verified_at + COOL_DOWN if is_change else verified_at
