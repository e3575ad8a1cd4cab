"""What people type reaches the commands readable, and is never silently cut."""

import pytest
from django.urls import reverse

from grants.applications.models import BudgetLine
from grants.review import commands
from portal import clock
from tests.grants.makers_applications import make_application
from tests.grants.makers_calls import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    return make_application()


@pytest.fixture
def applicant(client, draft):
    client.force_login(draft.organization.memberships.get(role="ADMIN").user)
    return client


def rows(count):
    return {
        f"row-{n}-{name}": value
        for n in range(count)
        for name, value in {
            "category": "B1", "item": f"物资 {n}", "basis": "户", "unit_price": "1", "quantity": "1", "unit": "份",
            "times": "1", "source": "GRANT",
        }.items()
    }  # fmt: skip


def test_a_budget_of_400_rows_is_refused_whole_and_shown_again(applicant, draft):
    with clock.at(NOON):
        answer = applicant.post(reverse("applications:budget", args=[draft.key]), rows(400) | {"version": "0"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "这张表最多 200 行，现在是 400 行，没有保存。请合并或删去 200 行后再保存。" in page
    assert 'value="物资 399"' in page
    assert not BudgetLine.objects.exists()


def test_too_many_fields_are_told_in_a_sentence(applicant, draft, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 10
    answer = applicant.post(reverse("applications:budget", args=[draft.key]), rows(2))
    assert answer.status_code == 413
    assert "这张表单太大：一次最多 10 格" in answer.content.decode()


def test_nul_is_taken_out_of_everything_typed(applicant, draft):
    address = reverse("applications:section", args=[draft.key, "venture-need"])
    with clock.at(NOON):
        applicant.post(address, {"version": "0", "q_venture-evidence": "60\x00 户", "done": "no", "go": "list"})
    assert draft.sections.get(code="venture-need").answers["venture-evidence"] == "60 户"
    assert applicant.get("/search/?q=%00").status_code == 200
    assert applicant.get("/apply/%00/").status_code == 404


def test_a_form_sent_without_a_session_comes_back_as_text(client, draft):
    address = reverse("applications:budget", args=[draft.key])
    answer = client.post(address, {"row-0-item": "助行物资包", "row-0-basis": "120 户", "version": "3", "go": "list"})
    page = answer.content.decode()
    assert answer.status_code == 401
    assert "助行物资包  120 户</textarea>" in page
    assert f"/accounts/login/?next={address}" in page
    told = client.post(address, {}, headers={"Accept": "application/json"})
    assert (told.status_code, told.json()["login"]) == (401, "/accounts/login/")


def test_a_comment_that_is_too_long_is_refused_and_not_cut():
    [told] = commands.sheet.too_long("comment", "好" * 501, "总评语", 500)
    assert (told.code, str(told)) == ("comment", "总评语最多 500 字，现在是 501 字，没有保存。请删减。")
    assert commands.sheet.too_long("comment", "好" * 500, "总评语", 500) == []
    assert commands.sheet.comment_of(f" {'好' * 500}\r\n") == "好" * 500
