"""The screens of expenditures: who enters, what they see, what changed."""

import pytest
from django.urls import reverse

from grants.spending import commands
from grants.spending.models import Expenditure
from grants.spending.states import Status
from portal import clock
from portal.access import Role
from tests.grants.makers_spending import TODAY, image, make_people, make_project, record
from tests.makers import again, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock():
    with clock.at(TODAY):
        yield


@pytest.fixture
def people():
    return make_people()


@pytest.fixture
def project(people):
    return make_project(people)


def answers(project, **values):
    return {
        "line": project.budget_lines.order_by("position").first().pk,
        "item": "防滑条 40 卷",
        "payee": "镇海演示建材店",
        "amount": "1,280",
        "self_amount": "",
        "invoice_number": "26332000000012345678",
        "invoice_date": "2026-08-03",
        "note": "",
        "voucher": image(),
        **values,
    }


def test_the_accountant_records_a_voucher(client, people, project):
    client.force_login(people.accountant)
    page = client.get(reverse("spending:project", args=[project.key]))
    assert "登记支出" in page.content.decode()

    answer = client.post(reverse("spending:record", args=[project.key]), answers(project))

    assert answer.status_code == 302
    one = Expenditure.objects.get()
    assert (one.amount, one.recorded_by, one.status) == (1_280_00, people.accountant, Status.RECORDED)
    text = client.get(answer.url).content.decode()
    assert "1,280.00" in text and "26332000000012345678" in text


def test_a_refusal_keeps_what_was_typed_and_says_why(client, people, project):
    client.force_login(people.accountant)
    answer = client.post(
        reverse("spending:record", args=[project.key]), answers(project, item="打印机", amount="1.2万")
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "资助资金不能列支" in text and "镇海演示建材店" in text
    assert Expenditure.objects.count() == 0


def test_who_enters(client, people, project):
    url, form = reverse("spending:project", args=[project.key]), reverse("spending:record", args=[project.key])
    assert client.get(url).status_code == 302
    for user, seen, typed in (
        (people.reader, 200, 403), (people.officer, 200, 403), (make_user("stranger"), 404, 404),
        (make_user("far", Role.BUREAU_OFFICER, region="330212"), 404, 404),
    ):  # fmt: skip
        client.force_login(user)
        assert (client.get(url).status_code, client.get(form).status_code) == (seen, typed), user


def test_the_operator_decides_on_the_front(client, people, project):
    one = record(project, people.accountant)
    client.force_login(make_user("operator", Role.OPERATOR))
    assert "认定支出" in client.get(one.get_absolute_url()).content.decode()
    assert client.post(reverse("spending:accept", args=[one.key])).status_code == 302
    assert again(one).status == Status.ACCEPTED
    assert client.post(reverse("spending:accept", args=[one.key])).status_code == 409


def test_the_officer_decides_in_the_admin(client, people, project):
    one, other = record(project, people.accountant), record(project, people.accountant, "26332000000012345679")
    client.force_login(people.officer)
    listing = client.get(reverse("staff_expenditures:index")).content.decode()
    assert "防滑条" in listing and "1,280.00" in listing
    sheet = client.get(reverse("staff_expenditures:inspect", args=[one.pk])).content.decode()
    assert reverse("staff_expenditures:accept", args=[one.pk]) in sheet
    assert client.post(reverse("staff_expenditures:accept", args=[one.pk])).status_code == 302
    assert (
        client.post(reverse("staff_expenditures:refuse", args=[other.pk]), {"reason": "抬头不符"}).status_code == 302
    )
    assert (again(one).status, again(other).status) == (Status.ACCEPTED, Status.REFUSED)


@pytest.mark.parametrize("screen", ["front", "admin"])
def test_lists_ask_the_same_number_of_queries_for_1_and_30_rows(
    client, people, project, screen, django_assert_max_num_queries
):
    client.force_login(people.officer)
    url = (
        reverse("spending:project", args=[project.key]) if screen == "front" else reverse("staff_expenditures:index")
    )
    record(project, people.accountant, "9000000", amount=100_00)
    client.get(url)
    counts = []
    for total in (1, 30):
        for number in range(Expenditure.objects.count(), total):
            record(project, people.accountant, f"90000{number:02d}", amount=100_00)
        with django_assert_max_num_queries(60) as asked:
            assert client.get(url).status_code == 200
        counts.append(len(asked.captured_queries))
    assert counts[0] == counts[1]


def test_the_voucher_is_for_those_who_see_the_expenditure(client, people, project):
    one = commands.accept(record(project, people.accountant), by=people.officer)
    url = one.voucher.get_absolute_url()
    for user, status in ((people.reader, 200), (people.officer, 200), (make_user("stranger"), 404)):
        client.force_login(user)
        assert client.get(url).status_code == status
