"""Answers to the screens of a review."""

from grants.review.queries.defence import (
    clashes,
    cut,
    figures,
    paper_comments,
    review_ended_on,
    slots_of,
    unattended,
    uncut,
    unscheduled,
    waiting,
    when,
)
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
    orphans,
    progress,
    stand_in,
    undecided_conflicts,
    wants_finance,
)
from grants.review.queries.ranking import (
    FinalRow,
    RankRow,
    absent,
    final_rows,
    is_true_to_seal,
    paper_rows,
    ranking,
    sealed,
    wide_codes,
)

__all__ = [
    "Dossier", "FinalRow", "MemberProgress", "QueueRow", "RankRow", "Seat", "absent", "clashes", "conflicts_of", "criteria_for",
    "criteria_of", "cut", "dossier", "due", "expert_due", "figures", "final_rows", "is_true_to_seal",
    "organizations_to_declare", "orphans", "paper_comments", "paper_rows", "progress", "queue", "ranking", "review_ended_on", "rubric", "sealed",
    "seats", "slots_of", "stand_in", "totals", "unattended", "uncut", "undecided_conflicts", "unscheduled", "waiting",
    "wants_finance", "when", "wide_codes",
]  # fmt: skip
