from grants.calls.models.envelope import Allocation, Envelope
from grants.calls.models.page import CallIndexPage, CallPage, FourEyesTask
from grants.calls.models.round import (
    AttachmentRule,
    BudgetRule,
    Criterion,
    EligibilityRule,
    ProgrammeType,
    Round,
    TrancheRule,
)

__all__ = [
    "Allocation",
    "AttachmentRule",
    "BudgetRule",
    "CallIndexPage",
    "CallPage",
    "Criterion",
    "EligibilityRule",
    "Envelope",
    "FourEyesTask",
    "ProgrammeType",
    "Round",
    "TrancheRule",
]
