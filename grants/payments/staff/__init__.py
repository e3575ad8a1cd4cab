from grants.payments.staff.bank import (
    Batches,
    BatchFile,
    CreateBatch,
    ImportStatement,
    Lines,
    Statements,
    StatementTemplate,
)
from grants.payments.staff.board import Board
from grants.payments.staff.payment import CancelTranche, Payments
from grants.payments.staff.refund import Refunds, RegisterRecovery, RegisterRefund, doors

VIEWSETS = [Payments(), Batches(), Statements(), Lines(), Refunds()]

__all__ = [
    "VIEWSETS",
    "BatchFile",
    "Board",
    "CancelTranche",
    "CreateBatch",
    "ImportStatement",
    "RegisterRecovery",
    "RegisterRefund",
    "StatementTemplate",
    "doors",
]
