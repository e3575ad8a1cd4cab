"""The acts of a review."""

from grants.review.commands.conflict import (
    confirm_conflict,
    declare,
    decline,
    dismiss_conflict,
    look_again,
    recuse,
    step_in,
    substitute,
)
from grants.review.commands.defence import attend, cut_shortlist, miss, move_slot, schedule
from grants.review.commands.panel import assign, enter, make_panel, mark_meeting, open_panel, remind, seal, seat
from grants.review.commands.setting import cancel, lock, reset_due
from grants.review.commands.sheet import SavedMeanwhile, complete, save_scores, save_valid, score, skip, submit_all

__all__ = [
    "SavedMeanwhile", "assign", "attend", "cancel", "complete", "confirm_conflict", "cut_shortlist", "declare", "decline",
    "dismiss_conflict", "enter", "lock", "look_again", "make_panel", "mark_meeting", "miss", "move_slot", "open_panel", "recuse", "remind", "reset_due",
    "save_scores", "save_valid", "schedule", "score", "seal", "seat", "skip", "step_in", "submit_all", "substitute",
]  # fmt: skip
