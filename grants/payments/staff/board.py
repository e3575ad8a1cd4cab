"""F3 拨付看板: the columns are the machine; nothing moves here without its own sheet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from grants.calls.models import Round
from grants.funds.models import FundSource
from grants.payments import guards, queries
from grants.payments.models import Payment
from grants.payments.policies import policy
from grants.payments.states import PaymentStatus
from orgs.registry.models import Organization
from portal import clock
from portal.access.staff import Denial

NEXT = {
    PaymentStatus.REQUESTED: "check",
    PaymentStatus.CHECKED: "approve",
    PaymentStatus.APPROVED: "appropriate",
    PaymentStatus.FAILED: "appropriate",
}


def judge_for(user: Any) -> Callable[[Payment, Any], str | None]:
    """Return what says why this person cannot make the next step: "" when able, None when it is not their turn.

    The person's organizations are asked for once, not once a card.
    """
    own = set(Organization.objects.of_member(user).values_list("pk", flat=True))

    def judge(payment: Payment, user: Any) -> str | None:
        action = NEXT.get(payment.status)
        if action is None or not guards.is_near_now(user, policy.roles_now(action, payment), payment):
            return None
        if own & {payment.project.organization_id, payment.project.payee_id}:
            return str(_("您是收款单位或实施单位的成员，不能办理。"))
        return " ".join(one.text for one in guards.earlier_step(payment, user, action))

    return judge


class Board(Denial, WagtailAdminTemplateMixin, TemplateView):
    template_name = "payments/board.html"
    page_title = _("拨付看板")
    header_icon = "table"
    _show_breadcrumbs = True
    breadcrumbs_items = [*WagtailAdminTemplateMixin.breadcrumbs_items, {"url": "", "label": _("拨付看板")}]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not policy.user_has_permission(request.user, "view"):
            raise PermissionDenied(_("拨付看板由民政局、财政局和审计人员查看。"))
        return super().get(request, *args, **kwargs)

    def filters(self) -> queries.Filters:
        asked = self.request.GET
        number = asked.get("number", "")
        return queries.Filters(
            round=asked.get("round", "")[:20],
            number=int(number) if number.isdecimal() and len(number) < 3 else None,
            source=asked.get("source", "")[:20],
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        filters = self.filters()
        return super().get_context_data(
            board=queries.board(self.request.user, filters, judge_for(self.request.user)),
            filters=filters,
            rounds=Round.objects.visible_to(self.request.user).order_by("-year", "code"),
            sources=FundSource.objects.near(self.request.user).order_by("code"),
            numbers=range(1, 5),
            now=clock.now(),
            **kwargs,
        )
