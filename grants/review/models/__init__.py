from grants.review.models.defence import Shortlist, Slot
from grants.review.models.panel import Assignment, Candidacy, Conflict, Panel, PanelMember
from grants.review.models.sheet import Declaration, Ranking, Score, ScoreSheet

__all__ = [
    "Assignment",
    "Candidacy",
    "Conflict",
    "Declaration",
    "Panel",
    "PanelMember",
    "Ranking",
    "Score",
    "ScoreSheet",
    "Shortlist",
    "Slot",
]
