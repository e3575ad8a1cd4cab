"""Expenditures in the admin: one list over the region, one sheet per decision."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column

from grants.spending import commands, queries
from grants.spending.forms import ReasonForm
from grants.spending.models import Expenditure
from grants.spending.policies import policy
from portal.access.staff import DateColumn, DueColumn, MoneyColumn, MoveView, ScopedViewSet, StateColumn


class Accept(MoveView):
    model, policy, action, command = Expenditure, policy, "accept", commands.accept
    title = submit_label = _("认定支出")
    success_message = _("这笔支出已认定。")

    def consequences(self, obj: Expenditure) -> list[str]:
        return queries.accept_consequences(obj)


class Refuse(MoveView):
    model, policy, action, command = Expenditure, policy, "refuse", commands.refuse
    form_class = ReasonForm
    title = submit_label = _("不予认定")
    success_message = _("已退回，并通知了登记人。")

    def consequences(self, obj: Expenditure) -> list[str]:
        return [_t("这笔支出不计入项目支出，发票号码可以重新登记。")]

    def tells(self, obj: Expenditure) -> list[str]:
        return [str(obj.recorded_by), _t("单位财务")]


class ExpenditureViewSet(ScopedViewSet):
    model = Expenditure
    name = "staff_expenditures"
    empty_words = _("还没有支出。单位登记的支出会出现在这里，等待认定。")
    policy = policy
    icon = "clipboard-list"
    menu_label = _("支出审核")
    menu_order = 40
    add_to_admin_menu = True
    list_display = [
        Column("item", label=_("事项"), sort_key="item"),
        Column("project", label=_("项目"), accessor="project.title"),
        Column("organization", label=_("单位"), accessor="project.organization.name"),
        MoneyColumn("amount", label=_("金额（元）"), sort_key="amount"),
        DateColumn("invoice_date", label=_("开票日期"), sort_key="invoice_date"),
        StateColumn(),
        DueColumn("due_on", label=_("办理期限"), sort_key="due_on"),
    ]
    list_filter = ["status", "is_over_line", "is_cash"]
    search_fields = ["item", "payee", "invoice_number", "project__code", "project__title"]
    list_export = [
        "project.code",
        "item",
        "payee",
        "amount",
        "self_amount",
        "invoice_number",
        "invoice_date",
        "status",
    ]
    list_select_related = ["project__organization", "line"]
    inspect_view_fields = ["note"]
    inspect_template = "spending/staff_inspect.html"
    moves = [Accept, Refuse]

    def extra(self, user: Any, obj: Expenditure) -> dict[str, Any]:
        uses = queries.line_uses(obj.project)
        return {"facts": queries.facts(obj), "uses": uses, "total": queries.total(uses)}
