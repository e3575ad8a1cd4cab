"""Awards of earlier years."""

import pytest

from grants.awards import commands, queries
from grants.awards.models import Award
from grants.awards.states import S
from grants.funds.models import Account, Posting
from portal.access import Role
from tests.grants.makers_review import (
    make_source,
    someone,
)
from tests.makers import again, make_region

pytestmark = pytest.mark.django_db


def history(n, **values):
    return {
        "code": f"MIC-2015-{n:06d}", "programme": "MICRO", "organization_name": "后大街社区居民委员会", "region": make_region("330211001"),
        "year": 2015, "amount": 14_200_00, "title": "楼道扶手加装", "split_is_invented": True, **values,
    }  # fmt: skip


def test_history_enters_once_with_its_whole_life(leader):
    finance, source = someone("finance", Role.BUREAU_FINANCE), make_source()

    first = commands.import_award(**history(1), source=source, by=finance, approved_by=leader)
    second = commands.import_award(**history(1), source=source, by=finance, approved_by=leader)

    assert first == second
    assert (first.status, first.is_historic, first.split_is_invented) == (S.APPROVED, True, True)
    assert {kind: fen for kind, fen in queries.balances(first).items() if fen} == {"spent": 14_200_00}
    assert Posting.objects.count() == 7
    assert sum(Account.objects.values_list("balance", flat=True)) == 0


def test_a_list_of_history_posts_its_budget_once(leader, django_assert_max_num_queries):
    finance, source = someone("finance", Role.BUREAU_FINANCE), make_source()

    awards = commands.import_awards(
        [history(n) for n in range(1, 6)], source_of={"MICRO": source}, by=finance, approved_by=leader
    )
    commands.import_awards(
        [history(n) for n in range(1, 6)], source_of={"MICRO": source}, by=finance, approved_by=leader
    )

    assert len(awards) == 5
    assert Award.objects.count() == 5
    assert Posting.objects.filter(event="appropriate_budget").count() == 1
    assert Posting.objects.count() == 2 + 5 * 5
    assert again(awards[0]).document_number == ""


def test_the_vouchers_of_a_list_run_with_their_dates(leader):
    finance, source = someone("finance", Role.BUREAU_FINANCE), make_source()
    rows = [history(n, year=year) for n, year in enumerate((2016, 2015, 2016), start=1)]

    awards = commands.import_awards(rows, source_of={"MICRO": source}, by=finance, approved_by=leader)

    assert [one.year for one in awards] == [2016, 2015, 2016]
    dates = list(Posting.objects.order_by("pk").values_list("effective_date", flat=True))
    assert (len(dates), dates) == (4 + 3 * 5, sorted(dates))
