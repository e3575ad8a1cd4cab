"""The acts of deciding."""

from grants.awards.commands.award import confirm, drop, lapse, mark_contracted, promote
from grants.awards.commands.history import import_award, import_awards, import_budget
from grants.awards.commands.resolution import (
    Item,
    cancel_draft,
    draft_resolution,
    publicise,
    rebuild,
    record_resolution,
)

__all__ = [
    "Item", "cancel_draft", "confirm", "draft_resolution", "drop", "import_award", "import_awards", "import_budget",
    "lapse", "mark_contracted", "promote", "publicise", "rebuild", "record_resolution",
]  # fmt: skip
