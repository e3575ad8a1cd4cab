"""Every write of monitoring, by noun."""

from grants.monitoring.commands.activity import record_activity, record_visit
from grants.monitoring.commands.evaluation import assign, evaluate, rectify, release, save_sheet
from grants.monitoring.commands.report import (
    accept_report,
    add_evidence,
    file_report,
    return_report,
    save_report,
    start_report,
)

__all__ = [
    "accept_report",
    "add_evidence",
    "assign",
    "evaluate",
    "file_report",
    "record_activity",
    "record_visit",
    "rectify",
    "release",
    "return_report",
    "save_report",
    "save_sheet",
    "start_report",
]
