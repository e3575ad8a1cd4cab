"""A project whose first instalment may be asked for, and the people who pay it."""

import pytest

from tests.grants.makers_agreements import make_people
from tests.grants.makers_payments import make_ready


@pytest.fixture
def people():
    return make_people()


@pytest.fixture
def project(people):
    return make_ready(people)
