"""How long an application takes to write: the one estimate of the notice, the approval and the task list. Pure."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from portal.dynforms import rules as dynforms

FIXED = {"organization": 3, "eligibility": 5, "overview": 10, "plan": 20, "budget": 30, "attachments": 10}
"""Minutes of the sections that every application has beside its form."""


def minutes(schema: dict[str, Any], done: Collection[str] = ()) -> int:
    """Estimate the minutes of a whole application without the sections that are done (their codes)."""
    asked = {one["id"]: dynforms.minutes({"sections": [one]}) for one in schema["sections"]}
    return sum(spent for code, spent in {**FIXED, **asked}.items() if code not in done)
