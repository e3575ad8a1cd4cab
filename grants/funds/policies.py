"""Who may read the books. Nobody writes into them but the commands of the packages above."""

from __future__ import annotations

from grants.funds.models import Account, FundSource, Period, Posting
from grants.funds.models.account import READERS
from portal.access import Role
from portal.access.policies import Policy

CHECKERS = (Role.BUREAU_FINANCE, Role.AUDITOR, Role.SUPERVISOR, Role.AUD_ADMIN)
"""Roles that may have the whole ledger recomputed on screen."""


class BooksPolicy(Policy):
    actions = {"view": READERS, "verify": CHECKERS}


source_policy = BooksPolicy(FundSource)
account_policy = BooksPolicy(Account)
posting_policy = BooksPolicy(Posting)
period_policy = BooksPolicy(Period)
