from grants.review.models.panel import Assignment, Candidacy, Panel, PanelMember
from grants.review.models.sheet import Conflict, Declaration, Ranking, Score, ScoreSheet

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
]
