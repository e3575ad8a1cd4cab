"""Every list asks the database the same number of questions with one row and with thirty more.

A list of the staff, its export, a list of the front: each stands in the tables, or the test fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from grants.awards.models import Award
from grants.funds import commands as ledger
from grants.needs.models import Need
from portal import clock
from portal.access import Role
from portal.regions.models import Region
from portal.trail import commands as trail
from tests.access.copies import copies
from tests.access.doors import STAFF
from tests.access.mirrored import YUAN, District
from tests.makers import make_region
from tests.test_access import LISTS, routes

pytestmark = pytest.mark.django_db
MANY = 29

# Thing -> how thirty of it are made where a copy of the row will not do.
OTHERWISE = {
    "posting": lambda mine: [budget(mine, n) for n in range(MANY)],
    "fund_account": lambda mine: [
        ledger.account("envelope", "round", f"C{n}", mine.sources.LOT, 2026) for n in range(MANY)
    ],
    "region": lambda mine: [make_region(f"{mine.code}{n:03d}") for n in range(100, 100 + MANY)],
    "event": lambda mine: [changed(mine.street, mine) for _n in range(MANY)],
}

# Front: route -> (who asks, things that grow). "": anybody.
FRONT: dict[str, tuple[str, tuple[str, ...]]] = {
    "applications:mine": ("admin", ("application",)),
    "agreements:list": ("admin", ("agreement",)),
    "payments:list": ("admin", ("payment",)),
    "spending:list": ("admin", ("project", "expenditure")),
    "monitoring:evaluations": (Role.EVALUATOR, ("evaluation",)),
    "audits:orders": ("admin", ("ordered",)),
    "review:tasks": (Role.EXPERT, ("seat",)),
    "registry:mine": ("admin", ("membership_of_admin",)),
    "notices:inbox": (Role.STREET, ("notice_row",)),
    "needs:list": ("", ("need",)),
    "publicity:list": ("", ("publicity",)),
    "home:projects": ("", ("award",)),
    "home:projects_csv": ("", ("award",)),
    "home:organizations": ("", ("organization",)),
    "home:data": ("", ("award",)),
    "home:ledger": ("", ("award",)),
    "home:data_csv": ("", ("award",)),
    "home:search": ("", ("award", "organization")),
    "api:awards": ("", ("award",)),
}

# Front routes without a parameter that show no rows.
NO_LIST = {
    "jobs:healthz", "jobs:readyz", "notices:read_all", "documents:verify", "registry:claim", "applications:text_copy",
    "needs:post", "home:", "home:sitemap", "api:api-root", "api-index", "api-unknown",
    "api:openapi-json", "desk:start", "",
}  # fmt: skip

PEOPLE_WITH_WORK = (
    "admin", Role.BUREAU_OFFICER, Role.BUREAU_HEAD, Role.BUREAU_LEADER, Role.BUREAU_FINANCE, Role.FINANCE, Role.CASHIER,
    Role.REGISTRAR, Role.PANEL_SECRETARY, Role.EXPERT, Role.EVALUATOR, Role.AUDITOR,
)  # fmt: skip
WORK = (
    "application", "writing", "claim", "account", "allocation", "draft_round", "conflict", "seat", "resolution", "award",
    "publicity", "objection", "granted", "drafted", "amendment", "payment", "refund", "expenditure", "report", "evaluation",
    "engagement", "ordered", "heard", "entry",
)  # fmt: skip


def budget(mine: District, n: int) -> Any:
    return ledger.appropriate_budget(
        mine.sources.LOT,
        2026,
        YUAN,
        f"增〔2026〕{mine.code}{n}",
        by=mine.acting.finance,
        approved_by=mine.acting.leader,
    )


def changed(region: Region, mine: District) -> Any:
    return trail.log(region, "regions.change", by=mine.acting.officer)


def grow(mine: District, thing: str) -> None:
    """Make thirty more of a thing."""
    if thing in OTHERWISE:
        OTHERWISE[thing](mine)
    else:
        copies(mine.things[thing], MANY)


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def signed_in(mine: District, who: str) -> Client:
    client = Client()
    if who:
        client.force_login(getattr(mine.unit, who) if who in ("admin", "accountant") else mine.people[who])
    return client


def count(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        response = client.get(url)
        assert response.status_code == 200, (url, response.status_code)
        if response.streaming:
            b"".join(response)
    return len(asked)


def compare(client: Client, urls: list[str], mine: District, things: tuple[str, ...]) -> list[str]:
    """Return the addresses that ask more with more rows. The first request fills what is kept for all."""
    found = []
    with taken_back():
        for url in urls:
            client.get(url)
        few = [count(client, url) for url in urls]
        for thing in things:
            grow(mine, thing)
        for url, before in zip(urls, few, strict=True):
            if (after := count(client, url)) > before:
                found.append(f"{url}: {before} -> {after}")
    return found


@pytest.fixture
def mine(districts) -> District:
    first = districts[0]
    membership = first.unit.admin.memberships.get(organization=first.unit.row)
    first.things["membership_of_admin"] = membership
    Need.objects.filter(pk=first.things["need"].pk).update(status="LISTED", title="楼道扶手", text="请加装扶手。")
    Award.objects.filter(pk=first.things["award"].pk).update(
        status="APPROVED",
        document_number="镇民〔2026〕1号",
        confirmed_at=clock.now(),
        confirmed_by=first.acting.leader,
    )
    return first


@pytest.mark.parametrize("name", sorted(LISTS))
def test_a_staff_list_and_its_exports_ask_no_more_for_thirty_rows(mine, name):
    thing = STAFF[name][0]
    role = next(
        role for role in LISTS[name].split() if role not in ("SYS_ADMIN",) or name in ("staff_users", "staff_grants")
    )
    client = signed_in(mine, role)
    url = reverse(f"{name}:index")
    extra = {"event": f"&object_id={mine.street.pk}"}.get(thing, "")
    if thing == "event":
        changed(mine.street, mine)
    urls = [f"{url}?{extra}", f"{url}?export=csv{extra}", f"{url}?export=xlsx{extra}"]
    assert compare(client, urls, mine, (thing,)) == []


def test_every_front_list_stands_in_the_table():
    names = {
        name
        for route, name, _ in routes()
        if "<" not in route
        and "(" not in route
        and not route.startswith(("cms/", "accounts/", "_util/", "documents/"))
    }
    assert names - NO_LIST == set(FRONT)


@pytest.mark.parametrize("name", sorted(FRONT))
def test_a_front_list_asks_no_more_for_thirty_rows(mine, name):
    who, things = FRONT[name]
    url = reverse(name) + ("?q=演示" if name == "home:search" else "")
    assert compare(signed_in(mine, who), [url], mine, things) == []


@pytest.mark.parametrize("who", PEOPLE_WITH_WORK)
def test_a_start_page_asks_no_more_with_thirty_of_everything_to_do(mine, who):
    url = "/desk/" if who in (Role.EXPERT, Role.EVALUATOR, "admin") else "/cms/"
    assert compare(signed_in(mine, who), [url], mine, WORK) == []


@pytest.mark.parametrize(
    ("name", "who", "of", "things"),
    [
        ("staff_board", Role.BUREAU_OFFICER, "", ("payment", "paid")),
        ("staff_resolutions:meetings", Role.BUREAU_OFFICER, "", ("panel",)),
        ("staff_panels:console", Role.PANEL_SECRETARY, "panel", ("seat", "dossier")),
        ("staff_rounds:inspect", Role.BUREAU_OFFICER, "round", ("allocation",)),
    ],
)
def test_a_page_with_rows_asks_no_more_for_thirty(mine, name, who, of, things):
    url = reverse(name, args=[mine.things[of].pk] if of else [])
    assert compare(signed_in(mine, who), [url], mine, things) == []
