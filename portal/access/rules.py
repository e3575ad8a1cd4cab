"""Pure rules of what leaves the house."""

from __future__ import annotations

FORMULA_STARTS = tuple("=+-@\t\r\0＝＋－＠")


def cell(text: str) -> str:
    """Return `text` as a cell that no spreadsheet runs as a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
