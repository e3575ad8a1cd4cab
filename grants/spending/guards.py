"""What stands against an expenditure's move, read from the ledger."""

from __future__ import annotations

from django.utils.translation import gettext as _

from grants.spending import queries
from grants.spending.models import Expenditure
from portal.lifecycle import Reason
from portal.money import yuan


def money_is_held(expenditure: Expenditure) -> list[Reason]:
    """The advance that lies with the payee covers the amount."""
    held = queries.held(expenditure.project)
    if held >= expenditure.amount:
        return []
    return [
        Reason(
            "not_held",
            _(
                "项目单位持有的资金还有 %(held)s 元，少于这笔支出 %(amount)s 元。请等下一期拨付到账后再审核，或退回单位改为自筹。"
            )
            % {"held": yuan(held), "amount": yuan(expenditure.amount)},
        )
    ]
