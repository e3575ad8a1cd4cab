"""Chinese words for a search engine that knows none: every two neighbouring characters are one word.

社区居家 is kept as "社区 区居 居家"; a query of two characters or more becomes the same words, asked as
a phrase. So any part of a text is found, on SQLite and PostgreSQL alike, without a dictionary.
"""

from __future__ import annotations

import re
import unicodedata

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
RUN = re.compile(f"[{HAN}]+|[^\\W_{HAN}]+")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
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


def clean(query: str) -> str:
    """Return the query in one line without control characters (PostgreSQL takes no NUL)."""
    return " ".join(CONTROL.sub(" ", query).split())


def parts(query: str) -> list[str]:
    """Return what stands between the spaces of a query, without what has no letter or digit. Long ones are cut."""
    return [part for part in unicodedata.normalize("NFKC", clean(query)[:MAX_QUERY]).split() if RUN.search(part)]


def phrases(query: str) -> list[str]:
    """Return the phrases that must all occur: one for each part."""
    return [bigrams(part) for part in parts(query)]


def is_loose(part: str) -> bool:
    """Say whether `part` has a Chinese character without a neighbour (老, 2期): the index knows it in pairs only."""
    return any(len(run) == 1 and re.match(f"[{HAN}]", run) for run in RUN.findall(part))


def hits_of(query: str) -> re.Pattern | None:
    """Return a pattern of what the query may be drawn as in a text; the longest part first."""
    found = sorted({*parts(query), *query[:MAX_QUERY].split()}, key=len, reverse=True)
    return re.compile("|".join(re.escape(part) for part in found), re.IGNORECASE) if found else None


def marked(text: str, query: str) -> list[tuple[str, bool]]:
    """Cut `text` into (part, is a hit), to draw the hits of `query` in it."""
    pattern = hits_of(query)
    if pattern is None:
        return [(text, False)]
    pieces = re.split(f"({pattern.pattern})", text, flags=re.IGNORECASE)
    return [(piece, at % 2 == 1) for at, piece in enumerate(pieces) if piece]


def excerpt(text: str, query: str, length: int = 90) -> str:
    """Return the stretch of `text` around its first hit; "…" stands for what is left out."""
    pattern = hits_of(query)
    hit = pattern.search(text) if pattern else None
    start = max(0, hit.start() - length // 3) if hit else 0
    end = min(len(text), start + length)
    return f"{'…' if start else ''}{text[start:end].strip()}{'…' if end < len(text) else ''}"
