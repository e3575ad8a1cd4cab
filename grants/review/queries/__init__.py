"""Answers to the screens of a review."""

from grants.review.queries.desk import (
    Dossier,
    QueueRow,
    Seat,
    dossier,
    due,
    expert_due,
    queue,
    rubric,
    seats,
    totals,
)
from grants.review.queries.panel import (
    MemberProgress,
    conflicts_of,
    criteria_for,
    criteria_of,
    organizations_to_declare,
    progress,
    undecided_conflicts,
    wants_finance,
)
from grants.review.queries.ranking import RankRow, is_true_to_seal, ranking, sealed

__all__ = [
    "Dossier", "MemberProgress", "QueueRow", "RankRow", "Seat", "conflicts_of", "criteria_for", "criteria_of", "dossier", "due", "expert_due",
    "is_true_to_seal", "organizations_to_declare", "progress", "queue", "ranking", "rubric", "sealed", "seats", "totals",
    "undecided_conflicts", "wants_finance",
]  # fmt: skip
