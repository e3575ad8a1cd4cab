"""The data page: one cut of the cube of awards, as tiles, ranks, years and a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from grants.stats import queries as stats
from grants.stats.queries import Ledger, Street, Tally
from home import rules

WAN = 1_000_000
"""Fen in 万元."""
CHART = {"height": 224, "floor": 200, "left": 48, "step": 96, "bar": 64}


@dataclass(frozen=True)
class Rank:
    """One line of the ranked list. value: fen or awards."""

    place: int
    street: Street
    tally: Tally
    value: int


@dataclass(frozen=True)
class Column:
    """One bar of the years, in pixels of the drawing."""

    label: str
    words: str
    x: int
    y: int
    height: int
    middle: int
    is_part: bool


@dataclass(frozen=True)
class Chosen:
    """What the visitor asked for. programme "" = all; measure: amount or count; period: history, all or a year."""

    book: Ledger
    whole: Ledger
    programme: str
    measure: str
    period: str
    until: date | None

    @property
    def is_money(self) -> bool:
        return self.measure == "amount"

    def value(self, tally: Tally) -> int:
        return tally.amount if self.is_money else tally.count

    def short(self, value: int) -> str:
        """万元 with two decimals, or the number itself."""
        return f"{value / WAN:,.2f}" if self.is_money else f"{value:,}"

    @property
    def unit(self) -> str:
        return _("万元") if self.is_money else _("项次")

    @cached_property
    def shown(self) -> Ledger:
        return self.book.only(programme=self.programme)

    @property
    def programme_name(self) -> str:
        return self.book.name(self.programme) if self.programme else _("全部类型")

    @property
    def span(self) -> str:
        years = self.book.years
        cut = self.until and years and self.until.year == years[-1] and self.period in {"history", str(years[-1])}
        return rules.years_in_words(
            years,
            date_format(self.until, _("Y年n月")) if cut and self.until else "",
        )

    @cached_property
    def ranks(self) -> list[Rank]:
        rows = [(street, self.shown.of(street=street.path)) for street in self.book.streets]
        rows.sort(key=lambda row: self.value(row[1]), reverse=True)
        return [Rank(at, street, tally, self.value(tally)) for at, (street, tally) in enumerate(rows, start=1)]

    @cached_property
    def elsewhere(self) -> Tally:
        """Awards of the whole district, of no street."""
        return self.shown.of(street="")

    @property
    def most(self) -> int:
        return max((rank.value for rank in self.ranks), default=0)

    @property
    def whole_value(self) -> int:
        return self.value(self.shown.total)

    @cached_property
    def limits(self) -> list[int]:
        return rules.breaks([rank.value for rank in self.ranks], WAN if self.is_money else 1)

    @property
    def legend(self) -> list[tuple[int, str]]:
        """Return (tone, words) of the five classes."""
        if not self.limits:
            return []
        ends = [f"{limit / WAN:,.0f}" if self.is_money else f"{limit:,}" for limit in self.limits]
        middle = [(at + 2, f"{ends[at]}–{ends[at + 1]}") for at in range(3)]
        return [(1, _("不足 %(end)s") % {"end": ends[0]}), *middle, (5, _("%(end)s 及以上") % {"end": ends[3]})]

    @cached_property
    def tiles(self) -> list[rules.Tile]:
        spots = rules.places([street.code for street in self.book.streets])
        found = []
        for rank in self.ranks:
            x, y = spots[rank.street.code]
            count, wan = rank.tally.count, f"{rank.tally.amount / WAN:,.2f}"
            note = (
                _("万元，%(count)s 项次") % {"count": count}
                if self.is_money
                else _("项次，%(wan)s 万元") % {"wan": wan}
            )
            tone = rules.tone(rank.value, self.limits)
            found.append(
                rules.Tile(
                    rank.street.code, rank.street.name, x, y, self.short(rank.value), note, tone,
                    rank.place == 1 and rank.value > 0,
                )
            )  # fmt: skip
        return found

    @property
    def map_height(self) -> int:
        return max((tile.y for tile in self.tiles), default=0) + rules.STEP

    @property
    def map_finding(self) -> str:
        if not self.ranks or not self.most:
            return _("所选范围内还没有资助")
        first = self.ranks[0]
        share = rules.share_in_words(first.value, self.whole_value)
        return _("%(name)s %(short)s %(unit)s，占全区%(share)s") % {
            "name": first.street.name,
            "short": self.short(first.value),
            "unit": self.unit,
            "share": share,
        }

    @property
    def year_finding(self) -> str:
        columns = [(year, self.value(self.shown.of(year=year))) for year in self.shown.years]
        if len(columns) < 2:
            words = ((_("%(year)s年") % {"year": year}, self.short(value)) for year, value in columns)
            return next((f"{year} {short} {self.unit}" for year, short in words), _("还没有数据"))
        year, value = max(columns, key=lambda column: column[1])
        return _("%(year)s最多，%(short)s %(unit)s") % {
            "year": self.year_label(year),
            "short": self.short(value),
            "unit": self.unit,
        }

    def year_label(self, year: int) -> str:
        if self.until and self.is_part(year):
            return date_format(self.until, _("Y年1–n月"))
        return _("%(year)s年") % {"year": year}

    def is_part(self, year: int) -> bool:
        return self.until is not None and self.until.year == year and (self.until.month, self.until.day) != (12, 31)

    @cached_property
    def axis(self) -> list[tuple[int, str]]:
        """Return (y, label) of the lines of the year chart."""
        scale = WAN if self.is_money else 1
        top = self.axis_top
        ticks = rules.axis(-(-max(self.year_values, default=0) // scale))
        return [(CHART["floor"] - (tick * scale * 180 // top if top else 0), f"{tick:,}") for tick in ticks]

    @cached_property
    def year_values(self) -> list[int]:
        return [self.value(self.shown.of(year=year)) for year in self.shown.years]

    @cached_property
    def axis_top(self) -> int:
        scale = WAN if self.is_money else 1
        return rules.axis(-(-max(self.year_values, default=0) // scale))[-1] * scale

    @cached_property
    def columns(self) -> list[Column]:
        found = []
        for at, (year, value) in enumerate(zip(self.shown.years, self.year_values, strict=True)):
            height = value * 180 // self.axis_top if self.axis_top else 0
            x = CHART["left"] + 20 + at * CHART["step"]
            found.append(
                Column(
                    self.year_label(year), self.short(value), x, CHART["floor"] - height, height,
                    x + CHART["bar"] // 2, self.is_part(year),
                )
            )  # fmt: skip
        return found

    @property
    def chart_width(self) -> int:
        return CHART["left"] + 20 + max(1, len(self.columns)) * CHART["step"]

    @property
    def mean(self) -> int:
        total = self.shown.total
        return total.amount // total.count if total.count else 0

    @cached_property
    def table(self) -> list[tuple[Street, list[tuple[str, Tally]], Tally]]:
        """Return one row a street: the tally of each programme by name, and all of them."""
        return [
            (
                street,
                self.by_name(street=street.path),
                self.book.of(street=street.path),
            )
            for street in self.book.streets
        ]

    def by_name(self, **of: Any) -> list[tuple[str, Tally]]:
        return [(self.book.name(code), self.book.of(programme=code, **of)) for code in self.book.programmes]

    @property
    def table_rest(self) -> list[tuple[str, Tally]]:
        return self.by_name(street="")

    @property
    def rest(self) -> Tally:
        return self.book.of(street="")

    @property
    def table_total(self) -> list[tuple[str, Tally]]:
        return self.by_name()

    @property
    def programmes(self) -> list[tuple[str, str]]:
        return [(code, self.whole.name(code)) for code in self.whole.programmes]

    @cached_property
    def periods(self) -> list[tuple[str, str]]:
        """Return (code, words) of the periods one may choose."""
        years = [(str(year), _("%(year)s年") % {"year": year}) for year in self.whole.years]
        old = self.whole.only(is_historic=True)
        if not old.rows:
            return [("all", _("全部年度")), *years]
        last = date_format(self.until, _("Y年n月")) if self.until else _("%(year)s年") % {"year": old.years[-1]}
        return [("history", f"{old.years[0]}–{last}"), *years, ("all", _("全部年度"))]

    def query(self, **changes: str) -> str:
        values = {"programme": self.programme, "measure": self.measure, "period": self.period, **changes}
        return "?" + urlencode(values)

    @property
    def programme_links(self) -> list[tuple[str, str, bool]]:
        every = [*self.programmes, ("", _("各类合计"))]
        return [(name, self.query(programme=code), code == self.programme) for code, name in every]

    @property
    def measure_links(self) -> list[tuple[str, str, bool]]:
        every = (("amount", _("资助金额")), ("count", _("项次")))
        return [(name, self.query(measure=code), code == self.measure) for code, name in every]

    @property
    def csv_url(self) -> str:
        return self.query()

    def csv_rows(self, invented: str) -> Iterator[list[Any]]:
        """One line a street, year and programme; the note where the split is invented."""
        yield [_("区划代码"), _("街道、镇"), _("年度"), _("项目类型"), _("项次"), _("金额（元）"), _("说明")]
        for street in [*self.book.streets, Street("", _("全区"), "")]:
            for year in self.shown.years:
                for code in self.shown.programmes:
                    tally = self.shown.of(programme=code, year=year, street=street.path)
                    if tally.count:
                        yuan = f"{tally.amount // 100}.{tally.amount % 100:02d}"
                        note = invented if self.shown.is_invented else ""
                        yield [street.code, street.name, year, self.book.name(code), tally.count, yuan, note]


def chosen(asked: Mapping[str, str], until: date | None) -> Chosen:
    """Read the visitor's choice; anything unknown falls back to the default. Three queries."""
    whole = stats.ledger()
    has_history = bool(whole.only(is_historic=True).rows)
    period = asked.get("period", "")
    if not (period in {"all"} or (period == "history" and has_history) or rules.year_in(period)):
        period = "history" if has_history else "all"
    if period == "history":
        book = whole.only(is_historic=True)
    elif period == "all":
        book = whole
    else:
        book = whole.only(years=[int(period)])
    programme = asked.get("programme", "")
    measure = asked.get("measure", "")
    return Chosen(
        book=book,
        whole=whole,
        programme=programme if programme in whole.programmes else "",
        measure=measure if measure in {"amount", "count"} else "amount",
        period=period,
        until=until,
    )
