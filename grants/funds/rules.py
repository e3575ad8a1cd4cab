"""Which event may move money between which accounts, and how an amount is split. Plain values only.

Source: design ledger.md § 2 (table of events) and § 4.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.lifecycle import Refused
from portal.words import say as _

MOST = 10**14
"""The largest amount of one transfer, in fen."""

WORLD = ("treasury", "fee_world", "returned_world")
"""Account kinds of the outside world: they have no floor."""


class WrongEntry(Refused):
    """The table of events does not know this movement, or an amount or a document is missing."""


class Overdrawn(Refused):
    """An account has less than the posting takes."""


class SameKeyOtherInput(Refused):
    """A key was used again for something else."""


class PeriodClosed(Refused):
    """The date lies in a closed accounting month, or before one."""


class FourEyes(Refused):
    """A second person is required, and must be another one."""


class AlreadyReversed(Refused):
    """A posting is reversed once, and a reversal never."""


@dataclass(frozen=True)
class Event:
    """What one event may do.

    pairs: (src kind, dst kind). approved: a second person is required. same: what src and dst must
    share, of "source", "year", "owner". next_year: dst is the same account of the next budget year.
    clocked: may happen without a person (the clock). document: needs a document number. home: the
    envelope it goes to must be one that this owner's money came from.
    """

    pairs: frozenset[tuple[str, str]]
    approved: bool = False
    same: tuple[str, ...] = ("source", "year")
    next_year: bool = False
    clocked: bool = False
    document: bool = False
    home: bool = False


def event(*pairs: tuple[str, str], **values: Any) -> Event:
    return Event(frozenset(pairs), **values)


OWN = ("source", "year", "owner")

EVENTS: dict[str, Event] = {
    "appropriate_budget": event(("treasury", "available"), approved=True, document=True),
    "allocate": event(("available", "envelope"), ("available", "pool"), ("pool", "envelope"), approved=True),
    "take_back": event(("envelope", "available"), ("pool", "available"), ("envelope", "pool"), approved=True),
    "propose": event(("envelope", "reserved")),
    "drop": event(("reserved", "envelope"), home=True),
    "lapse": event(("reserved", "envelope"), ("committed", "envelope"), clocked=True, home=True),
    "confirm": event(("reserved", "committed"), same=OWN),
    "amend_down": event(("committed", "envelope"), approved=True, home=True),
    "amend_up": event(("envelope", "committed"), approved=True),
    "approve_tranche": event(("committed", "payable"), same=OWN, approved=True),
    "cancel_tranche": event(("payable", "committed"), same=OWN),
    "appropriate": event(("payable", "appropriated"), same=OWN),
    "pay": event(("appropriated", "held"), ("held", "spent"), same=OWN),
    "bank_reject": event(("appropriated", "payable"), ("held", "payable"), same=OWN),
    "accept_expenditure": event(("held", "spent"), same=OWN),
    "disallow": event(("held", "recoverable"), ("spent", "recoverable"), same=OWN, approved=True),
    "refund": event(("held", "returned"), ("recoverable", "returned"), same=OWN),
    "restore": event(("returned", "envelope"), approved=True, home=True),
    "hand_back": event(
        ("returned", "returned_world"), ("envelope", "returned_world"), ("available", "returned_world"),
        approved=True, document=True,
    ),
    "carry_over": event(
        ("envelope", "envelope"), ("committed", "committed"),
        same=("source", "owner"), next_year=True, approved=True, document=True,
    ),
    "write_off": event(("recoverable", "written_off"), same=OWN, approved=True, document=True),
    "fee": event(("envelope", "fee_world"), approved=True, document=True),
}  # fmt: skip
REVERSE = "reverse"
"""Not in the table: a reversal mirrors another posting exactly, whatever that was."""

APPROVED = tuple(sorted([name for name, one in EVENTS.items() if one.approved] + [REVERSE]))
CLOCKED = tuple(sorted(name for name, one in EVENTS.items() if one.clocked))
DOCUMENTED = tuple(sorted(name for name, one in EVENTS.items() if one.document))


@dataclass(frozen=True)
class Place:
    """Where an account stands: all that the table asks about it."""

    kind: str
    owner: tuple[str, str]
    source: str
    year: int


def wrong_legs(name: str, legs: Sequence[tuple[Place, Place, int]]) -> list[str]:
    """Return why `legs` (src, dst, fen) are no `name`, in words; empty when they are. Deny by default."""
    if name not in EVENTS:
        return [_("账本不认识这种业务。")]
    if not legs:
        return [_("一张凭证至少要有一笔金额。")]
    return [text for src, dst, fen in legs for text in wrong_leg(EVENTS[name], src, dst, fen)]


def wrong_leg(one: Event, src: Place, dst: Place, fen: int) -> list[str]:
    found = []
    if type(fen) is not int or not 0 < fen <= MOST:
        found.append(_("金额必须是大于零的整数（分），且不超过一万亿元。"))
    if (src.kind, dst.kind) not in one.pairs:
        found.append(_("这种业务不能把钱从“%(kind)s”转到“%(kind_2)s”。") % {"kind": src.kind, "kind_2": dst.kind})
    if any(getattr(src, each) != getattr(dst, each) for each in one.same):
        found.append(_("转出和转入的资金来源、预算年度或所属对象不一致。"))
    if one.next_year and dst.year != src.year + 1:
        found.append(_("结转只能转入下一预算年度的同一账户。"))
    return found


def split(fen: int, shares: Sequence[int]) -> list[int]:
    """Split `fen` over `shares` (what each source still holds), in whole fen, without loss.

    Each part is its proportional share rounded down; what is missing goes to the last sources first.
    While fen <= sum(shares) no part exceeds its share, so that the last payment empties every source
    exactly: that is why callers pass the balances of today and not the shares of the first day.
    """
    total = sum(shares)
    if fen < 0 or total <= 0 or min(shares) < 0:
        raise ValueError("nothing to split by")
    parts = [fen * share // total for share in shares]
    order = sorted(range(len(shares)), key=lambda at: (-(fen * shares[at] % total), -at))
    for at in order[: fen - sum(parts)]:
        parts[at] += 1
    return parts


def digest(values: Mapping[str, Any] | Iterable[Any]) -> str:
    """Return the SHA-256 of `values` in one canonical spelling."""
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def asked(event: str, legs: Sequence[Sequence[Any]], posting: Any, on: Any) -> str:
    """Return the hash of all that is asked under one key.

    legs: (src code, dst code, fen, category). posting: whatever carries made_by_id, approved_by_id,
    memo, document_number, reverses_id. on: the date asked for; None where it was left to the clock.
    """
    names = ("made_by_id", "approved_by_id", "memo", "document_number", "reverses_id")
    said = {name: getattr(posting, name) for name in names}
    return digest({"event": event, "legs": legs, "on": on, **said})
