"""Makers of money for tests."""

from __future__ import annotations

from grants.funds import commands as ledger
from grants.funds.models import Account, Entry, FundSource
from portal.access import Role
from portal.accounts.models import User
from tests.makers import make_user


def make_source(code: str = "FISCAL", purposes: tuple[str, ...] = (), **values: object) -> FundSource:
    names = {"FISCAL": "一般公共预算", "LOTTERY": "福彩公益金"}
    kind = code if code in names else "FISCAL"
    return FundSource.objects.create(
        code=code, **{"name": names.get(code, code), "kind": kind, "purposes": list(purposes), **values}
    )


def make_finance() -> tuple[User, User]:
    """Return the person who enters and the person who approves."""
    return make_user("finance", Role.BUREAU_FINANCE), make_user("leader", Role.BUREAU_LEADER)


def make_budget(source: FundSource, fen: int, people: tuple[User, User], year: int = 2026, number: str = "") -> None:
    by, approved_by = people
    number = number or f"镇财社〔{year}〕{source.accounts.count() + 1}号"
    ledger.appropriate_budget(source, year, fen, number, by=by, approved_by=approved_by)


def make_envelope(
    source: FundSource, fen: int, people: tuple[User, User], code: str = "R2026", year: int = 2026, purpose: str = ""
) -> Account:
    """Return a round's envelope that holds `fen`."""
    make_budget(source, fen, people, year)
    envelope = ledger.account("envelope", "round", code, source, year)
    by, approved_by = people
    ledger.allocate(source, year, envelope, fen, by=by, approved_by=approved_by, purpose=purpose)
    return envelope


def make_entry(source: FundSource, fen: int, by: User, number: str = "镇财指〔2026〕8号", year: int = 2026) -> Entry:
    """Return the request to enter an indicator document."""
    return ledger.request_budget(source, year, fen, number, by=by)
