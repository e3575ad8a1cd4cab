from datetime import date, datetime

import pytest

from portal import periods

NATIONAL_DAY_2026 = [date(2026, 10, day) for day in range(1, 8)]


def test_holidays_rest_and_exchanged_weekends_work():
    assert not any(map(periods.is_working_day, NATIONAL_DAY_2026))
    assert periods.is_working_day(date(2026, 10, 10))  # a Saturday, worked in exchange
    assert not periods.is_working_day(date(2026, 11, 21))


def test_a_reply_clock_starts_on_the_next_day():
    friday = date(2026, 11, 20)

    assert periods.add_working_days(friday, 0) == friday
    assert periods.add_working_days(friday, 1) == date(2026, 11, 23)
    assert periods.add_working_days(friday, 5) == date(2026, 11, 27)


def test_publicity_across_the_national_day_counts_its_first_day():
    assert periods.publicity_last_day(date(2026, 9, 29), 5) == date(2026, 10, 10)
    with pytest.raises(ValueError, match="working day"):
        periods.publicity_last_day(date(2026, 10, 1), 5)


def test_the_bureau_can_override_a_day():
    storm = {date(2026, 11, 23): False, date(2026, 11, 28): True}

    assert periods.add_working_days(date(2026, 11, 20), 1, storm) == date(2026, 11, 24)
    assert periods.add_working_days(date(2026, 11, 20), 5, storm) == date(2026, 11, 28)


def test_days_between_are_the_inverse_of_adding():
    start = date(2026, 9, 28)
    for days in range(12):
        assert periods.working_days_between(start, periods.add_working_days(start, days)) == days
    assert periods.working_days_between(date(2026, 11, 27), date(2026, 11, 20)) == -5


def test_a_day_ends_at_24_oclock_in_shanghai():
    assert periods.end_of_day(date(2026, 10, 10)) == datetime.fromisoformat("2026-10-11T00:00:00+08:00")
