"""One grant from the published call to the public result, in a browser, by nine people and more."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portal.demo import base, registry
from portal.demo.organizations import ORGANIZATIONS
from portal.demo.site import load_site
from tests.journeys import acts_call, acts_closing, acts_money, acts_review
from tests.journeys.acting import Calendar, People

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def calendar() -> Iterator[Calendar]:
    calendar = Calendar()
    yield calendar
    calendar.stop()


@pytest.fixture
def town(calendar: Calendar) -> None:
    build_town(calendar)


def build_town(calendar: Calendar) -> None:
    """A site with its divisions, people, money and an imported register: nothing claimed, nothing published."""
    base.region.cache_clear(), base.person.cache_clear()
    calendar.go("2026-01-05 09:00")
    base.load_regions(print)
    base.load_people(print)
    base.load_sources(print)
    base.load_money(print)
    load_site(base.person("officer"), base.person("head"))
    registry.registry.import_register([registry.row(one) for one in ORGANIZATIONS], by=base.person("registrar"))


@pytest.fixture
def people(visitor) -> People:
    return People(visitor)


def test_a_grant_goes_its_whole_way(town, calendar, people):
    acts_call.publish_a_call(calendar, people)
    acts_call.claim_an_organization(calendar, people)
    acts_call.apply(calendar, people)
    acts_call.screen(calendar, people)
    acts_review.review(calendar, people)
    acts_review.decide(calendar, people)
    acts_money.agree(calendar, people)
    acts_money.pay_first(calendar, people)
    acts_money.work(calendar, people)
    acts_closing.audit(calendar, people)
    acts_closing.close(calendar, people)
    acts_closing.look(calendar, people)
    acts_closing.check_the_books()
