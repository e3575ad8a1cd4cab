from grants.funds.models.account import Account, FundSource
from grants.funds.models.entry import Entry
from grants.funds.models.period import Period, PeriodChange
from grants.funds.models.posting import Posting, Seal, Transfer
from grants.funds.models.triggers import TRIGGERS

__all__ = ["TRIGGERS", "Account", "Entry", "FundSource", "Period", "PeriodChange", "Posting", "Seal", "Transfer"]
