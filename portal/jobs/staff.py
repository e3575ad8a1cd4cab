"""X6 运行状态: what works, what waits, what failed."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem

from portal.access import Role
from portal.access.staff import PageView
from portal.jobs import commands, queries

READERS = (Role.SYS_ADMIN, Role.AUD_ADMIN)


class StateView(PageView):
    template_name = "jobs/state.html"
    page_title = _("运行状态")
    header_icon = "cogs"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        state = queries.state()
        failed = [(self.title_of(row), row) for row in state.failed]
        clocks = [(commands.title_of(row.name), row) for row in state.schedules]
        return super().get_context_data(state=state, failed=failed, clocks=clocks, **kwargs)

    def title_of(self, row: Any) -> str:
        return commands.title_of(row.args_kwargs.get("kwargs", {}).get("name") or row.task_path)

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_role(*READERS):
            raise PermissionDenied(_("运行状态由系统管理员和审计管理员查看。"))
        return super().get(request, *args, **kwargs)


class StateMenuItem(MenuItem):
    def is_shown(self, request: Any) -> bool:
        return request.user.has_role(*READERS)
