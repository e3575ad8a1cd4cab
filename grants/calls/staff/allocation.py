"""资金下达: the leader's list of requests, and the decision."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column

from grants.calls import commands
from grants.calls.forms import ReasonForm
from grants.calls.models import Allocation
from grants.calls.policies import allocation_policy
from grants.funds.queries import available_of
from portal.access.staff import (
    DateColumn,
    DueColumn,
    InspectView,
    MoneyColumn,
    NameColumn,
    RefuseRequested,
    Requested,
    ScopedViewSet,
    StateColumn,
)
from portal.money import yuan


class ApproveAllocation(Requested):
    model = Allocation
    policy = allocation_policy
    action = "approve_allocation"
    command = commands.approve_allocation
    title = submit_label = _("同意并记账")
    success_message = _("已同意，资金已记账。")

    def consequences(self, obj: Allocation) -> list[str]:
        envelope = obj.envelope
        has = yuan(available_of(envelope.source, envelope.year))
        if obj.is_back:
            text = _("%(envelope)s %(fen)s 元，从“%(round)s”收回；收回前可用指标 %(has)s 元。")
        else:
            text = _("%(envelope)s %(fen)s 元，转入“%(round)s”；这项来源现有可用指标 %(has)s 元。")
        words = {"envelope": envelope, "fen": yuan(obj.amount), "round": envelope.round, "has": has}
        return [text % words, _("账本立即记账，记账后只能红字冲销。")]


class RefuseAllocation(RefuseRequested):
    model = Allocation
    policy = allocation_policy
    action = "refuse_allocation"
    command = commands.refuse_allocation
    form_class = ReasonForm


class AllocationView(InspectView):
    def get_page_subtitle(self) -> str:
        """The money is said below: the whole name does not fit into the header."""
        return f"{self.object.round} · {self.object.get_direction_display()}"

    def get_envelope_display_value(self) -> str:
        return str(self.object.envelope)

    def get_round_display_value(self) -> str:
        return str(self.object.envelope.round)


class AllocationViewSet(ScopedViewSet):
    model = Allocation
    name = "staff_allocations"
    empty_words = _("没有资金下达申请。经办人在批次里申请下达资金后会出现在这里。")
    icon = "decimal"
    menu_label = _("资金下达")
    menu_order = 110
    list_display = [
        NameColumn("envelope", label=_("批次"), accessor="envelope.round.title", sub="envelope.round.code"),
        Column("source", label=_("资金来源和年度"), accessor="envelope"),
        Column("direction", label=_("业务"), accessor="get_direction_display"),
        MoneyColumn("amount", label=_("金额（元）")),
        StateColumn(),
        Column("requested_by", label=_("申请人")),
        DateColumn("requested_at", label=_("申请时间"), sort_key="requested_at"),
        DueColumn("due_on", label=_("办理期限")),
    ]
    list_select_related = ["envelope__round", "envelope__source", "requested_by", "decided_by"]
    list_filter = ["status", "direction"]
    labels = {
        "round": _("批次"), "envelope": _("资金来源和年度"), "requested_by": _("申请人"), "requested_at": _("申请时间"), "decided_by": _("审批人"),
        "decided_at": _("审批时间"),
    }  # fmt: skip
    list_export = [
        "envelope",
        "direction",
        "amount",
        "status",
        "requested_by",
        "requested_at",
        "decided_by",
        "decided_at",
    ]
    inspect_view_class = AllocationView
    late_fields = ("note", "decided_by", "decided_at", "reason")
    inspect_view_fields = [
        "round", "direction", "envelope", "amount", "status", "note", "requested_by", "requested_at", "decided_by",
        "decided_at", "reason",
    ]  # fmt: skip
    moves = [ApproveAllocation, RefuseAllocation]
