"""The first page: what is open, what is in publicity, what was granted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.db.models import Case, Count, IntegerField, Q, Sum, Value, When
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from grants.calls.models import CallPage, Round
from grants.calls.states import S as RoundState
from grants.needs import queries as needs
from grants.needs.models import Need
from grants.publicity.models import Publicity, PublicityRow
from grants.publicity.queries import days_left
from grants.publicity.states import S as PublicityState
from grants.stats import queries as stats
from grants.stats.queries import Ledger, Tally
from home import rules
from home.models import ArticlePage, GuidePage
from portal import clock
from portal.regions.models import Region
from portal.workdays.queries import overrides


@dataclass(frozen=True)
class Call:
    """One notice with what a card of it says. envelope: fen of all sources. state: OPEN, PLANNED, PAUSED, CLOSED."""

    page: CallPage
    round: Round
    envelope: int
    state: str

    @property
    def is_open(self) -> bool:
        return self.state == "OPEN"

    @property
    def passed(self) -> str:
        """How much of the window is over, as an SVG length."""
        start, end = self.round.opens_at, self.round.closes_at
        if not (self.is_open and start and end):
            return "0%"
        return f"{100 * (clock.now() - start) / (end - start):.1f}%"


def state_of(round_: Round, moment: datetime) -> str:
    if round_.status == RoundState.SUSPENDED:
        return "PAUSED"
    if round_.takes_applications(moment):
        return "OPEN"
    if round_.opens_at and moment < round_.opens_at:
        return "PLANNED"
    return "CLOSED"


def calls() -> list[Call]:
    """Published notices: open ones by deadline, then planned ones, then closed ones, newest first. One query."""
    moment = clock.now()
    pages = (
        CallPage.objects.live()
        .public()
        .filter(round__isnull=False)
        .select_related("round__programme", "round__region")
        .annotate(envelope=Sum("round__envelopes__planned"))
        .annotate(
            rank=Case(
                When(round__opens_at__lte=moment, round__closes_at__gte=moment, then=Value(0)),
                When(round__opens_at__gt=moment, then=Value(1)),
                default=Value(2),
                output_field=IntegerField(),
            )
        )
        .order_by("rank", "round__closes_at", "-pk")
    )
    found = [Call(page, page.round, page.envelope or 0, state_of(page.round, moment)) for page in pages]
    closed = [call for call in found if call.state == "CLOSED"]
    closed.sort(key=lambda call: (call.round.closes_at is None, call.round.closes_at), reverse=True)
    return [call for call in found if call.state != "CLOSED"] + closed


@dataclass(frozen=True)
class Notice:
    """A line of the publicity list. left: working days with today, None when it is over."""

    publicity: Publicity
    count: int
    amount: int
    left: int | None


def notices(limit: int) -> list[Notice]:
    """The latest publicity lists, running ones first. Two queries."""
    wanted = PublicityRow.Kind.PROPOSED
    lists = (
        Publicity.objects.public()
        .filter(replaced_by__isnull=True)
        .annotate(
            count=Count("rows", filter=Q(rows__kind=wanted)), total=Sum("rows__amount", filter=Q(rows__kind=wanted))
        )
        .annotate(over=Case(When(status=PublicityState.RUNNING, then=0), default=1, output_field=IntegerField()))
        .order_by("over", "-starts_on", "-pk")[:limit]
    )
    days, today = overrides(), clock.today()
    found = []
    for one in lists:
        running = one.status == PublicityState.RUNNING and one.ends_on and one.ends_on >= today
        left = days_left(one.ends_on, days) if running else None
        found.append(Notice(one, one.count, one.total or 0, left))
    return found


@dataclass(frozen=True)
class YearBar:
    """One year of the home page's bars. parts: (colour 1–5, start, width) in percent of the longest year."""

    year: int
    label: str
    total: Tally
    parts: list[tuple[int, str, str]]


@dataclass(frozen=True)
class Account:
    """The ledger band: totals by programme and by year of one stretch of years."""

    ledger: Ledger
    until: date | None

    @cached_property
    def years(self) -> list[int]:
        return self.ledger.years

    @property
    def span(self) -> str:
        return rules.years_in_words(self.years, self.until_words)

    @property
    def until_words(self) -> str:
        cut = self.until and self.years and self.until.year == self.years[-1]
        return date_format(self.until, _("Y年n月")) if cut and self.until else ""

    @cached_property
    def lines(self) -> list[tuple[int, str, str, Tally]]:
        """Return (colour, code, name, tally) of each programme."""
        return [
            (at, code, self.ledger.name(code), self.ledger.of(programme=code))
            for at, code in enumerate(self.ledger.programmes, start=1)
        ]

    def label(self, year: int) -> str:
        cut = self.until and self.until.year == year and (self.until.month, self.until.day) < (12, 31)
        return date_format(self.until, _("Y年（至n月）")) if cut and self.until else _("%(year)s年") % {"year": year}

    @cached_property
    def bars(self) -> list[YearBar]:
        totals = {year: self.ledger.of(year=year) for year in self.years}
        most = max((total.amount for total in totals.values()), default=0)
        found = []
        for year in self.years:
            start, parts = 0, []
            for colour, code, _name, _tally in self.lines:
                amount = self.ledger.of(programme=code, year=year).amount
                parts.append((colour, f"{100 * start / most:.2f}%", f"{100 * amount / most:.2f}%"))
                start += amount
            found.append(YearBar(year, self.label(year), totals[year], parts))
        return found

    @property
    def finding(self) -> str:
        """The title of the bars: the year with most."""
        best = max(self.bars, key=lambda bar: bar.total.amount, default=None)
        if best is None:
            return ""
        return _("%(label)s资助最多，%(wan)s 万元") % {
            "label": best.label,
            "wan": f"{best.total.amount / 1000000:,.2f}",
        }


@dataclass(frozen=True)
class Front:
    """The first page."""

    lead: Call | None
    others: list[Call]
    notices: list[Notice]
    news: list[ArticlePage]
    account: Account | None
    recent: list[tuple[int, Tally]]
    guides: list[GuidePage]
    needs: list[Need]
    streets: list[Region]


def front(history_until: date | None) -> Front:
    """Return everything that the first page shows. About a dozen queries, whatever there is to show."""
    every = calls()
    book = stats.ledger()
    old = book.only(is_historic=True)
    shown = old if old.rows else book
    recent = book.only(is_historic=False)
    return Front(
        lead=every[0] if every and every[0].state != "CLOSED" else None,
        others=every[1:4] if every and every[0].state != "CLOSED" else every[:3],
        notices=notices(4),
        news=list(ArticlePage.objects.live().public().order_by("-published_on", "-pk")[:5]),
        account=Account(shown, history_until if old.rows else None) if shown.rows else None,
        recent=[(year, recent.of(year=year)) for year in recent.years] if old.rows else [],
        guides=list(GuidePage.objects.live().public().order_by("pk")[:3]),
        needs=list(Need.objects.public().select_related("region").order_by("-posted_at", "-pk")[:3]),
        streets=list(needs.streets()),
    )
