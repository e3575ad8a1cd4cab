from grants.funds.queries.books import (
    Head,
    Line,
    anew,
    balance,
    balance_by_year,
    balances_of,
    documents,
    flows,
    hash_of,
    head,
    heads_by_day,
    lines,
    moved,
    name_of,
    reversal_of,
    seal_of,
    size,
    statement,
    years,
)
from grants.funds.queries.entries import (
    Left,
    Month,
    accounts_with_money,
    available_of,
    correctable,
    due,
    left,
    months,
    months_to_close,
    months_to_reopen,
    waiting,
)
from grants.funds.queries.owners import owner_names, register_names
from grants.funds.queries.register import COLUMNS, RegisterRow, fund_register, totals
from grants.funds.queries.verify import Problem, problems, register_check

__all__ = [
    "COLUMNS", "Head", "Left", "Line", "Month", "Problem", "RegisterRow", "accounts_with_money", "anew",
    "available_of", "balance", "balance_by_year", "balances_of", "correctable", "documents", "due", "flows", "fund_register", "hash_of", "head", "heads_by_day", "left", "lines", "months",
    "months_to_close", "months_to_reopen", "moved", "name_of", "owner_names", "problems", "register_check",
    "register_names", "reversal_of", "seal_of", "size", "statement", "totals", "waiting", "years",
]  # fmt: skip
