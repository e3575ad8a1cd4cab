"""The acts around a published list and its objections."""

from grants.publicity.commands.listing import Row, correct, draft, edit, end_due, on_start, redraw, reword, start
from grants.publicity.commands.objection import (
    TooMany,
    accept,
    answer,
    dismiss,
    faults,
    investigate,
    object_to,
    refuse,
    reveal,
    uphold,
)

__all__ = [
    "Row", "TooMany", "accept", "answer", "correct", "dismiss", "draft", "edit", "end_due", "faults", "investigate",
    "object_to", "on_start", "redraw", "refuse", "reveal", "reword", "start", "uphold",
]  # fmt: skip
