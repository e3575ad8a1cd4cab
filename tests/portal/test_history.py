from collections import Counter

from portal.demo.history import PROGRAMMES, awards


def tally(key):
    rows = [row for programme in PROGRAMMES for row in awards(programme)]
    counts, sums = Counter(map(key, rows)), Counter()
    for row in rows:
        sums[key(row)] += row.amount
    return {one: (counts[one], sums[one] // 100) for one in counts}


def test_the_totals_are_exactly_the_seeds():
    assert tally(lambda row: row.programme) == {
        "VENTURE": (112, 4_317_800),
        "MICRO": (503, 7_182_400),
        "FACILITY": (31, 9_128_500),
    }


def test_the_split_by_year_is_the_published_one():
    assert tally(lambda row: (row.programme, row.year)) == {
        ("VENTURE", 2015): (20, 769_000),
        ("VENTURE", 2016): (31, 1_197_700),
        ("VENTURE", 2017): (41, 1_549_900),
        ("VENTURE", 2018): (20, 801_200),
        ("MICRO", 2015): (116, 1_603_300),
        ("MICRO", 2016): (155, 2_244_200),
        ("MICRO", 2017): (155, 2_227_900),
        ("MICRO", 2018): (77, 1_107_000),
        ("FACILITY", 2015): (10, 2_729_600),
        ("FACILITY", 2016): (9, 2_860_400),
        ("FACILITY", 2017): (9, 2_400_800),
        ("FACILITY", 2018): (3, 1_137_700),
    }


def test_the_split_by_street_is_the_published_one():
    by_street = tally(lambda row: (row.programme, row.region))

    assert by_street[("VENTURE", "330211001")] == (30, 1_121_800)
    assert by_street[("MICRO", "330211002")] == (115, 1_605_900)
    assert by_street[("FACILITY", "330211101")] == (4, 1_344_900)
    assert len({region for _, region in by_street}) == 7


def test_amounts_stay_in_their_range():
    for programme in PROGRAMMES:
        amounts = [row.amount for row in awards(programme)]
        assert programme.smallest <= min(amounts) and max(amounts) <= programme.largest
        assert all(amount % 100_00 == 0 for amount in amounts)
