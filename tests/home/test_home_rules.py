"""Tiles, classes, axes and the words of findings."""

import pytest

from home import rules


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [(26, 100, "四分之一"), (50, 100, "一半"), (217, 1000, "21.7%"), (33, 100, "三分之一"), (1, 0, "0%")],
)
def test_a_share_is_said_as_people_say_it(part, whole, words):
    assert rules.share_in_words(part, whole) == words


@pytest.mark.parametrize(
    ("most", "ticks"), [(0, [0]), (155, [0, 50, 100, 150, 200]), (631, [0, 200, 400, 600, 800]), (7, [0, 2, 4, 6, 8])]
)
def test_an_axis_starts_at_zero_with_few_round_ticks(most, ticks):
    assert rules.axis(most) == ticks


def test_classes_have_round_limits_and_nothing_is_its_own_class():
    limits = rules.breaks([112_180_000, 21_580_000, 0], 1_000_000)

    assert limits == [25_000_000, 50_000_000, 75_000_000, 100_000_000]
    assert [rules.tone(value, limits) for value in (0, 21_580_000, 87_080_000, 112_180_000)] == [0, 1, 4, 5]


def test_unknown_streets_get_tiles_below_the_known_ones():
    spots = rules.places(["330211001", "999999001", "999999002"])

    assert len(set(spots.values())) == 3
    assert spots["999999001"][1] > spots["330211001"][1]


@pytest.mark.parametrize(
    ("years", "until", "words"),
    [
        ([2015, 2018], "2018年5月", "2015年至2018年5月"),
        ([2026], "", "2026年"),
        ([2015, 2026], "", "2015年至2026年"),
        ([], "", ""),
    ],
)
def test_a_stretch_of_years_in_words(years, until, words):
    assert rules.years_in_words(years, until) == words
