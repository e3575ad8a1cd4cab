from grants.payments.queries.board import Board, board, holder
from grants.payments.queries.due import due
from grants.payments.queries.payment import (
    Filters,
    TrancheRow,
    current_account,
    for_batch,
    held_by_source,
    is_bureau_held,
    lines_for,
    live_payment,
    payments_of,
    previous_payment,
    spent_of_last,
    tranche_rows,
)

__all__ = [
    "Board",
    "Filters",
    "TrancheRow",
    "board",
    "current_account",
    "due",
    "for_batch",
    "held_by_source",
    "holder",
    "is_bureau_held",
    "lines_for",
    "live_payment",
    "payments_of",
    "previous_payment",
    "spent_of_last",
    "tranche_rows",
]
