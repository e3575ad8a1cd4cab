from grants.applications.rules.budget import Budget, Cap, Fault, Line, budget_faults, line_amount, summed
from grants.applications.rules.eligibility import CODES, MENDED_IN, Check, Verdict, lasts_months

__all__ = [
    "CODES",
    "Budget",
    "Cap",
    "MENDED_IN",
    "Check",
    "Fault",
    "Line",
    "Verdict",
    "budget_faults",
    "lasts_months",
    "line_amount",
    "summed",
]
