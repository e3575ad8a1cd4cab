"""Answers about the meeting and the awards."""

from grants.awards.queries.answers import (
    BY_CASE,
    Ranked,
    Table,
    approved_total,
    balance_rows,
    balances,
    decided,
    draft_of,
    envelope_left,
    latest,
    meetings,
    names_of,
    outcome,
    paper_of,
    publicity_texts,
    table,
    unsealed,
    verdicts,
)
from grants.awards.queries.desk import due

__all__ = [
    "BY_CASE", "Ranked", "Table", "approved_total", "balance_rows", "balances", "decided", "draft_of", "due",
    "envelope_left", "latest", "meetings", "names_of", "outcome", "paper_of", "publicity_texts", "table", "unsealed",
    "verdicts",
]  # fmt: skip
