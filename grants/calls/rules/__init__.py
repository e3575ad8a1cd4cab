from grants.calls.rules.effort import minutes
from grants.calls.rules.plan import (
    BUDGET_CATEGORIES,
    FEWEST,
    MINIMUM_WINDOW,
    TRIM_FROM,
    Plan,
    Share,
    is_within,
    naming,
    naming_faults,
    percent,
    plan_faults,
    rubric_faults,
    window_faults,
)

__all__ = [
    "BUDGET_CATEGORIES",
    "FEWEST",
    "MINIMUM_WINDOW",
    "TRIM_FROM",
    "Plan",
    "Share",
    "is_within",
    "minutes",
    "naming",
    "naming_faults",
    "percent",
    "plan_faults",
    "rubric_faults",
    "window_faults",
]
