from grants.applications.commands.draft import (
    attach,
    confirm,
    detach,
    save_budget,
    save_overview,
    save_plan,
    save_section,
    set_done,
    start,
)
from grants.applications.commands.errors import Conflict, Late
from grants.applications.commands.screening import (
    await_panel,
    mark_stage,
    return_for_correction,
    screen_fail,
    screen_pass,
)
from grants.applications.commands.submission import issue_receipt, recall, submit, withdraw

__all__ = [
    "Conflict",
    "Late",
    "attach",
    "await_panel",
    "confirm",
    "detach",
    "issue_receipt",
    "mark_stage",
    "recall",
    "return_for_correction",
    "save_budget",
    "save_overview",
    "save_plan",
    "save_section",
    "screen_fail",
    "screen_pass",
    "set_done",
    "start",
    "submit",
    "withdraw",
]
