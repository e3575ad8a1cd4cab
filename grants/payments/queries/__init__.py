from grants.payments.queries.board import Board, board, holder
from grants.payments.queries.due import due
from grants.payments.queries.payment import (
    FROM,
    Filters,
    TrancheRow,
    current_account,
    for_batch,
    is_bureau_held,
    lines_for,
    live_payment,
    payments_of,
    previous_payment,
    refundable,
    spent_of_last,
    tranche_rows,
)

__all__ = [
    "Board",
    "FROM",
    "Filters",
    "TrancheRow",
    "board",
    "current_account",
    "due",
    "for_batch",
    "holder",
    "is_bureau_held",
    "lines_for",
    "live_payment",
    "payments_of",
    "previous_payment",
    "refundable",
    "spent_of_last",
    "tranche_rows",
]
