from grants.funds.models.account import Account, FundSource
from grants.funds.models.period import Period, PeriodChange
from grants.funds.models.posting import Posting, Seal, Transfer
from grants.funds.models.triggers import TRIGGERS

__all__ = ["TRIGGERS", "Account", "FundSource", "Period", "PeriodChange", "Posting", "Seal", "Transfer"]
