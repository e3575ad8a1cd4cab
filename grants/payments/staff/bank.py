"""Batches to the bank, and what comes back from it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View
from wagtail.admin.ui.tables import Column

from grants.payments import commands, queries
from grants.payments.forms import BatchForm, ExplainForm, ImportForm, ResultForm
from grants.payments.models import BankLine, BankStatement, Batch, Payment
from grants.payments.policies import BANK_ROLES, batch_policy, line_policy, statement_policy
from grants.payments.rules import COLUMNS
from portal.access import Role
from portal.access.staff import (
    DateColumn,
    Denial,
    FormCommandView,
    MoneyColumn,
    MoveView,
    NameColumn,
    NumberColumn,
    ScopedViewSet,
    StateColumn,
)
from portal.money import yuan
from portal.spreadsheets.commands import workbook
from portal.spreadsheets.rules import Sheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ImportStatement(FormCommandView):
    """Statement or result file in."""

    command = commands.import_statement
    form_class = ImportForm
    roles_required = BANK_ROLES
    title = _("导入银行对账单")
    intro = _(
        "按摘要里的拨付编号、金额和账号三项匹配；三项一致的自动登记到账或退票。同一文件、同一流水号再次导入不会重复记账。"
    )
    submit_label = _("导入")
    header_icon = "upload"
    template_name = "payments/import.html"

    def call(self, answers: dict[str, Any]) -> Any:
        return commands.import_statement(
            answers["file"], by=self.request.user, total_out=answers["total_out"], total_in=answers["total_in"]
        )

    def get_success_message(self) -> str:
        done = self.result
        words = _(
            "导入 %(n)s 笔：到账 %(paid)s 笔，退票 %(failed)s 笔，待核对 %(open)s 笔，以前导入过 %(known)s 笔。"
        )
        return str(
            words
            % {
                "n": done.statement.count,
                "paid": len(done.paid),
                "failed": len(done.failed),
                "open": done.statement.lines.unexplained().count(),
                "known": done.known,
            }
        )

    def get_success_url(self) -> str:
        return reverse("staff_statements:inspect", args=[self.result.statement.pk])

    def get_cancel_url(self) -> str:
        return reverse("staff_statements:index")


class CreateBatch(FormCommandView):
    """Choose approved payments of bureau-held money."""

    command = commands.create_batch
    form_class = BatchForm
    roles_required = (Role.CASHIER,)
    is_sensitive = True
    title = _("生成支付批次")
    submit_label = _("生成批次")
    header_icon = "list-ol"

    @cached_property
    def payments(self) -> Any:
        return queries.for_batch(self.request.user)

    @cached_property
    def nothing(self) -> bool:
        return not self.payments.exists()

    @property
    def intro(self) -> Any:
        if self.nothing:
            return _("没有可以进入批次的拨付。由民政局自管的资金，复核后会出现在这里。")
        return _("只列出已复核、资金由民政局自管的拨付。生成后批次锁定，文件交银行发放。")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "payments": self.payments}

    def get_success_message(self) -> str:
        words = _("批次 %(code)s 已生成，%(count)s 笔 %(yuan)s 元。")
        return str(words % {"code": self.result.code, "count": self.result.count, "yuan": yuan(self.result.total)})

    def get_success_url(self) -> str:
        return reverse("staff_batches:inspect", args=[self.result.pk])

    def get_cancel_url(self) -> str:
        return reverse("staff_batches:index")


class StatementTemplate(Denial, View):
    """An empty table with the columns that we read."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if not request.user.has_role(*BANK_ROLES):
            raise PermissionDenied(_("对账单模板由出纳和局财务下载。"))
        hints = [("方向", gettext("支出或收入")), ("结果", gettext("成功或失败")), ("摘要", gettext("写拨付编号"))]
        content = workbook(
            [
                Sheet(gettext("对账单"), list(COLUMNS), []),
                Sheet(gettext("填写说明"), (gettext("栏目"), gettext("怎样填")), hints),
            ]
        )
        headers = {"Content-Disposition": 'attachment; filename="statement-template.xlsx"'}
        return HttpResponse(content, content_type=XLSX, headers=headers)


