"""Public figures: what was granted, to which programme, year and street. Counted awards, in fen.

An award counts from its confirmation (立项). The unit is 项次: a project funded twice counts twice.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, Max, Min, QuerySet, Sum
from django.db.models.functions import Substr

from grants.awards.models import Award
from grants.calls.models import ProgrammeType
from grants.funds import queries as funds
from grants.funds.models import Transfer
from grants.stats import rules
from portal.regions.models import Level, Region

STREET_PATH = 16
"""Length of a street's path in the region tree: province, city, district, street, four characters each."""
STATIONS = {
    ("appropriated", "held"): "paid",
    ("payable", "held"): "paid",  # the way back of money that the bank returned
    ("held", "spent"): "spent",
    ("held", "returned"): "returned",
    ("recoverable", "returned"): "returned",
}
"""Which figure a movement of an award counts for; the way back is taken off."""


@dataclass(frozen=True)
class Tally:
    """So many awards, so many fen."""

    count: int = 0
    amount: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.count + other.count, self.amount + other.amount)


@dataclass(frozen=True)
class Row:
    """One cell of the cube. street: path of the street, "" for an award of the whole district."""

    programme: str
    year: int
    street: str
    is_historic: bool
    is_invented: bool
    total: Tally


@dataclass(frozen=True)
class Street:
    code: str
    name: str
    path: str


@dataclass(frozen=True)
class Ledger:
    """All public awards by programme, year and street. Built with three queries; cut it in Python."""

    rows: tuple[Row, ...]
    streets: tuple[Street, ...]
    names: dict[str, str]

    def only(
        self, *, programme: str = "", years: Iterable[int] | None = None, is_historic: bool | None = None
    ) -> Ledger:
        wanted = None if years is None else set(years)
        rows = tuple(
            row
            for row in self.rows
            if (not programme or row.programme == programme)
            and (wanted is None or row.year in wanted)
            and (is_historic is None or row.is_historic == is_historic)
        )
        return Ledger(rows, self.streets, self.names)

    @cached_property
    def total(self) -> Tally:
        return sum((row.total for row in self.rows), Tally())

    @property
    def is_invented(self) -> bool:
        """Whether any split shown is invented; the totals are not."""
        return any(row.is_invented for row in self.rows)

    @property
    def years(self) -> list[int]:
        return sorted({row.year for row in self.rows})

    @property
    def programmes(self) -> list[str]:
        """Codes with awards, in the order of the programme table."""
        present = {row.programme for row in self.rows}
        return [code for code in self.names if code in present] + sorted(present - set(self.names))

    def of(self, *, programme: str = "", year: int | None = None, street: str | None = None) -> Tally:
        return sum(
            (
                row.total
                for row in self.rows
                if (not programme or row.programme == programme)
                and (year is None or row.year == year)
                and (street is None or row.street == street)
            ),
            Tally(),
        )

    def name(self, programme: str) -> str:
        return self.names.get(programme, programme)


def public_awards() -> QuerySet[Award]:
    """Awards that anyone may see: confirmed ones, history included."""
    return Award.objects.approved()


def ledger() -> Ledger:
    """Return the cube of all public awards. Three queries."""
    cells = (
        public_awards()
        .annotate(street=Substr("region__path", 1, STREET_PATH))
        .values("programme", "year", "street", "is_historic", "split_is_invented")
        .annotate(count=Count("pk"), amount=Sum("amount"))
        .order_by()
    )
    streets = tuple(
        Street(code, name, path)
        for code, name, path in Region.objects.filter(level=Level.STREET)
        .order_by("code")
        .values_list("code", "name", "path")
    )
    known = {street.path for street in streets}
    rows = tuple(
        Row(
            cell["programme"],
            cell["year"],
            cell["street"] if cell["street"] in known else "",
            cell["is_historic"],
            cell["split_is_invented"],
            Tally(cell["count"], cell["amount"] or 0),
        )
        for cell in cells
    )
    return Ledger(rows, streets, dict(ledger_names()))


def extremes(awards: QuerySet[Award]) -> tuple[int, int]:
    """Return the smallest and the largest award in fen; (0, 0) without any. One query."""
    found = awards.aggregate(least=Min("amount"), most=Max("amount"))
    return found["least"] or 0, found["most"] or 0


def ledger_names() -> list[tuple[str, str]]:
    """Return (code, name) of every programme. One query."""
    return list(ProgrammeType.objects.values_list("code", "name"))


@dataclass(frozen=True)
class Execution:
    """What became of the money of a programme and year, in fen, read from the ledger."""

    programme: str
    year: int
    awards: int
    awarded: int
    paid: int
    spent: int
    returned: int

    @property
    def percent(self) -> int | None:
        """Accepted of paid (domain.md § 10, P1)."""
        return rules.percent(self.spent, self.paid)


def execution() -> list[Execution]:
    """Return one row per programme × year of the public awards, reversals off. Two queries."""
    moved: dict[str, Counter] = defaultdict(Counter)
    for leg in funds.flows(Transfer.objects.filter(src__owner_kind="award", dst__owner_kind="award")):
        for here, there, fen in ((leg.src.kind, leg.dst.kind, leg.fen), (leg.dst.kind, leg.src.kind, -leg.fen)):
            moved[leg.src.owner[1]][STATIONS.get((here, there), "")] += fen
    rows: dict[tuple[str, int], Counter] = defaultdict(Counter)
    for code, programme, year, amount in public_awards().values_list("code", "programme", "year", "amount"):
        rows[programme, year] += Counter(awards=1, awarded=amount)
        for name in ("paid", "spent", "returned"):
            rows[programme, year][name] += moved[code][name]
    return [
        Execution(*place, *(row[name] for name in ("awards", "awarded", "paid", "spent", "returned")))
        for place, row in sorted(rows.items())
    ]
