"""Plain rules of tables that leave or enter the house. No Django."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

DANGEROUS = "=+-@|%\t\r\n\uff1d\uff0b\uff0d\uff20"
"""A cell that begins so may be run as a formula; the full-width twins are folded by some programs."""
BLANK = " \u3000\u00a0\ufeff\u200b"
MAX_ROWS = 5000
MAX_CELL = 32767  # Excel's own limit
EXACT = 10**15  # Excel keeps 15 digits of a number


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
    text = value.encode("utf-8", "replace").decode().replace("\x00", "")
    if text.lstrip(BLANK)[:1] and text.lstrip(BLANK)[0] in DANGEROUS:
        text = f"'{text}"
    return text[:MAX_CELL]


def heading(text: Any) -> str:
    """Return a column title for comparing: half width, without spaces, stars and line breaks."""
    folded = unicodedata.normalize("NFKC", "" if text is None else str(text))
    return "".join(char for char in folded if not char.isspace() and char != "*")


def text_of(value: Any) -> str:
    """Return a cell as the text a person typed: 12.0 of a spreadsheet is "12"."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
