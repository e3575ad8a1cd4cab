from grants.calls.commands.allocation import allocate, approve_allocation, refuse_allocation, request_allocation
from grants.calls.commands.page import (
    approve_page,
    draft_page,
    publish,
    reject_page,
    set_up_calls,
    submit_page,
)
from grants.calls.commands.round import (
    archive,
    cancel,
    close_due,
    draft_round,
    mark_stage,
    open_due,
    open_needs,
    resume,
    revise_round,
    suspend,
)

__all__ = [
    "allocate",
    "approve_allocation",
    "approve_page",
    "archive",
    "cancel",
    "close_due",
    "draft_page",
    "draft_round",
    "mark_stage",
    "open_due",
    "open_needs",
    "publish",
    "refuse_allocation",
    "reject_page",
    "request_allocation",
    "resume",
    "revise_round",
    "set_up_calls",
    "submit_page",
    "suspend",
]
