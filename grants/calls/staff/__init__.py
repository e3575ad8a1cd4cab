from grants.calls.staff.allocation import AllocationViewSet
from grants.calls.staff.page import Answer, AskForAnswer, DecidePage, PreviewWaiting
from grants.calls.staff.round import RoundViewSet

__all__ = ["AllocationViewSet", "Answer", "AskForAnswer", "DecidePage", "PreviewWaiting", "RoundViewSet"]
