from grants.applications.queries.check import checks
from grants.applications.queries.content import RELATED, content, named_in, rubric_lines
from grants.applications.queries.desk import due, neighbours, register_outcome, timeline
from grants.applications.queries.dossier import (
    Dossier,
    Task,
    dossier,
    overview_problems,
    problems,
    read_only_reason,
    task_groups,
    unlocked,
)

__all__ = [
    "RELATED",
    "Dossier",
    "Task",
    "checks",
    "content",
    "dossier",
    "due",
    "named_in",
    "neighbours",
    "overview_problems",
    "problems",
    "read_only_reason",
    "register_outcome",
    "rubric_lines",
    "task_groups",
    "timeline",
    "unlocked",
]
