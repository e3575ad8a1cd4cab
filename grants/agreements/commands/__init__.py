from grants.agreements.commands.agreement import accept, draft_agreement, issue_paper, preview, store_signed
from grants.agreements.commands.amendment import (
    approve_amendment,
    refuse_amendment,
    request_amendment,
    request_release,
    request_termination,
)
from grants.agreements.commands.mark import lift_hold, meet_milestone, place_hold
from grants.agreements.commands.project import close, resume, suspend, terminate

__all__ = [
    "accept",
    "approve_amendment",
    "close",
    "draft_agreement",
    "issue_paper",
    "lift_hold",
    "meet_milestone",
    "place_hold",
    "preview",
    "refuse_amendment",
    "request_amendment",
    "request_release",
    "request_termination",
    "resume",
    "store_signed",
    "suspend",
    "terminate",
]
