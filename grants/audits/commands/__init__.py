"""Every write of an audit, by noun."""

from grants.audits.commands.engagement import (
    close,
    draft,
    issue_report,
    name_auditor,
    notify,
    open_engagement,
    respond_report,
    start,
)
from grants.audits.commands.finding import (
    drop,
    issue,
    record_finding,
    respond,
    send_for_hearing,
)
from grants.audits.commands.rectification import (
    disallow,
    hold_early,
    order,
    reply,
    send_back,
    settle,
    settle_minor,
    verify,
)
from grants.audits.commands.sample import draw_sample, test_item

__all__ = [
    "close",
    "disallow",
    "draft",
    "draw_sample",
    "drop",
    "hold_early",
    "issue",
    "issue_report",
    "name_auditor",
    "notify",
    "open_engagement",
    "order",
    "record_finding",
    "reply",
    "respond",
    "respond_report",
    "send_back",
    "send_for_hearing",
    "settle",
    "settle_minor",
    "start",
    "test_item",
    "verify",
]
