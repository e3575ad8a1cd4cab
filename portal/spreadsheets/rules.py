"""Plain rules of tables that leave or enter the house. No Django."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

DANGEROUS = "=+-@\t\r\n\x00=+-@"
MAX_ROWS = 5000
MAX_CELL = 32767  # Excel's own limit


@dataclass(frozen=True)
class Sheet:
    """One sheet to write. rows: values in the order of `columns`, any iterable, read once."""

    name: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Any]]


def harmless(value: Any) -> Any:
    """Return a value that no spreadsheet program runs: text that starts like a formula gets a `'` in front.

    Numbers, dates and booleans pass; a negative number is a number and not text.
    """
    if not isinstance(value, str):
        return value
    text = value.replace("\x00", "")
    if text.lstrip(" \u3000\ufeff")[:1] and text.lstrip(" \u3000\ufeff")[0] in DANGEROUS:
        text = f"'{text}"
    return text[:MAX_CELL]
