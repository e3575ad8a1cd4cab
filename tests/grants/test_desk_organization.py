"""一社一档: one organization from all sides, each part as far as its reader may see."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from grants.agreements.models import PlannedActivity, Project
from grants.agreements.states import ProjectStatus
from grants.desk.queries import organization_file, project_file
from grants.monitoring.models import Activity
from grants.payments.states import PaymentStatus
from orgs.registry.models import Organization
from portal import clock
from portal.access import Role
from tests.grants.makers_agreements import make_account, make_award, make_payee, make_people, make_project
from tests.grants.makers_payments import advance
from tests.makers import again, make_organization, make_user
from tests.orgs.makers_registry import SECOND_CODE

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return make_people()


@pytest.fixture
def paid(people):
    """An organization whose one project has had its first instalment."""
    payee = make_payee(people)
    make_account(payee, people.admin, people.officer)
    project = make_project(people, make_award(payee, people))
    advance(project, people, PaymentStatus.RECEIPTED)
    return project


def url_of(organization):
    return reverse("staff_organization_file", args=[organization.pk])


def test_the_money_of_a_year_adds_up_to_its_projects(people, paid):
    PlannedActivity.objects.create(project=paid, name="互助小组", persons=400)

    found = organization_file(paid.organization, again(people.officer))

    payment = paid.payments.get()
    assert [(one.title, one.granted, one.paid) for one in found.works] == [(paid.title, paid.amount, payment.amount)]
    assert (found.granted, found.paid, found.sees_money) == (paid.amount, payment.amount, True)
    [group] = found.money
    assert (group.year, [bar.value for bar in group.bars][1:]) == (
        str(paid.award.year),
        [paid.amount, payment.amount],
    )
    assert [(one.year, one.done, one.planned, one.is_closed) for one in found.indicators] == [
        (str(paid.award.year), 0, 400, False)
    ]


def test_the_registrar_sees_the_register_and_no_payment(people, paid):
    registrar = make_user("registrar-here", Role.REGISTRAR)

    found = organization_file(paid.organization, again(registrar))

    assert [(one.granted, one.paid) for one in found.works] == [(paid.amount, None)]
    assert (found.sees_money, found.paid, found.scores, found.findings) == (False, 0, (), ())
    assert found.facts[0].value == paid.organization.uscc


def test_an_expired_certificate_is_a_risk_with_its_day(people, paid):
    gone = clock.today() - timedelta(days=1)
    Organization.objects.filter(pk=paid.organization_id).update(valid_to=gone)

    [risk] = organization_file(again(paid.organization), again(people.officer)).risks

    assert (risk.text, risk.source, risk.on) == ("证书（备案）已过有效期。", "登记名册", gone)


def test_a_project_that_stays_behind_its_time_is_a_risk_on_both_files(client, people, paid):
    start = clock.today() - timedelta(days=49)
    Project.objects.filter(pk=paid.pk).update(starts_on=start, ends_on=start + timedelta(days=99))
    planned = PlannedActivity.objects.create(project=paid, name="互助小组", times=10, persons=1000)
    held = {"project": paid, "planned": planned, "place": "社区", "recorded_by": people.admin, "held_on": start}
    for _time in range(3):
        Activity.objects.create(name="互助小组", persons=99, **held)
    Activity.objects.create(name="计划外", persons=500, **{**held, "planned": None})
    officer = again(people.officer)

    texts = [one.text for one in organization_file(paid.organization, officer).risks]
    told = [text for text in project_file(again(paid), officer).risks if "落后" in text]
    seen = [text for text in project_file(again(paid), again(people.admin)).risks if "落后" in text]

    # Half of the time is over: three of ten activities are just within 20 points, 297 of 1,000 contacts are not.
    sentence = "指标（服务人次）比时间进度落后 20.3 个百分点。"
    assert told == seen == [sentence]
    assert texts == [f"项目“{paid.title}”：{sentence}"]
    client.force_login(officer)
    assert sentence in client.get(url_of(paid.organization)).content.decode()

    with clock.at(clock.now() + timedelta(days=1)):
        told = [text for text in project_file(again(paid), officer).risks if "落后" in text]
    assert told[0] == "活动进度比时间进度落后 21.0 个百分点。"

    Project.objects.filter(pk=paid.pk).update(status=ProjectStatus.SUSPENDED)
    assert organization_file(paid.organization, officer).risks == ()


def test_whoever_shares_an_address_is_named_with_the_reason(people, paid):
    other = make_organization(name="镇海区另一家服务中心", uscc=SECOND_CODE)
    Organization.objects.filter(pk__in=[paid.organization_id, other.pk]).update(address="同一条路 1 号")

    found = organization_file(again(paid.organization), again(people.officer))

    assert (other.name, ["同一住所：同一条路 1 号"]) in [(one.name, why) for one, why in found.related]


def test_only_staff_of_the_place_open_the_file(client, people, paid):
    elsewhere = make_user("far-away", Role.BUREAU_OFFICER, region="330205")
    for user, status in ((people.officer, 200), (elsewhere, 404)):
        client.force_login(again(user))
        assert client.get(url_of(paid.organization)).status_code == status
    client.force_login(again(people.admin))
    assert client.get(url_of(paid.organization)).status_code in (302, 403)
    client.force_login(make_user("cashier-here", Role.CASHIER))
    assert client.get(url_of(paid.organization)).status_code == 403


def test_a_second_project_costs_no_more_queries(client, people, paid):
    officer = again(people.officer)
    organization_file(paid.organization, officer)
    with CaptureQueriesContext(connection) as first:
        organization_file(paid.organization, officer)
    make_project(people, make_award(paid.organization, people, code="VEN-2026-000119"))
    with CaptureQueriesContext(connection) as second:
        organization_file(paid.organization, officer)

    assert len(second) == len(first) <= 40
