"""Every door with a key or an id, tried by every role and every kind of member of two mirrored districts.

Own object: in, or refused, as tests/access/doors.py says. Another district's, another organization's: it
does not exist, for GET and POST, and nothing has changed. A door that no table names fails. Doors alternate
between the district and its mirror, so that what one answers the other answers too.

Roles add up: one who holds every role but those of the table stands for each of them, and one who holds
every role next door for each stranger.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client

from portal.access import STAFF, Role
from portal.accounts.models import User
from tests.access.doors import WHOLE_SITE, Door, named, table
from tests.access.mirrored import MEMBERS, ROLES, District
from tests.makers import make_user
from tests.test_access import LISTS, routes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unrendered")]
IN = {200, 302, 409, 422}
"""409: the sheet says that the thing is in another state; 422: that answers are missing. The person was let in."""
OUT = {403, 404, 405}


def signed_in(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def people_of(district: District) -> dict[str, User]:
    """Return whom a door may name: each role, the members of the unit, and the one person concerned."""
    members = {word: getattr(district.unit, word) for word in MEMBERS}
    return {
        **district.people,
        **members,
        **{word: district.things[word] for word in ("claimant", "guest", "resident")},
    }


def doors(districts: tuple[District, District]) -> Iterator[tuple[Door, District, District]]:
    """Yield every door with the district whose object it names and the other one, turn about."""
    for number, door in enumerate(table(LISTS)):
        yield door, districts[number % 2], districts[1 - number % 2]


def state_of_everything() -> dict[str, Any]:
    """Return model -> its rows with their state: what a refused request may not change."""
    found = {}
    for model in apps.get_models():
        if model.__module__.startswith(("grants.", "orgs.", "portal.")):
            fields = {one.name for one in model._meta.fields} & {"status", "standing", "is_active", "read_at"}
            found[model._meta.label] = list(model._default_manager.order_by("pk").values_list("pk", *sorted(fields)))
    return found


def look(client: Client, url: str) -> int:
    """Return what a look answers; a door that takes posts only is asked with one, and nothing stays of it."""
    answer = client.get(url)
    if answer.status_code != 405:
        return code_of(answer)
    with transaction.atomic():
        answer = client.post(url)
        transaction.set_rollback(True)
    return code_of(answer)


def code_of(answer: Any) -> int:
    """Sent to sign-in or back to the admin's start is a refusal (Wagtail's way for those who may not enter)."""
    if answer.status_code in {301, 302}:
        return 403 if answer.url == "/cms/" or answer.url.startswith(("/accounts/", "/cms/login/")) else 302
    return answer.status_code


def test_every_door_with_a_key_stands_in_a_table():
    tabled = {one.name for one in table(LISTS)}
    assert named(routes()) - tabled == set()
    assert tabled - {name for _, name, _ in routes()} == set()


def test_each_own_object_opens_to_those_of_the_table(districts):
    clients = {one.code: {name: signed_in(user) for name, user in people_of(one).items()} for one in districts}
    wrong = []
    for door, mine, _other in doors(districts):
        url = door.url(mine.things)
        who = sorted(door.who)[:1] if door.name.endswith((":history", ":history_results")) else door.who
        codes = {name: look(clients[mine.code][name], url) for name in who}
        wrong += [f"{door} {name}: {code}" for name, code in codes.items() if code not in IN]
    assert wrong == []


def test_each_own_object_is_closed_to_everybody_else(districts):
    """By GET and by POST, and nothing has changed."""

    @cache
    def without(roles: frozenset[str], is_staff: bool, code: str) -> Client:
        """Sign in one who holds every role but these; in the admin, of those that may enter it."""
        name = f"without-{abs(hash((roles, is_staff)))}-{code}"
        return signed_in(make_user(name, *((set(STAFF) if is_staff else set(ROLES)) - roles), region=code))

    @cache
    def member(word: str, district: District) -> Client:
        return signed_in(getattr(district.unit, word))

    wrong = []
    asked = [
        (door, mine, without(door.who & set(ROLES), door.is_staff, mine.code)) for door, mine, _ in doors(districts)
    ]
    before = state_of_everything()
    for door, mine, other_roles in asked:
        url = door.url(mine.things)
        others = {"other roles": other_roles}
        if not door.is_staff:
            others |= {word: member(word, mine) for word in MEMBERS if word not in door.who}
        for name, client in others.items():
            codes = {code_of(client.get(url)), code_of(client.post(url))}
            seen = name == "other roles" and door.viewers - door.who
            if not codes <= ({403, 405} if seen else OUT):
                wrong.append(f"{door} {name}: {codes}")
    assert wrong == []
    assert state_of_everything() == before


def test_an_object_of_another_district_does_not_exist(districts):
    clients = {
        one.code: {
            "everybody": signed_in(one.everybody), "AUD_ADMIN": signed_in(one.people[Role.AUD_ADMIN]),
            "member": signed_in(one.unit.admin), "neighbour": signed_in(one.neighbour.admin),
        }
        for one in districts
    }  # fmt: skip
    wrong, before = [], state_of_everything()
    for door, mine, other in doors(districts):
        url = door.url(mine.things)
        strangers = {"everybody": clients[other.code]["everybody"]}
        if "AUD_ADMIN" in door.viewers and not door.name.startswith(WHOLE_SITE):
            strangers["AUD_ADMIN"] = clients[other.code]["AUD_ADMIN"]
        if not door.is_staff:
            strangers |= {"member": clients[other.code]["member"], "neighbour": clients[mine.code]["neighbour"]}
        for name, client in strangers.items():
            codes = {code_of(client.get(url)), code_of(client.post(url))}
            if not codes <= {404, 405} or 404 not in codes:
                wrong.append(f"{door} {name}: {codes}")
    assert wrong == []
    assert state_of_everything() == before


def test_a_role_counts_where_it_is_held(districts):
    """One who may do everything in one district and look in the other does nothing there."""
    people = []
    for mine, other in (districts, districts[::-1]):
        person = make_user(f"here-and-there-{mine.code}", *(set(ROLES) - {Role.AUD_ADMIN}), region=mine.code)
        person.role_grants.create(role=Role.SUPERVISOR, region=other.region, starts_on=date(2020, 1, 1))
        people.append(signed_in(person))
    wrong, before, seen = [], state_of_everything(), 0
    for number, (door, mine, _other) in enumerate(doors(districts)):
        client, url = people[1 - number % 2], door.url(mine.things)
        code = code_of(client.get(url))
        seen += code == 200
        if "SUPERVISOR" not in door.who and not {code, code_of(client.post(url))} <= OUT:
            wrong.append(f"{door}: {code}")
    assert wrong == []
    assert seen > 50
    assert state_of_everything() == before
