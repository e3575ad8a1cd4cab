"""What a published list hashes to, and which rows objections block. Plain values only."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.files.rules import SCANS

LEAST_DAYS, MOST_DAYS = 5, 60
"""Working days a list stands."""
AHEAD = 365
"""Days from today within which a period begins."""
ACCEPT_DAYS = 2
ANSWER_DAYS = 10
EVIDENCE = "publicity.objection"
"""The purpose under which files of an objector are kept."""
EVIDENCE_TYPES = (*SCANS, "docx", "xlsx")
EVIDENCE_SIZE = 10 * 1024 * 1024
EVIDENCE_FILES = 5


def digest(values: Mapping[str, Any]) -> str:
    """Return the SHA-256 of everything a reader sees, in one canonical spelling."""
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Claim:
    """One objection. row: code of its row, None for the whole list. upheld: the result, None while open."""

    row: str | None
    is_procedural: bool
    is_accepted: bool
    is_open: bool
    upheld: bool | None
    is_tipoff: bool


def blocked(codes: Iterable[str], claims: Iterable[Claim]) -> set[str]:
    """Return the codes that may not be confirmed now.

    An objection blocks the row it names, from its arrival until the answer, and for good when it is
    upheld. One against the whole list blocks every row only when it is about procedure and accepted.
    A tip-off (after the end) blocks nothing. Source: domain.md § 0.4, X33.
    """
    every = set(codes)
    found: set[str] = set()
    for one in claims:
        if one.is_tipoff or not (one.is_open or one.upheld):
            continue
        if one.row is not None:
            found |= {one.row} & every
        elif one.is_procedural and one.is_accepted:
            found |= every
    return found


def shares_total(rows: Iterable[Iterable[tuple[str, int]]]) -> list[tuple[str, int]]:
    """Return source name -> fen over all rows, in the order of first appearance."""
    found: dict[str, int] = {}
    for row in rows:
        for name, fen in row:
            found[name] = found.get(name, 0) + fen
    return list(found.items())
