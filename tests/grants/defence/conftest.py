"""A round with a defence, its ranking of papers and its short list."""

import pytest

from grants.review import commands
from portal.access import Role
from tests.grants.makers_review import (
    make_application,
    make_defence_round,
    make_ranking,
    someone,
)

TIE = {1: [90] * 5, 2: [80] * 5, 3: [80] * 5, 4: [70] * 5}


@pytest.fixture
def secretary(db):
    return someone("secretary", Role.PANEL_SECRETARY)


@pytest.fixture
def round(db):
    return make_defence_round()


@pytest.fixture
def apps(round):
    return [make_application(round, n) for n in (1, 2, 3, 4)]


@pytest.fixture
def ranked(round, apps):
    return make_ranking(round, apps, {one.number: TIE[at] for at, one in enumerate(apps, 1)})


@pytest.fixture
def short(round, ranked, secretary):
    return commands.cut_shortlist(round, by=secretary)