class BatchFile(Denial, View):
    """The file for the bank."""

    def get(self, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
        batch = get_object_or_404(Batch.objects.visible_to(request.user), pk=pk)
        if not batch_policy.user_has_permission(request.user, "view"):
            raise PermissionDenied(_("批次文件由出纳和局财务下载。"))
        media = "text/csv" if kind == "csv" else XLSX
        response = HttpResponse(commands.batch_file(batch, kind), content_type=media)
        response["Content-Disposition"] = f'attachment; filename="{batch.code}.{kind}"'
        return response


class Result(MoveView):
    """The bank's answer to one batch."""

    model = Batch
    policy = batch_policy
    action = "result"
    command = commands.import_statement
    form_class = ResultForm
    title = submit_label = _("导入回盘文件")
    success_message = _("回盘文件已导入。")

    def call(self, answers: dict[str, Any]) -> Any:
        return commands.import_statement(answers["file"], by=self.request.user, batch=self.object)

    def consequences(self, obj: Batch) -> list[str]:
        words = _("文件须为 %(count)s 笔，合计 %(yuan)s 元；不一致的整份不导入。")
        return [str(words % {"count": obj.count, "yuan": yuan(obj.total)})]


class Batches(ScopedViewSet):
    model = Batch
    policy = batch_policy
    name = "staff_batches"
    empty_words = _("没有支付批次。出纳从已复核的拨付生成批次。")
    url_prefix = "payment-batches"
    menu_label = _("支付批次")
    icon = "list-ol"
    menu_order = 130
    list_display = [
        "code", NumberColumn("count", label=_("笔数")), MoneyColumn("total", label=_("合计（元）")), StateColumn(),
        "sent_by", DateColumn("sent_at", label=_("生成时间")),
    ]  # fmt: skip
    list_filter = ["status"]
    search_fields = ["code"]
    list_export = ["code", "count", "total", "status", "sent_by", "sent_at"]
    inspect_view_fields = ["code", "count", "status", "sha256", "sent_by", "sent_at"]
    inspect_template = "payments/batch_inspect.html"
    moves = [Result]

    def extra(self, user: Any, batch: Batch) -> dict[str, Any]:
        rows = Payment.objects.visible_to(user).filter(batch=batch).select_related("project__payee", "account")
        return {"payments": rows.order_by("voucher_number"), "can_create": user.has_role(Role.CASHIER)}


class Statements(ScopedViewSet):
    model = BankStatement
    policy = statement_policy
    name = "staff_statements"
    empty_words = _("还没有对账单。出纳或局财务导入银行文件后会出现在这里。")
    url_prefix = "bank-statements"
    menu_label = _("银行对账单")
    icon = "doc-full-inverse"
    menu_order = 140
    list_display = [
        "name", NumberColumn("count", label=_("笔数")), MoneyColumn("total_out", label=_("付出合计（元）")),
        MoneyColumn("total_in", label=_("收入合计（元）")), "imported_by", DateColumn("imported_at", label=_("导入时间")),
    ]  # fmt: skip
    search_fields = ["name"]
    list_export = ["name", "count", "total_out", "total_in", "imported_by", "imported_at"]
    inspect_view_fields = ["name", "count", "imported_by", "imported_at"]
    inspect_template = "payments/statement_inspect.html"

    def extra(self, user: Any, statement: BankStatement) -> dict[str, Any]:
        return {"lines": statement.lines.select_related("payment__project", "refund__project")}


class Explain(MoveView):
    """What became of a line that fits nothing of ours."""

    model = BankLine
    policy = line_policy
    action = "explain"
    command = commands.explain
    form_class = ExplainForm
    title = submit_label = _("说明这笔流水")
    success_message = _("已记录，这笔流水不再列为待办。")
    inspect_url_name = "staff_lines:inspect"

    def consequences(self, obj: BankLine) -> list[str]:
        return [
            str(_("未匹配原因：%(why)s") % {"why": obj.unmatched_because}),
            str(_("只记录说明，不记账；多付的款项请另行登记追回，收到的退款请在退款中核对。")),
        ]


def memo_beside(line: BankLine) -> str:
    """The bank's note, unless it is the payment's number, which has its own column."""
    return "" if line.payment and line.memo == str(line.payment) else line.memo


class Lines(ScopedViewSet):
    """Bank lines, with what is still to be matched."""

    model = BankLine
    policy = line_policy
    name = "staff_lines"
    empty_words = _("还没有银行流水。导入银行文件后会出现在这里。")
    url_prefix = "bank-lines"
    menu_label = _("银行流水")
    icon = "bars"
    menu_order = 150
    list_display = [
        NameColumn("reference", label=_("流水号"), sub=memo_beside, sort_key="reference", classname="nw"),
        DateColumn("booked_on", label=_("日期"), sort_key="booked_on"), "direction",
        MoneyColumn("amount", label=_("金额（元）"), sort_key="amount"), "holder",
        StateColumn("outcome", label=_("结果"), sort_key="is_success"),
        Column("payment", label=_("拨付"), accessor="payment", classname="nw"),
        Column("unmatched_because", label=_("未匹配原因")),
    ]  # fmt: skip
    list_select_related = ("payment", "statement")
    list_filter = ["direction", "is_success"]
    search_fields = ["reference", "holder", "memo", "account_number"]
    list_export = ["reference", "booked_on", "direction", "amount", "holder", "memo", "payment", "unmatched_because"]
    inspect_view_fields = [
        "reference", "booked_on", "direction", "amount", "holder", "memo", "is_success", "note", "payment",
        "unmatched_because",
    ]  # fmt: skip
    moves = [Explain]
