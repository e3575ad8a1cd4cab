"""The home of the admin: today's work."""

from __future__ import annotations

from typing import Any

from wagtail.admin.ui.components import Component

from grants.desk import queries
from portal import clock
from portal.workdays.queries import overrides


class WorkPanel(Component):
    """C1: what the person must do next, with dates."""

    name = "work"
    template_name = "desk/work_panel.html"
    order = 10

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        user = parent_context["request"].user
        rows = queries.work_list(user)
        today = clock.today()
        return {
            "rows": rows,
            "late": sum(1 for row in rows if row.due_on and row.due_on < today),
            "grants": [(grant.get_role_display(), str(grant.region)) for grant in user.grants_now],
            "home": queries.home(user),
            "today": today,
            "overrides": overrides(),
        }
