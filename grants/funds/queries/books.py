"""Answers from the books."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db.models import F, Q, QuerySet, Sum, Window
from django.db.models.functions import RowNumber, TruncDate

from grants.funds import rules
from grants.funds.models import Account, Posting, Seal, Transfer
from grants.funds.queries.owners import owner_names
from grants.funds.states import OwnerKind
from portal import clock

HISTORY = re.compile(r"[A-Z_]+-[0-9]{4}(?![0-9])")
"""The code under which a programme's money of one past year was entered: FACILITY-2015."""


@dataclass(frozen=True)
class Head:
    """The newest seal: up to which posting the books are fixed, and by which hash."""

    posting: int
    hash: str
    sealed_at: datetime


def head() -> Head | None:
    last = Seal.objects.order_by("-posting_id").first()
    return Head(last.posting_id, last.hash, last.sealed_at) if last else None


def heads_by_day(most: int = 31) -> list[Head]:
    """Return the last head of each day, the newest first. One query."""
    by_day = Window(
        RowNumber(), partition_by=TruncDate("sealed_at", tzinfo=clock.ZONE), order_by=F("posting_id").desc()
    )
    last = Seal.objects.annotate(place=by_day).filter(place=1).order_by("-posting_id")[:most]
    return [Head(one.posting_id, one.hash, one.sealed_at) for one in last]


def heads_file() -> Path:
    """Return where the heads are kept outside the database: one line "time posting hash" a sealing."""
    return Path(settings.DATA_DIR) / "heads" / "ledger.txt"


def hash_of(previous: str, posting: Posting) -> str:
    """Return the hash over the previous one, the posting and its transfers (prefetch them)."""
    fields = [getattr(posting, each.attname) for each in posting._meta.concrete_fields if each.attname != "made_at"]
    moment = int(posting.made_at.timestamp() * 1_000_000)
    legs = sorted(
        [each.pk, each.src_id, each.dst_id, each.amount, each.budget_category] for each in posting.transfers.all()
    )
    return rules.digest([previous, fields, moment, legs])


def balance(kind: str, owner_kind: str, owner_code: str) -> dict[str, int]:
    """Return source code -> fen, over all budget years. One query."""
    rows = Account.objects.of(owner_kind, owner_code).filter(kind=kind).values_list("source__code")
    return dict(rows.annotate(fen=Sum("balance")).order_by("source__code"))


def balances_of(owner_kind: str, owner_code: str) -> dict[str, int]:
    """Return account kind -> fen, over all sources and years. One query."""
    rows = Account.objects.of(owner_kind, owner_code).values_list("kind").order_by("kind")
    return dict(rows.annotate(fen=Sum("balance")))


def balance_by_year(kind: str, owner_kind: str, owner_code: str) -> dict[int, int]:
    """Return budget year -> fen, over all sources, the earliest year first. One query."""
    rows = Account.objects.of(owner_kind, owner_code).filter(kind=kind, balance__gt=0).values_list("year")
    return dict(rows.annotate(fen=Sum("balance")).order_by("year"))


def moved(owner_kind: str, owner_code: str, src_kind: str, dst_kind: str) -> dict[str, int]:
    """Return budget category -> fen that went from one kind to another of an owner, reversals off.

    Two queries. The category "" is money without one.
    """
    net: dict[str, int] = defaultdict(int)
    for sign, src, dst in ((1, src_kind, dst_kind), (-1, dst_kind, src_kind)):
        rows = Transfer.objects.filter(
            src__owner_kind=owner_kind, src__owner_code=owner_code, src__kind=src,
            dst__owner_kind=owner_kind, dst__owner_code=owner_code, dst__kind=dst,
        )  # fmt: skip
        for category, fen in rows.values_list("budget_category").annotate(fen=Sum("amount")).order_by():
            net[category] += sign * fen
    return dict(net)


