from grants.calls.staff.allocation import AllocationViewSet
from grants.calls.staff.page import DecidePage
from grants.calls.staff.round import RoundViewSet

__all__ = ["AllocationViewSet", "DecidePage", "RoundViewSet"]
