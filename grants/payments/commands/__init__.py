from grants.payments.commands.bank import explain, import_statement, pay
from grants.payments.commands.batch import batch_file, create_batch
from grants.payments.commands.payment import (
    appropriate,
    approve,
    cancel,
    check,
    receipt,
    reject_by_bank,
    request,
    return_,
)
from grants.payments.commands.refund import cancel_refund, match_refund, register_refund

__all__ = [
    "appropriate",
    "approve",
    "batch_file",
    "cancel",
    "cancel_refund",
    "check",
    "create_batch",
    "explain",
    "import_statement",
    "match_refund",
    "pay",
    "receipt",
    "register_refund",
    "reject_by_bank",
    "request",
    "return_",
]