@dataclass(frozen=True)
class Flow:
    """How much went from one place to another, over any number of transfers."""

    src: rules.Place
    dst: rules.Place
    fen: int


def flows(transfers: QuerySet[Transfer]) -> list[Flow]:
    """Return the sums of `transfers` between places. One query; source is the FundSource's id as text."""
    ends = ("kind", "owner_kind", "owner_code", "source_id", "year")
    names = [f"{side}__{each}" for side in ("src", "dst") for each in ends]
    rows = transfers.values_list(*names).annotate(fen=Sum("amount")).order_by()
    return [Flow(place(*row[:5]), place(*row[5:10]), row[10]) for row in rows]


def place(kind: str, owner_kind: str, owner_code: str, source: int, year: int) -> rules.Place:
    return rules.Place(kind, (owner_kind, owner_code), str(source), year)


@dataclass(frozen=True)
class Line:
    """One movement of an account, as on a bank statement. fen: negative is out."""

    date: date
    posting: int
    event: str
    other: str
    fen: int


def statement(account: Account, most: int = 100) -> list[Line]:
    """Return the newest movements of an account, the others by name. One query, and one for each kind of owner."""
    own = Transfer.objects.filter(Q(src=account) | Q(dst=account)).select_related("posting", "src", "dst")
    rows = list(own.order_by("-id")[:most])
    others = {one.pk: one.dst if one.src_id == account.pk else one.src for one in rows}
    names = owner_names((one.owner_kind, one.owner_code) for one in others.values())
    return [
        Line(
            one.posting.effective_date,
            one.posting_id,
            one.posting.get_event_display(),
            named(others[one.pk], names),
            -one.amount if one.src_id == account.pk else one.amount,
        )
        for one in rows
    ]


def named(account: Account, names: dict[tuple[str, str], str]) -> str:
    if account.owner_kind == OwnerKind.WORLD:
        return str(account.get_kind_display())
    owner = names.get((account.owner_kind, account.owner_code), account.owner_code)
    return f"{owner} · {account.get_kind_display()}"


def name_of(account: Account) -> str:
    """Return whose account it is and what stands in it. One query."""
    return named(account, owner_names([(account.owner_kind, account.owner_code)]))


def lines(posting: Posting) -> list[tuple[Transfer, str, str]]:
    """Return each transfer with the names of both sides. One query, and one for each kind of owner."""
    rows = list(posting.transfers.select_related("src__source", "dst__source").order_by("id"))
    names = owner_names((each.owner_kind, each.owner_code) for one in rows for each in (one.src, one.dst))
    return [(one, named(one.src, names), named(one.dst, names)) for one in rows]


def documents(postings: Iterable[Posting]) -> dict[int, str]:
    """Return posting id -> its document number, a programme and year of the history in words. Two queries at most."""
    numbers = {one.pk: one.document_number for one in postings}
    codes = {pk: found[0] for pk, text in numbers.items() if (found := HISTORY.search(text))}
    names = owner_names((OwnerKind.ROUND, code) for code in codes.values())
    words = {pk: (code, names.get((OwnerKind.ROUND, code), code)) for pk, code in codes.items()}
    return {pk: text.replace(*words[pk]) if pk in words else text for pk, text in numbers.items()}


def seal_of(posting: Posting) -> Seal | None:
    return Seal.objects.filter(posting=posting).first()


def anew(key: str) -> str:
    """Return `key`, or its next version while what was posted under it is reversed: a document can be entered again."""
    found, version = key, 1
    while Posting.objects.filter(key=found, reversed_by__isnull=False).exists():
        version += 1
        found = f"{key}#{version}"
    return found


def reversal_of(posting: Posting) -> Posting | None:
    return Posting.objects.filter(reverses=posting).first()


def years() -> list[int]:
    """Return the budget years with accounts, the newest first."""
    return list(Account.objects.order_by("-year").values_list("year", flat=True).distinct())


def size() -> int:
    return Posting.objects.count()
