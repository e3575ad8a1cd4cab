"""The home of the admin: today's work; and one organization from all sides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.components import Component
from wagtail.admin.viewsets import viewsets

from grants.desk import queries
from orgs.registry.models import Organization
from orgs.registry.policies import policy as organization_policy
from portal import clock
from portal.access.staff import PageView
from portal.workdays.queries import overrides

LISTS = (
    "staff_projects", "staff_applications", "staff_needs", "staff_rounds", "staff_publicity", "staff_objections",
    "staff_awards", "staff_reports", "staff_payments", "staff_findings", "staff_organizations", "staff_claims",
    "staff_users", "staff_grants", "staff_letters", "staff_postings", "staff_events", "staff_regions",
)  # fmt: skip
"""What there is to look at, the nearest to the work first; the home draws the first eight that a person may see."""
WORDS = {"staff_awards": _("历年立项结果")}
"""What a list counts, where its name alone would be taken for this year's."""


@dataclass(frozen=True)
class Shelf:
    """A list with something in it. count: rows that this person sees."""

    label: Any
    url: str
    count: int


def shelves(user: Any, most: int = 8) -> list[Shelf]:
    """Return the lists that `user` may open and that are not empty. One query each, at most `most`."""
    known = {one.name: one for one in viewsets.viewsets}
    open_ = [known[name] for name in LISTS if known[name].permission_policy.user_has_permission(user, "view")][:most]
    found = [
        Shelf(
            WORDS.get(one.name, one.menu_label),
            reverse(one.get_url_name("index")),
            one.model._default_manager.visible_to(user).order_by().count(),
        )
        for one in open_
    ]
    return [one for one in found if one.count]


class WorkPanel(Component):
    """C1: what the person must do next, with dates; what there is to look at."""

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
            "shelves": shelves(user),
            "today": today,
            "overrides": overrides(),
        }


class OrganizationFilePage(PageView):
    """C14 一社一档: the registration, the grants, the scores, the findings of one organization on one page."""

    template_name = "desk/organization.html"
    page_title = _("一社一档")
    header_icon = "group"
    above = (_("社会组织"), "staff_organizations:index")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not organization_policy.user_has_permission(request.user, "view"):
            raise organization_policy.denial("view")
        rows = Organization.objects.visible_to(request.user).select_related("region", "custodian")
        self.organization = get_object_or_404(rows, pk=kwargs["pk"])
        return super().get(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return self.organization.name

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            file=queries.organization_file(self.organization, self.request.user),
            may_import=organization_policy.user_has_permission(self.request.user, "import"),
            today=clock.today(),
            **kwargs,
        )
