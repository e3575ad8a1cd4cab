"""The secretary's screens, by noun."""

from grants.review.staff.conflict import ConflictViewSet
from grants.review.staff.defence import SlotViewSet
from grants.review.staff.panel import PanelViewSet

__all__ = ["ConflictViewSet", "PanelViewSet", "SlotViewSet"]
