"""The ground of the demo: divisions, people, sources of money, organizations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import cache

from django.core.management import call_command

from grants.funds import commands as ledger
from grants.funds.models import FundSource
from portal import clock
from portal.accounts import commands as accounts
from portal.accounts.models import User
from portal.demo.people import PEOPLE, open_account
from portal.demo.plan import BUDGET
from portal.regions.models import Region

Say = Callable[[str], None]
DISTRICT = "330211"


def moment(text: str) -> datetime:
    """Return a moment in Shanghai: "2026-02-02 09:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=clock.ZONE)


@cache
def region(code: str = DISTRICT) -> Region:
    return Region.objects.get(code=code)


@cache
def person(username: str) -> User:
    return User.objects.get(username=username)


def load_regions(say: Say) -> None:
    call_command("load_regions", verbosity=0)
    say(f"区划 {Region.objects.count()}")


def load_people(say: Say) -> None:
    with clock.at(moment("2025-01-02 09:00")):
        for one in PEOPLE:
            user = open_account(one.username, one.name)
            for role in one.roles:
                accounts.grant(user, role=role, region=region(one.region), by=None)
    say(f"账号 {len(PEOPLE)}")


SOURCES = {
    "LOTTERY": ("福彩公益金（演示）", "LOTTERY", "TREASURY", []),
    "FISCAL": ("一般公共预算（演示）", "FISCAL", "TREASURY", []),
    "STREET_MATCH": ("街镇配套（演示）", "STREET_MATCH", "BUREAU", []),
}


SPARE = {"LOTTERY": 1_100_000_00, "FISCAL": 250_000_00, "STREET_MATCH": 150_000_00}
"""Beyond R2026: the other rounds take 690,000 yuan of the lottery's and 50,000 of the fiscal money; the rest is left for a visitor's own round."""


def load_sources(say: Say) -> None:
    for code, (name, kind, holder, purposes) in SOURCES.items():
        FundSource.objects.get_or_create(
            code=code,
            defaults={"name": name, "kind": kind, "holder": holder, "purposes": purposes, "region": region()},
        )
    say(f"资金来源 {len(SOURCES)}")


def load_money(say: Say) -> None:
    """下达指标: each source's budget of 2026, entered by finance and approved by the leader."""
    with clock.at(moment("2026-01-09 10:00")):
        for number, (code, fen) in enumerate(BUDGET.items(), start=1):
            asked = ledger.request_budget(
                FundSource.objects.get(code=code), 2026, fen + SPARE[code], f"镇财指〔2026〕{number}号",
                by=person("bureau-finance"), issued_on=date(2026, 1, 8), note="2026年年初指标（演示）",
            )  # fmt: skip
            ledger.approve_entry(asked, by=person("leader"))
    say("2026 年指标已下达")
