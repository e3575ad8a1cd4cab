"""The ledger's commands: `from grants.funds import commands as ledger`."""

from grants.funds.commands.account import account, accounts, along, move, world
from grants.funds.commands.entry import (
    approve_entry,
    refuse_entry,
    request_budget,
    request_entry,
    request_month,
    request_reversal,
    withdraw_entry,
)
from grants.funds.commands.events import (
    allocate,
    appropriate_budget,
    carry_over,
    fee,
    hand_back,
    restore,
    take_back,
    write_off,
)
from grants.funds.commands.period import close_period, reopen_period
from grants.funds.commands.posting import Move, post, reverse
from grants.funds.commands.seal import seal
from grants.funds.commands.source import open_source, revise_source
from grants.funds.queries import head
from grants.funds.rules import (
    AlreadyReversed,
    FourEyes,
    Overdrawn,
    PeriodClosed,
    SameKeyOtherInput,
    WrongEntry,
)

__all__ = [
    "AlreadyReversed", "FourEyes", "Move", "Overdrawn", "PeriodClosed", "SameKeyOtherInput", "WrongEntry",
    "account", "accounts", "allocate", "along", "appropriate_budget", "approve_entry", "carry_over", "close_period",
    "fee", "hand_back", "head", "move", "open_source", "post", "refuse_entry", "reopen_period", "request_budget",
    "request_entry", "request_month", "request_reversal", "restore", "reverse", "revise_source", "seal", "take_back", "withdraw_entry", "world",
    "write_off",
]  # fmt: skip
