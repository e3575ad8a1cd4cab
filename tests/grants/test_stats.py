"""The invariants that tie awards, projects and bank lines to the ledger, and the figures from it."""

from __future__ import annotations

import pytest

from grants.agreements.models import BudgetLine, Project, Tranche
from grants.agreements.states import P
from grants.awards.models import Award, AwardShare
from grants.funds import queries as funds
from grants.stats import queries
from grants.stats.rules import persons
from portal import clock
from tests.grants.makers_spending import make_people, make_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    found = make_project(make_people())
    for number, percent in ((1, 50), (2, 40), (3, 10)):
        Tranche.objects.create(
            project=found, number=number, percent=percent, amount=found.amount * percent // 100, milestone="agreement"
        )
    return found


def told(invariant: str) -> list[str]:
    return [each.text for each in funds.problems() if each.invariant == invariant]


def test_a_running_project_agrees_with_the_ledger(project):
    assert [str(each) for each in funds.problems()] == []


def test_tranches_and_budget_sum_to_the_award(project):
    Tranche.objects.filter(project=project, number=3).update(amount=1)
    BudgetLine.objects.filter(project=project, position=0).update(amount=1)

    assert [text.split("：")[0] for text in told("I14")] == [f"项目 {project.code}"] * 2


def test_the_shares_and_the_ledger_hold_the_award(project):
    AwardShare.objects.filter(award=project.award, source__code="FISCAL").update(amount=1)
    Award.objects.filter(pk=project.award_id).update(status="LAPSED")
    assert told("I14") == [f"立项 {project.code}：应占用 0.00 元，账本占用 30,000.00 元"]

    Award.objects.filter(pk=project.award_id).update(status="APPROVED")
    assert told("I14") == [f"立项 {project.code}：30,000.00 元，各来源合计 20,000.01 元"]


def test_a_closed_project_has_no_money_left(project):
    Project.objects.filter(pk=project.pk).update(
        status=P.CLOSED_PASS, certificate_number="结2026-1", closed_at=clock.now()
    )

    assert len(told("I16")) == 4
    assert all("已结项" in text for text in told("I16"))


def test_execution_is_read_from_the_ledger(project, django_assert_num_queries):
    with django_assert_num_queries(2):
        rows = queries.execution()

    assert rows == [queries.Execution("VENTURE", 2026, 1, 3_000_000, 2_000_000, 0, 0)]
    assert rows[0].percent == 0


def test_figures_of_fewer_than_five_persons_are_not_shown():
    assert [persons(number) for number in (0, 1, 4, 5, 120)] == ["0", "少于 5", "少于 5", "5", "120"]
