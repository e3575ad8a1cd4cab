"""Who may enter which door: every route of the resolver, ours and Wagtail's, stands in the table.

A route that no row names fails. Each door is tried by four people; lists are tried by every role;
an object of another district does not exist.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from portal.access import Role
from tests.makers import make_organization, make_user

pytestmark = pytest.mark.django_db

PEOPLE = ("anonymous", "applicant", "officer", "foreign")
ANYONE = set(PEOPLE)
SIGNED_IN = ANYONE - {"anonymous"}
STAFF = {"officer", "foreign"}  # may enter the admin; what they see there is scoped
NOBODY: set[str] = set()  # of these four: needs another role, or a superuser

# (pattern of the route, who may). The first row that matches holds.
DOORS: list[tuple[str, set[str]]] = [
    # Sign-in and the own account: allauth asks for the rest itself.
    (r"accounts/(login|signup|inactive|confirm-email|\^confirm-email|password/reset|\^password/reset)", ANYONE),
    (r"accounts/(login/code/confirm|logout|reauthenticate|2fa/authenticate)", ANYONE),
    (r"accounts/", SIGNED_IN),
    (r"_util/", ANYONE),
    (r"cms/(login|password_reset|sprite|jsi18n)/", ANYONE),  # icons and words of the admin are no secret
    # Public.
    (r"(healthz|readyz|robots\.txt|sitemap\.xml)/?$", ANYONE),
    (r"media/", ANYONE),
    (r"documents/", ANYONE),
    (r"verify/", ANYONE),
    (r"publicity/", ANYONE),
    (r"(projects|data|search)/", ANYONE),
    (r"needs/$", ANYONE),
    (r"organizations/(<str:key>/)?$", ANYONE),
    (r"api/v1/", ANYONE),
    (r"files/", ANYONE),  # a file's own door is asked per purpose; unknown = 404 for everybody
    (r"\^\(\(\?:\[\\w\\-\]\+/\)\*\)\$$", ANYONE),  # Wagtail's pages
    # Signed in, own objects by key.
    (r"organizations/(mine|members|invitations|claim)/", SIGNED_IN),
    (r"(apply|review|desk|notices|spending|monitoring|agreements|payments|audits|needs)/", SIGNED_IN),
    # Administration of accounts, trail, letters and system state: other roles.
    (r"cms/(staff_users|staff_grants|accounts)/", NOBODY),
    (r"cms/(users|groups|sites|collections|redirects|locales)/", NOBODY),
    (r"cms/(settings|forms|snippets|styleguide)/", STAFF),  # Wagtail asks its own permissions inside
    (r"cms/", STAFF),
]

# List of a viewset -> roles that may open it. Reviewed by hand; a new list fails until it stands here.
LISTS: dict[str, str] = {
    "staff_engagements": "AUDITOR BUREAU_HEAD BUREAU_LEADER SUPERVISOR",
    "staff_findings": "AUDITOR BUREAU_HEAD BUREAU_LEADER SUPERVISOR BUREAU_OFFICER BUREAU_FINANCE STREET",
    "staff_payments": "BUREAU_OFFICER BUREAU_HEAD BUREAU_LEADER BUREAU_FINANCE FINANCE CASHIER STREET AUDITOR SUPERVISOR",
    "staff_batches": "CASHIER BUREAU_FINANCE AUDITOR",
    "staff_statements": "BUREAU_FINANCE CASHIER FINANCE AUDITOR SUPERVISOR",
    "staff_lines": "BUREAU_FINANCE CASHIER FINANCE AUDITOR SUPERVISOR",
    "staff_refunds": "BUREAU_OFFICER BUREAU_HEAD BUREAU_LEADER BUREAU_FINANCE FINANCE CASHIER STREET AUDITOR SUPERVISOR",
    "staff_expenditures": "BUREAU_OFFICER BUREAU_HEAD BUREAU_LEADER BUREAU_FINANCE FINANCE CASHIER STREET COMMUNITY AUDITOR SUPERVISOR",
    "staff_reports": "BUREAU_OFFICER BUREAU_HEAD BUREAU_LEADER BUREAU_FINANCE FINANCE CASHIER STREET COMMUNITY AUDITOR SUPERVISOR",
    "staff_evaluation_tasks": "BUREAU_OFFICER BUREAU_HEAD BUREAU_LEADER BUREAU_FINANCE FINANCE CASHIER STREET COMMUNITY AUDITOR SUPERVISOR",
    "staff_evaluations": "BUREAU_OFFICER BUREAU_HEAD BUREAU_LEADER BUREAU_FINANCE FINANCE CASHIER STREET COMMUNITY AUDITOR SUPERVISOR",
    "staff_activities": "BUREAU_OFFICER BUREAU_HEAD BUREAU_LEADER BUREAU_FINANCE FINANCE CASHIER STREET COMMUNITY AUDITOR SUPERVISOR",
    "staff_projects": "BUREAU_OFFICER BUREAU_HEAD BUREAU_LEADER BUREAU_FINANCE FINANCE CASHIER STREET COMMUNITY AUDITOR SUPERVISOR",
    "staff_drafts": "BUREAU_OFFICER BUREAU_HEAD BUREAU_LEADER BUREAU_FINANCE FINANCE CASHIER STREET AUDITOR SUPERVISOR",
    "staff_agreements": "BUREAU_OFFICER BUREAU_HEAD BUREAU_LEADER BUREAU_FINANCE FINANCE CASHIER STREET COMMUNITY AUDITOR SUPERVISOR",
    "staff_amendments": "BUREAU_OFFICER BUREAU_HEAD BUREAU_LEADER BUREAU_FINANCE FINANCE CASHIER STREET COMMUNITY AUDITOR SUPERVISOR",
    "staff_resolutions": "BUREAU_OFFICER BUREAU_HEAD BUREAU_LEADER BUREAU_FINANCE FINANCE CASHIER STREET PANEL_SECRETARY AUDITOR SUPERVISOR",
    "staff_awards": "BUREAU_OFFICER BUREAU_HEAD BUREAU_LEADER BUREAU_FINANCE FINANCE CASHIER STREET PANEL_SECRETARY AUDITOR SUPERVISOR",
    "staff_publicity": "BUREAU_OFFICER BUREAU_HEAD BUREAU_LEADER SUPERVISOR AUDITOR PANEL_SECRETARY",
    "staff_objections": "BUREAU_OFFICER BUREAU_HEAD BUREAU_LEADER SUPERVISOR",
    "staff_panels": "PANEL_SECRETARY BUREAU_OFFICER BUREAU_HEAD BUREAU_LEADER AUDITOR SUPERVISOR",
    "staff_slots": "PANEL_SECRETARY BUREAU_OFFICER BUREAU_HEAD BUREAU_LEADER AUDITOR SUPERVISOR",
    "staff_conflicts": "PANEL_SECRETARY BUREAU_OFFICER BUREAU_HEAD BUREAU_LEADER AUDITOR SUPERVISOR",
    "staff_applications": "BUREAU_OFFICER BUREAU_HEAD BUREAU_LEADER BUREAU_FINANCE STREET PANEL_SECRETARY AUDITOR SUPERVISOR",
    "staff_rounds": "BUREAU_OFFICER BUREAU_HEAD BUREAU_LEADER BUREAU_FINANCE FINANCE CASHIER STREET PANEL_SECRETARY AUDITOR SUPERVISOR SYS_ADMIN",
    "staff_allocations": "BUREAU_OFFICER BUREAU_HEAD BUREAU_LEADER BUREAU_FINANCE FINANCE CASHIER STREET PANEL_SECRETARY AUDITOR SUPERVISOR SYS_ADMIN",
    "staff_postings": "BUREAU_FINANCE FINANCE CASHIER BUREAU_HEAD BUREAU_LEADER AUDITOR SUPERVISOR AUD_ADMIN",
    "staff_fund_accounts": "BUREAU_FINANCE FINANCE CASHIER BUREAU_HEAD BUREAU_LEADER AUDITOR SUPERVISOR AUD_ADMIN",
    "staff_entries": "BUREAU_FINANCE FINANCE CASHIER BUREAU_HEAD BUREAU_LEADER AUDITOR SUPERVISOR AUD_ADMIN",
    "staff_fund_sources": "BUREAU_FINANCE FINANCE CASHIER BUREAU_HEAD BUREAU_LEADER AUDITOR SUPERVISOR AUD_ADMIN",
    "staff_organizations": "BUREAU_OFFICER BUREAU_HEAD BUREAU_LEADER BUREAU_FINANCE REGISTRAR STREET COMMUNITY AUDITOR SUPERVISOR INCUBATOR",
    "staff_claims": "REGISTRAR BUREAU_OFFICER BUREAU_HEAD AUDITOR SUPERVISOR",
    "staff_bank_accounts": "BUREAU_FINANCE CASHIER FINANCE AUDITOR",
    "staff_needs": "COMMUNITY STREET BUREAU_OFFICER BUREAU_HEAD SUPERVISOR",
    "staff_letters": "SYS_ADMIN AUD_ADMIN",
    "staff_users": "SYS_ADMIN SEC_ADMIN AUD_ADMIN",
    "staff_grants": "SYS_ADMIN SEC_ADMIN AUD_ADMIN",
    "staff_regions": "AUDITOR AUD_ADMIN BUREAU_FINANCE BUREAU_HEAD BUREAU_LEADER BUREAU_OFFICER CASHIER COMMUNITY COMMUNITY_SUPERVISOR FINANCE INCUBATOR PANEL_SECRETARY REGISTRAR SEC_ADMIN STREET SUPERVISOR SYS_ADMIN",
    "staff_events": "AUDITOR SUPERVISOR AUD_ADMIN",
}  # fmt: skip


def routes(
    resolver: URLResolver | None = None, prefix: str = "", space: str = ""
) -> Iterator[tuple[str, str, URLPattern]]:
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            yield from routes(one, prefix + str(one.pattern), space + (f"{one.namespace}:" if one.namespace else ""))
        else:
            yield prefix + str(one.pattern), space + (one.name or ""), one


def door(route: str) -> set[str] | None:
    return next((who for pattern, who in DOORS if re.match(pattern, route)), None)


EXAMPLES = {"int": "987654", "str": "x" * 22, "slug": "nothing", "path": "nothing", "uuid": "0" * 32}


def example(route: str) -> str:
    """Return a path that the route matches, with ids of nothing."""
    path = re.sub(r"\(\?P<\w+>([^()]*)\)", lambda found: first_of(found[1]), route)
    path = path.replace(r"((?:[\w\-]+/)*)", "nothing/").replace(r"(\d+)", "987654").replace("(.*)", "nothing")
    numbers = route.startswith("cms/")  # Wagtail's text ids are numbers, and it asks nothing else of them
    kinds = {**EXAMPLES, "str": "987654"} if numbers else EXAMPLES
    path = re.sub(r"<(?:(\w+):)?\w+>", lambda found: kinds.get(found[1] or "str", "nothing"), path)
    return "/" + path.replace("^", "").replace("$", "").replace("\\", "").replace(".*/", "nothing/")


def first_of(group: str) -> str:
    """Return something that a group of a regular expression matches."""
    return group.split("|")[0] if "|" in group else "987654" if r"\d" in group else "x1"


def is_ours(route: str, name: str) -> bool:
    return not route.startswith("cms/") or name.startswith("staff_")


def is_turned_away(response) -> bool:
    """Sign-in, a refusal, nothing there, or (Wagtail's way) back to the admin's start with a message."""
    if response.status_code in {301, 302}:
        return response.url.startswith(("/accounts/", "/cms/login/")) or response.url == "/cms/"
    return response.status_code in {401, 403, 404, 405}


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Hundreds of refusals would bury the one that matters."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def people() -> dict[str, Client]:
    users = {
        "applicant": make_user("applicant"),
        "officer": make_user("officer", Role.BUREAU_OFFICER),
        "foreign": make_user("foreign", Role.BUREAU_OFFICER, region="330212"),
    }
    make_organization(admin=users["applicant"])
    clients = {name: Client(raise_request_exception=False) for name in PEOPLE}
    for name, user in users.items():
        clients[name].force_login(user)
    return clients


def test_every_route_stands_in_the_table():
    assert [route for route, _, _ in routes() if door(route) is None] == []


def test_no_two_screens_share_a_name():
    """The second one would be reached by nobody: `reverse` finds one of them."""
    ours = Counter(name for _, name, _ in routes() if name.startswith("staff_"))
    assert [name for name, count in ours.items() if count > 1] == []


@pytest.mark.parametrize("person", PEOPLE)
def test_each_door_opens_to_those_in_the_table_and_to_nobody_else(people, person):
    wrong = []
    for route, name, _ in routes():
        if route.startswith(("accounts/logout", "cms/logout", "cms/failwhale", "cms/test404")):
            continue
        may = person in (door(route) or set())
        response = people[person].get(example(route))
        code = response.status_code
        to_sign_in = code in {301, 302} and response.url.startswith("/accounts/login")
        if code >= 500 and route.strip("/") != "readyz":
            if is_ours(route, name):  # Wagtail's own choosers fall over ids of nothing
                wrong.append(f"{route}: {code}")
        elif may and to_sign_in and not route.startswith(("cms/login", "_util", "accounts/")):
            wrong.append(f"{route}: sent to sign-in")
        elif not may and not is_turned_away(response):
            wrong.append(f"{route}: {code} is open")
    assert wrong == []


def test_an_unknown_key_is_not_found_for_whoever_is_signed_in(people):
    found = {
        route: people["applicant"].get(example(route)).status_code
        for route, _, _ in routes()
        if "<str:key>" in route and door(route) == SIGNED_IN
    }
    assert {route: code for route, code in found.items() if code not in {404, 405}} == {}
    assert len(found) > 15


def test_writing_doors_of_the_front_refuse_the_anonymous(people):
    """A POST without sign-in changes nothing, whatever the key."""
    codes = {
        route: people["anonymous"].post(example(route))
        for route, _, _ in routes()
        if door(route) == SIGNED_IN and not route.startswith("accounts/")
    }
    assert [route for route, response in codes.items() if not is_turned_away(response)] == []


def lists() -> list[str]:
    return sorted({name for _, name, _ in routes() if name.startswith("staff_") and name.endswith(":index")})


def test_every_list_of_the_staff_says_who_opens_it():
    assert lists() == sorted(f"{name}:index" for name in LISTS)


def test_each_list_opens_to_its_roles_and_to_no_other():
    wrong = []
    for role in Role.values:
        client = Client(raise_request_exception=False)
        client.force_login(make_user(role.lower(), role))
        for name, roles in LISTS.items():
            response = client.get(reverse(f"{name}:index"))
            if (response.status_code == 200) != (role in roles.split()):
                wrong.append(f"{name} {role}: {response.status_code}")
    assert wrong == []
