from grants.calls.models.page import CallIndexPage, CallPage, FourEyesTask
from grants.calls.models.round import (
    Allocation,
    AttachmentRule,
    BudgetRule,
    Criterion,
    EligibilityRule,
    Envelope,
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
