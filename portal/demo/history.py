"""The 646 awards of 2015–2018: the seed's totals are real, their split is invented (domain § 11.3–11.4).

Integers only, so that every machine draws the same. Amounts are whole hundreds of yuan.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from math import gcd

from portal import money

STREETS = ("330211001", "330211002", "330211003", "330211004", "330211005", "330211100", "330211101")
YEARS = (2015, 2016, 2017, 2018)
UNIT = 100_00


@dataclass(frozen=True)
class Programme:
    """Totals of one programme in the seed. Money in fen; weights by STREETS and YEARS."""

    code: str
    count: int
    total: int
    smallest: int
    largest: int
    seed: int
    streets: tuple[int, ...]
    years: tuple[int, ...]


PROGRAMMES = (
    Programme("VENTURE", 112, 4_317_800_00, 8_000_00, 50_000_00, 7, (30, 22, 22, 18, 6, 6, 8), (2, 3, 4, 2)),
    Programme("MICRO", 503, 7_182_400_00, 2_000_00, 50_000_00, 11, (24, 24, 22, 16, 6, 4, 9), (3, 4, 4, 2)),
    Programme("FACILITY", 31, 9_128_500_00, 80_000_00, 800_000_00, 13, (4, 7, 7, 5, 2, 2, 4), (3, 3, 3, 1)),
)


@dataclass(frozen=True)
class PastAward:
    """code: e.g. "V001"; region: code of the street; amount: fen."""

    code: str
    programme: str
    region: str
    year: int
    amount: int


def awards(programme: Programme) -> list[PastAward]:
    """Return the awards of one programme in order of their codes; Σ amount = the seed's total."""
    amounts = draw_amounts(programme.count, programme.total, programme.smallest, programme.largest, programme.seed)
    streets = _spread(STREETS, programme.streets, programme.count)
    years = _spread(YEARS, programme.years, programme.count)
    stride = next(k for k in (37, 41, 43, 47, 53) if gcd(k, programme.count) == 1)
    return [
        PastAward(
            code=f"{programme.code[0]}{i + 1:03d}",
            programme=programme.code,
            region=streets[i],
            year=years[i * stride % programme.count],
            amount=amounts[i],
        )
        for i in range(programme.count)
    ]


def _draws(state: int) -> Iterator[int]:
    while True:
        state = (state * 1103515245 + 12345) % 2**31
        yield state


def draw_amounts(count: int, total: int, smallest: int, largest: int, seed: int) -> list[int]:
    """Return `count` amounts (fen, whole hundreds of yuan) between smallest and largest that add up to total."""
    units, low, high = total // UNIT, smallest // UNIT, largest // UNIT
    weights = [20 + draw // 65536 % 81 for draw in islice(_draws(seed), count)]
    spare = units - count * low
    amounts = [min(high, low + spare * weight // sum(weights)) for weight in weights]
    i = 0
    while sum(amounts) < units:
        if amounts[i % count] < high:
            amounts[i % count] += 1
        i += 1
    return [amount * UNIT for amount in amounts]


def _spread(values: tuple, weights: tuple[int, ...], count: int) -> list:
    return [value for value, n in zip(values, money.share(count, weights), strict=True) for _ in range(n)]
