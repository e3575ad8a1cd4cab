"""The demo's day: turned on by a visitor, known to every process, and absent from a real site."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import include, path

from portal import clock
from portal.demo import calendar
from portal.urls import urlpatterns as real

urlpatterns = [path("demo/", include("portal.demo.urls")), *real]


@pytest.fixture
def demo(settings, tmp_path, monkeypatch):
    settings.DEMO, settings.DATA_DIR, settings.ROOT_URLCONF = True, tmp_path, __name__
    monkeypatch.setattr(clock, "_ahead", calendar.ahead)


def test_the_clock_runs_as_far_ahead_as_the_file_says(demo):
    today = clock.today()

    calendar.turn_to(today + timedelta(days=8))

    assert clock.today() == today + timedelta(days=8)
    assert timedelta(days=8) - (clock.now() - datetime.now(UTC)) < timedelta(minutes=1)
    assert calendar.kept().read_text() == "8"
    calendar.turn_to(clock.today() + timedelta(days=30))
    assert calendar.kept().read_text() == "38"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("days", "words"), [(0, "演示日期只能往后推"), (-1, "演示日期只能往后推"), (4000, "演示日期最多推到")]
)
def test_the_day_never_goes_back_nor_out_of_sight(demo, client, days, words):
    response = client.post("/demo/day/", {"day": clock.today() + timedelta(days=days)})

    assert response.status_code == 422
    assert words in response.content.decode()
    assert not calendar.kept().exists()


@pytest.mark.django_db
def test_a_visitor_turns_the_day_on(demo, client):
    day = clock.today() + timedelta(days=7)
    page = client.get("/demo/day/").content.decode()
    assert f'name="day" value="{day}"' in page

    assert client.post("/demo/day/", {"day": day}, follow=True).status_code == 200

    assert clock.today() == day
    assert f"演示日期 {day}" in client.get("/demo/day/").content.decode()


@pytest.mark.django_db
def test_a_real_site_has_no_such_page_and_tells_no_demo_day(client):
    assert client.get("/demo/day/").status_code == 404
    assert "演示日期" not in client.get("/accounts/login/").content.decode()


def test_a_fixed_moment_stays_fixed(demo):
    calendar.turn_to(clock.today() + timedelta(days=3))
    with clock.at(datetime(2026, 3, 1, 4, tzinfo=UTC)):
        assert clock.today() == date(2026, 3, 1)
