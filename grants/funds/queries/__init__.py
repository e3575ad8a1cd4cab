from grants.funds.queries.books import (
    Head,
    Line,
    balance,
    balances_of,
    flows,
    hash_of,
    head,
    lines,
    moved,
    reversal_of,
    seal_of,
    size,
    statement,
    years,
)
from grants.funds.queries.register import COLUMNS, RegisterRow, fund_register
from grants.funds.queries.verify import Problem, problems, register_check

__all__ = [
    "COLUMNS", "Head", "Line", "Problem", "RegisterRow", "balance", "balances_of", "flows", "fund_register", "hash_of",
    "head", "lines", "moved", "problems", "register_check", "reversal_of", "seal_of", "size", "statement", "years",
]  # fmt: skip
