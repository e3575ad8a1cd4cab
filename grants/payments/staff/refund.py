"""F7 退款: registered by one person, matched by another."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column

from grants.agreements.models import Project
from grants.agreements.policies import is_near
from grants.agreements.states import ProjectStatus
from grants.payments import commands, queries
from grants.payments.forms import MatchForm, ReasonForm, RefundForm
from grants.payments.models import Refund, RefundKind
from grants.payments.policies import refund_policy
from grants.payments.states import REFUND
from portal.access.staff import (
    DateColumn,
    DueColumn,
    FormCommandView,
    MoneyColumn,
    MoveView,
    NameColumn,
    ScopedViewSet,
    StateColumn,
)


class RegisterRefund(FormCommandView):
    """Say how much of each source comes back from one project."""

    command = commands.register_refund
    form_class = RefundForm
    title = _("登记退款")
    submit_label = _("登记退款")
    success_message = _("退款已登记，已通知收款单位。")
    header_icon = "rotate"

    kind = RefundKind.SURPLUS

    def check(self, request: HttpRequest) -> None:
        rows = Project.objects.visible_to(request.user).select_related("payee", "region")
        self.project = get_object_or_404(rows, pk=self.kwargs["pk"])
        if not is_near(request.user, refund_policy.roles_for("register"), self.project):
            raise PermissionDenied(_("退款由民政局经办人或局财务登记。"))
        self.held = queries.refundable(self.project, self.kind)
        self.nothing = not self.held

    @property
    def intro(self) -> str:
        if not self.held:
            return str(_("%s 没有还要登记的退款：没有单位持有的资金，或者都已登记、等待到账。") % self.project)
        return str(
            _("%(project)s · %(payee)s。按来源填写退回金额。")
            % {"project": self.project, "payee": self.project.payee}
        )

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "held": self.held}

    def call(self, answers: dict[str, Any]) -> Any:
        return commands.register_refund(self.project, by=self.request.user, kind=self.kind, **answers)

    def get_success_url(self) -> str:
        return reverse("staff_refunds:inspect", args=[self.result.pk])

    def get_cancel_url(self) -> str:
        return reverse("staff_projects:inspect", args=[self.project.pk])


class RegisterRecovery(RegisterRefund):
    """Claim back what is recoverable: after a termination, or what an audit disallowed."""

    title = _("登记追回")
    submit_label = _("登记追回")
    success_message = _("追回已登记，已通知收款单位。")
    kind = RefundKind.RECOVERY

    @property
    def intro(self) -> str:
        if not self.held:
            return str(_("%s 没有还要登记的追回：没有应追回的资金，或者都已登记、等待到账。") % self.project)
        words = {"project": self.project, "payee": self.project.payee, "days": REFUND.starts[0].days}
        return str(_("%(project)s · %(payee)s。按来源填写追回金额，单位须在 %(days)s 个工作日内退回。") % words)

    def get_form_kwargs(self) -> dict[str, Any]:
        ended = self.project.status == ProjectStatus.TERMINATED
        reason = _("终止项目，追回未认定的资金") if ended else _("审计剔除，追回不予认定的支出")
        return {**super().get_form_kwargs(), "reason": reason}


DOORS = (
    (RefundKind.SURPLUS, _("登记退款"), "staff_register_refund"),
    (RefundKind.RECOVERY, _("登记追回"), "staff_register_recovery"),
)


def doors(user: Any, project: Project) -> list[tuple[Any, str]]:
    """Offer on a project's page what is still to be registered, and each refund under way. Five queries."""
    found: list[tuple[Any, str]] = []
    if is_near(user, refund_policy.roles_for("register"), project):
        found += [
            (label, reverse(name, args=[project.pk]))
            for kind, label, name in DOORS
            if queries.refundable(project, kind)
        ]
    if is_near(user, refund_policy.roles_for("view"), project):
        found += [
            (_("退款 %s 待到账") % one.code, reverse("staff_refunds:inspect", args=[one.pk]))
            for one in Refund.objects.open().filter(project=project).order_by("code")
        ]
    return found


def account_of(refund: Refund) -> Any:
    """Name the account that the money of a refund still lies in."""
    return _("应追回") if refund.kind == RefundKind.RECOVERY else _("项目单位持有")


class Match(MoveView):
    model = Refund
    policy = refund_policy
    action = "match"
    command = commands.match_refund
    form_class = MatchForm
    title = submit_label = _("核对到账")
    success_message = _("退款已到账，资金已退回来源。")

    @cached_property
    def lines(self) -> Any:
        return queries.lines_for(self.object)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "lines": self.lines}

    def consequences(self, obj: Refund) -> list[str]:
        return [str(_("资金从“%s”转为“已退回”，按来源记账。一条流水只能用一次。") % account_of(obj))]

    def tells(self, obj: Refund) -> list[str]:
        return [str(obj.project.payee)]


class Cancel(MoveView):
    model = Refund
    policy = refund_policy
    action = "cancel"
    is_way_out = True
    command = commands.cancel_refund
    form_class = ReasonForm
    title = submit_label = _("取消退款")
    success_message = _("退款已取消。")

    def consequences(self, obj: Refund) -> list[str]:
        return [str(_("不再要求单位退回这一笔，账本不变；资金仍在“%s”，可以重新登记。") % account_of(obj))]


class Refunds(ScopedViewSet):
    model = Refund
    policy = refund_policy
    name = "staff_refunds"
    empty_words = _("没有退款。在项目页面登记的退款会出现在这里。")
    url_prefix = "refunds"
    menu_label = _("退款追缴")
    icon = "rotate"
    menu_order = 160
    list_display = [
        NameColumn("project", label=_("项目"), accessor="project.title", sub="code", sort_key="code"),
        Column("payee", label=_("收款单位"), accessor="project.payee"),
        "kind",
        MoneyColumn("amount", label=_("金额（元）"), sort_key="amount"),
        DateColumn("registered_at", label=_("登记时间"), sort_key="registered_at"),
        StateColumn(),
        DueColumn("due_on", label=_("期限"), sort_key="due_on"),
    ]
    list_select_related = ("project__payee", "project__region", "registered_by", "line")
    list_filter = ["status", "kind"]
    list_export = ["code", "project", "kind", "amount", "status", "registered_at", "due_on"]
    labels = {"registered_at": _("登记时间"), "matched_at": _("核对时间")}
    search_fields = ["code", "project__title", "project__payee__name"]
    inspect_view_fields = [
        "code", "project", "kind", "status", "reason", "due_on", "registered_by", "registered_at", "matched_by",
        "matched_at", "line",
    ]  # fmt: skip
    inspect_template = "payments/refund_inspect.html"
    moves = [Match, Cancel]

    def extra(self, user: Any, refund: Refund) -> dict[str, Any]:
        return {"shares": refund.shares.select_related("source")}
