"""The acts of a review."""

from grants.review.commands.conflict import confirm_conflict, declare, dismiss_conflict, recuse, substitute
from grants.review.commands.panel import assign, enter, lock, make_panel, open_panel, remind, seal, seat
from grants.review.commands.sheet import SavedMeanwhile, complete, save_scores, score, skip, submit_all

__all__ = [
    "SavedMeanwhile", "assign", "complete", "confirm_conflict", "declare", "dismiss_conflict", "enter", "lock",
    "make_panel", "open_panel", "recuse", "remind", "save_scores", "score", "seal", "seat", "skip", "submit_all",
    "substitute",
]  # fmt: skip
