"""What a stranger with a paper in hand may learn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portal.documents.models import Paper


@dataclass(frozen=True)
class Answer:
    """number: as asked for. matches: None when no hash was given."""

    number: str
    found: bool
    kind: str = ""
    title: str = ""
    unit: str = ""
    issued_at: datetime | None = None
    sha256: str = ""
    matches: bool | None = None


def check(number: str, sha256: str = "") -> Answer:
    """Look a paper up by its exact number. One query."""
    paper = Paper.objects.filter(number=number).first()
    if paper is None:
        return Answer(number, found=False)
    return Answer(
        number,
        found=True,
        kind=paper.get_kind_display(),
        title=paper.title,
        unit=paper.unit,
        issued_at=paper.issued_at,
        sha256=paper.sha256,
        matches=(sha256 == paper.sha256) if sha256 else None,
    )
