"""The start page and the project file: whose step is next."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from grants.agreements.models import Project
from grants.agreements.states import ProjectStatus
from grants.desk.queries import project_file, work_list
from grants.desk.queries.work import PACKAGES
from grants.desk.staff import shelves
from grants.payments.states import PaymentStatus
from portal import clock
from portal.access import Role
from tests.grants.makers_agreements import make_account, make_award, make_payee, make_people, make_project
from tests.grants.makers_payments import advance
from tests.makers import again, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return make_people()


@pytest.fixture
def twins(people) -> tuple[Project, Project]:
    """Two projects of one organization and one title; somebody must check a payment of the first."""
    payee = make_payee(people)
    make_account(payee, people.admin, people.officer)
    first = make_project(people, make_award(payee, people))
    second = make_project(people, make_award(payee, people, code="VEN-2026-000119"))
    assert first.title == second.title
    advance(first, people, PaymentStatus.REQUESTED)
    return first, second


def test_two_projects_of_one_title_keep_their_own_next_step(people, twins):
    officer, payee = again(people.officer), again(people.accountant)
    steps = [(project_file(one, officer).next, project_file(one, payee).next) for one in twins]

    kinds = [[step and step.kind for step in pair] for pair in steps]
    assert kinds == [["payments.check", None], [None, "payments.request"]]
    assert steps[1][1].url == f"/payments/{twins[1].key}/"


def test_a_row_names_its_project_and_the_object_that_waits(people, twins):
    [row] = [one for one in work_list(again(people.officer)) if one.project]

    payment = twins[0].payments.get()
    assert (row.project, row.about, row.due_on) == (twins[0].key, f"payments.payment:{payment.pk}", payment.due_on)


def test_nothing_of_a_closed_project_is_late(people, twins):
    project = twins[1]
    late = clock.now() + timedelta(days=900)
    with clock.at(late):
        marks = {one.state for one in project_file(project, again(people.officer)).marks}
        Project.objects.filter(pk=project.pk).update(
            status=ProjectStatus.CLOSED_FAIL, certificate_number="JX-1", closed_at=late, closed_by=people.officer
        )
        closed = project_file(again(project), again(people.officer))

    assert "late" in marks
    assert {one.state for one in closed.marks} <= {"done", "planned"}
    assert closed.risks == ()


def test_the_home_shows_what_there_is_to_look_at_and_nothing_else(client, people, twins):
    client.force_login(again(people.officer))

    found = {one.url: one.count for one in shelves(again(people.officer))}
    page = client.get(reverse("wagtailadmin_home")).content.decode()

    assert found[reverse("staff_projects:index")] == 2
    assert all(found.values()) and reverse("staff_users:index") not in found
    assert re.findall(r'<li><a href="([^"]+)"><b>(\d+)</b>', page) == [(url, str(n)) for url, n in found.items()]
    assert {client.get(url).status_code for url in found} == {200}


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.STREET, Role.COMMUNITY, Role.REGISTRAR, Role.SYS_ADMIN])
def test_the_home_of_somebody_without_work_is_not_empty(client, people, twins, role, django_assert_max_num_queries):
    someone = make_user("someone-else", role)
    client.force_login(someone)

    with django_assert_max_num_queries(16):
        found = shelves(again(someone))
    page = client.get(reverse("wagtailadmin_home")).content.decode()

    assert "今天没有待办" in page
    assert [one.url for one in found if f'href="{one.url}"' not in page] == [] != found
    assert reverse("publicity:list") in page


def test_every_package_with_a_work_list_is_asked():
    from django.apps import apps
    from django.utils.module_loading import module_has_submodule

    offering = {
        config.name
        for config in apps.get_app_configs()
        if config.name.split(".")[0] in ("portal", "orgs", "grants")
        if config.name != "grants.desk" and module_has_submodule(config.module, "queries")
        if hasattr(__import__(f"{config.name}.queries", fromlist=["due"]), "due")
    }
    assert offering == set(PACKAGES)
