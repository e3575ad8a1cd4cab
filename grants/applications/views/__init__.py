from grants.applications.views.confirm import confirm
from grants.applications.views.hand_in import check, receipt, receipt_pdf
from grants.applications.views.move import Recall, Withdraw
from grants.applications.views.read import detail, mine, tasks, version
from grants.applications.views.section import AttachmentsView, BudgetView, OverviewView, PlanView, section
from grants.applications.views.start import start, text_copy

__all__ = [
    "AttachmentsView",
    "BudgetView",
    "OverviewView",
    "PlanView",
    "Recall",
    "Withdraw",
    "check",
    "confirm",
    "detail",
    "mine",
    "receipt",
    "receipt_pdf",
    "section",
    "start",
    "tasks",
    "text_copy",
    "version",
]
