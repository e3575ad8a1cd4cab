from grants.funds.queries.books import Head, balance, balances_of, flows, hash_of, head, moved
from grants.funds.queries.register import COLUMNS, RegisterRow, fund_register
from grants.funds.queries.verify import Problem, problems, register_check

__all__ = [
    "COLUMNS", "Head", "Problem", "RegisterRow", "balance", "balances_of", "flows", "fund_register", "hash_of",
    "head", "moved", "problems", "register_check",
]  # fmt: skip
