"""Chinese words for a search engine that knows none: every two neighbouring characters are one word.

社区居家 is kept as "社区 区居 居家"; a query of two characters or more becomes the same words, asked as
a phrase. So any part of a text is found, on SQLite and PostgreSQL alike, without a dictionary.
"""

from __future__ import annotations

import re
import unicodedata

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
RUN = re.compile(f"[{HAN}]+|[^\\W_{HAN}]+")
MAX_QUERY = 60


def words(text: str) -> list[str]:
    """Return the words of `text`: bigrams of each run of Chinese characters, other words in lower case."""
    found: list[str] = []
    for run in RUN.findall(unicodedata.normalize("NFKC", text).lower()):
        if re.match(f"[{HAN}]", run) and len(run) > 1:
            found += [run[at : at + 2] for at in range(len(run) - 1)]
        else:
            found.append(run)
    return found


def bigrams(text: str) -> str:
    """Return what to put into the index for `text`."""
    return " ".join(words(text))


def phrases(query: str) -> list[str]:
    """Return the phrases that must all occur: one for each part between spaces. Long queries are cut."""
    parts = unicodedata.normalize("NFKC", query[:MAX_QUERY]).split()
    return [found for part in parts if (found := bigrams(part))]


def marked(text: str, query: str) -> list[tuple[str, bool]]:
    """Cut `text` into (part, is a hit), to draw the hits of `query` in it."""
    parts = [re.escape(part) for part in query[:MAX_QUERY].split() if part.strip()]
    if not parts:
        return [(text, False)]
    pieces = re.split(f"({'|'.join(sorted(parts, key=len, reverse=True))})", text, flags=re.IGNORECASE)
    return [(piece, at % 2 == 1) for at, piece in enumerate(pieces) if piece]
