"""A round with money of two sources and three ranked applications."""

import pytest

from portal.access import Role
from tests.grants.makers_review import (
    make_application,
    make_ranking,
    make_round,
    someone,
)


@pytest.fixture
def officer():
    return someone("officer", Role.BUREAU_OFFICER)


@pytest.fixture
def leader():
    return someone("leader", Role.BUREAU_LEADER)


@pytest.fixture
def round():
    return make_round(money={"LOTTERY": 60_000_00, "FISCAL": 30_000_00})


@pytest.fixture
def apps(round):
    found = [make_application(round, n) for n in (1, 2, 3)]
    make_ranking(round, found)
    return found
