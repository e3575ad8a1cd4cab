"""Every door that names no object, tried by every role, an applicant and a visitor, on a site as it is begun.

A door that no table names fails.
"""

from __future__ import annotations

import re

import pytest
from django.test import Client

from home.commands import build_site
from portal.access import Role
from tests.access.doors import PUBLIC, SITE, table
from tests.access.plain import BORROWED, plain_table
from tests.access.test_objects import IN, code_of, signed_in
from tests.test_access import LISTS, example, routes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unrendered")]
KEYED = re.compile(r"<\w+|\(\?P<|\(")
ASKED_ELSEWHERE = ("account_logout", "wagtailadmin_logout")
"""They end the session of whoever asks."""


def plain_doors() -> dict[str, str]:
    """Return door -> its route."""
    return {name or route: route for route, name, _ in routes() if not KEYED.search(route)}


def test_every_door_without_a_key_stands_in_the_table():
    assert sorted(plain_doors()) == sorted(plain_table(LISTS))


def test_every_other_door_with_a_key_stands_in_a_table():
    tabled = {one.name for one in table(LISTS)} | set(PUBLIC) | set(SITE)
    assert {name or route for route, name, _ in routes() if KEYED.search(route)} - tabled == set(BORROWED.split())


@pytest.mark.parametrize("person", [*Role.values, "applicant", "anonymous"])
def test_each_door_opens_to_those_of_the_table_and_to_nobody_else(districts, person):
    build_site("演示平台")
    mine = districts[0]
    people = {**mine.people, "applicant": mine.unit.admin}
    client = signed_in(people[person]) if person in people else Client()
    wrong = []
    for name, who in plain_table(LISTS).items():
        if name in ASKED_ELSEWHERE:
            continue
        code = code_of(client.get(example(plain_doors()[name])))
        if (code in IN) != (person in who):
            wrong.append(f"{name}: {code}")
    assert wrong == []
