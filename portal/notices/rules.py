"""Plain rules of letters. No Django."""

from __future__ import annotations

import unicodedata

MAX_ATTEMPTS = 8


def one_line(text: str, length: int) -> str:
    """Return text fit for a mail header: no control or line-breaking characters, at most `length` long."""
    flat = "".join(" " if unicodedata.category(char) in {"Cc", "Zl", "Zp"} else char for char in text)
    return " ".join(flat.split())[:length]


def wait_after(attempts: int) -> int | None:
    """Return the seconds until the next try after `attempts` failed ones; None when it is given up.

    1, 2, 4 … minutes: eight tries within about two hours.
    """
    return None if attempts >= MAX_ATTEMPTS else 60 * 2 ** (attempts - 1)
