"""The books in the admin: read-only lists, the fund register, and the check of the whole ledger."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column

from grants.funds import commands, queries
from grants.funds.forms import SourceRevisionForm
from grants.funds.guards import CORRECTABLE
from grants.funds.models import Account, FundSource, Posting
from grants.funds.policies import account_policy, entry_policy, posting_policy, source_policy
from grants.funds.queries.owners import owners_of
from grants.funds.queries.register import MONEY
from grants.funds.states import OwnerKind
from portal import clock
from portal.access.staff import (
    DateColumn,
    InspectView,
    ListView,
    MoneyColumn,
    MoveView,
    NameColumn,
    NumberColumn,
    PageView,
    ScopedViewSet,
)
from portal.money import plain_yuan
from portal.spreadsheets.commands import workbook
from portal.spreadsheets.rules import Sheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class SourceView(InspectView):
    def get_purposes_display_value(self) -> str:
        codes = self.object.purposes
        names = queries.owner_names(("programme", code) for code in codes)
        return "、".join(names.get(("programme", code), code) for code in codes) or str(_("不限"))


class ReviseSource(MoveView):
    model = FundSource
    policy = source_policy
    action = "revise"
    command = commands.revise_source
    form_class = SourceRevisionForm
    title = submit_label = _("修改资金来源")
    success_message = _("已保存。")

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in ("name", "kind", "holder", "purposes")}

    def get_form_kwargs(self) -> dict[str, Any]:
        programmes = owners_of("programme")
        return {**super().get_form_kwargs(), "source": self.object, "programmes": programmes}

    def consequences(self, obj: FundSource) -> list[str]:
        fixed = [_("已经记过账，编码、类别、资金所在和所属区划不能再改。")] if obj.has_money_posted else []
        return [*fixed, _("“可用于”只管以后安排的额度，已经安排的不变。")]


class FundSourceViewSet(ScopedViewSet):
    model = FundSource
    name = "staff_fund_sources"
    empty_words = _("还没有资金来源。")
    policy = source_policy
    icon = "folder-open-inverse"
    menu_label = _("资金来源")
    menu_order = 230
    list_display = [
        NameColumn("name", label=_("名称"), sort_key="name"),
        Column("kind", label=_("类别"), accessor="get_kind_display"),
        Column("holder", label=_("资金所在"), accessor="get_holder_display"),
        DateColumn("last_on", label=_("最近记账"), empty=_("还没有记账")),
    ]
    list_filter = ["kind", "holder"]
    links = [(_("新增资金来源"), "funds_new_source", "open_source")]
    search_fields = ["code", "name"]
    list_export = ["name", "kind", "holder"]
    inspect_view_class = SourceView
    inspect_template = "funds/staff_source.html"
    moves = [ReviseSource]
    inspect_view_fields = ["name", "kind", "holder", "purposes", "region"]

    def annotate(self, queryset: Any) -> Any:
        return queryset.with_last_day()

    def extra(self, user: Any, obj: FundSource) -> dict[str, Any]:
        may_ask = entry_policy.user_has_permission(user, "ask_budget")
        return {"left": queries.left([obj]), "may_ask": may_ask}


class AccountList(ListView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rows = list(context["object_list"])
        names = queries.owner_names((one.owner_kind, one.owner_code) for one in rows)
        for one in rows:
            one.owner_name = names.get((one.owner_kind, one.owner_code), one.owner_code)
            one.owner_sub = one.owner_code if one.owner_kind == OwnerKind.AWARD else ""
        return {**context, "table": self.get_table(rows)}


class AccountView(InspectView):
    def get_page_subtitle(self) -> str:
        return queries.name_of(self.object)

    def get_owner_code_display_value(self) -> str:
        return queries.name_of(self.object)


class AccountViewSet(ScopedViewSet):
    model = Account
    index_view_class = AccountList
    inspect_view_class = AccountView
    name = "staff_fund_accounts"
    empty_words = _("还没有账户。下达指标后会出现在这里。")
    policy = account_policy
    icon = "list-ul"
    menu_label = _("账户余额")
    menu_order = 210
    list_display = [
        NameColumn("owner_code", label=_("所属"), accessor="owner_name", sub="owner_sub", sort_key="owner_code"),
        Column("owner_kind", label=_("类别"), accessor="get_owner_kind_display"),
        Column("kind", label=_("账户"), accessor="get_kind_display"),
        Column("source", label=_("资金来源"), accessor="source.name"),
        NumberColumn("year", label=_("预算年度"), sort_key="year"),
        MoneyColumn("balance", label=_("余额（元）"), sort_key="balance"),
        DateColumn("last_on", label=_("最近记账"), empty=_("还没有记账")),
    ]
    list_filter = ["source", "year", "owner_kind", "kind"]
    search_fields = ["owner_code", "code"]
    list_export = ["source.name", "year", "owner_kind", "owner_code", "kind", "balance"]
    list_select_related = ["source"]
    inspect_view_fields = ["owner_code", "owner_kind", "kind", "source", "year"]
    inspect_template = "funds/staff_account.html"

    def annotate(self, queryset: Any) -> Any:
        return queryset.with_last_day()

    def extra(self, user: Any, obj: Account) -> dict[str, Any]:
        return {"lines": queries.statement(obj)}


class PostingList(ListView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rows = list(context["object_list"])
        numbers = queries.documents(rows)
        for one in rows:
            one.document_words = numbers[one.pk]
        return {**context, "table": self.get_table(rows)}


class PostingView(InspectView):
    def get_document_number_display_value(self) -> str:
        return queries.documents([self.object])[self.object.pk]


class PostingViewSet(ScopedViewSet):
    model = Posting
    index_view_class = PostingList
    inspect_view_class = PostingView
    name = "staff_postings"
    empty_words = _("还没有记账凭证。下达指标、立项、拨付时自动记账。")
    policy = posting_policy
    icon = "doc-full"
    menu_label = _("记账凭证")
    menu_order = 220
    list_display = [
        Column("id", label=_("凭证号"), sort_key="id"),
        DateColumn("effective_date", label=_("记账日期"), sort_key="effective_date"),
        Column("event", label=_("业务"), accessor="get_event_display", sort_key="event"),
        Column("memo", label=_("摘要")),
        MoneyColumn("amount", label=_("金额（元）"), accessor="amount"),
        Column("made_by", label=_("经办"), accessor="made_by"),
        Column("approved_by", label=_("批准"), accessor="approved_by"),
        Column("document_number", label=_("文号"), accessor="document_words"),
    ]
    list_filter = ["event", "effective_date", "period"]
    labels = {"id": _("凭证号"), "key": _("业务编号")}
    search_fields = ["key", "document_number", "memo"]
    list_export = ["id", "effective_date", "event", "amount", "document_number", "memo", "key"]
    list_select_related = ["made_by", "approved_by"]
    inspect_view_fields = [
        "event", "effective_date", "period", "document_number", "memo", "made_by", "approved_by", "made_at",
    ]  # fmt: skip
    inspect_template = "funds/staff_posting.html"

    def annotate(self, queryset: Any) -> Any:
        return queryset.with_amount()

    def extra(self, user: Any, obj: Posting) -> dict[str, Any]:
        may_correct = (
            entry_policy.user_has_permission(user, "ask_reverse")
            and queries.correctable(user, CORRECTABLE).filter(pk=obj.pk).exists()
        )
        return {
            "transfers": queries.lines(obj), "seal": queries.seal_of(obj), "reversal": queries.reversal_of(obj),
            "may_correct": may_correct,
        }  # fmt: skip


class BooksPage(PageView):
    """A page of the admin shell about the books. action: what the policy is asked for."""

    action = "view"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not posting_policy.user_has_permission(request.user, self.action):
            names = "、".join(str(role.label) for role in posting_policy.roles_for(self.action))
            raise PermissionDenied(_t("这个页面由%s查看。") % names)
        return super().get(request, *args, **kwargs)


class RegisterView(BooksPage):
    """资金台账 of a budget year, on screen and as xlsx (?format=xlsx)."""

    template_name = "funds/register.html"
    page_title = _("资金台账")
    header_icon = "table"

    def year(self) -> int:
        asked = self.request.GET.get("year", "")
        return int(asked) if asked.isdecimal() and len(asked) == 4 else clock.today().year

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        page = super().get(request, *args, **kwargs)
        if request.GET.get("format") != "xlsx":
            return page
        year = self.year()
        rows = queries.fund_register(year, user=request.user)
        table = [[shown(row, name) for name in queries.COLUMNS] for row in rows]
        columns = [
            _t("%(label)s（元）") % {"label": label} if name in MONEY else label
            for name, label in queries.COLUMNS.items()
        ]
        content = workbook([Sheet(_t("%(year)s年资金台账") % {"year": year}, columns, table)])
        headers = {"Content-Disposition": f'attachment; filename="fund-register-{year}.xlsx"'}
        return HttpResponse(content, content_type=XLSX, headers=headers)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        year = self.year()
        rows = queries.fund_register(year, user=self.request.user)
        sums = {name: sum(getattr(row, name) for row in rows) for name in MONEY}
        sums["received"] -= sums.pop("given")  # between owners: not counted twice
        return super().get_context_data(
            year=year,
            years=queries.years(),
            rows=[(row, OwnerKind(row.owner_kind).label) for row in rows],
            totals=queries.totals(rows),
            whole=self.request.GET.get("columns") == "all",
            columns=paired([queries.COLUMNS[name] for name in MONEY]),
            foot=paired([(queries.COLUMNS[name], sums.get(name)) for name in MONEY]),
            figures=[(row, paired([(queries.COLUMNS[name], getattr(row, name)) for name in MONEY])) for row in rows],
            **kwargs,
        )


def paired(each: list[Any]) -> list[list[Any]]:
    """Put two columns into one, one above the other: all figures of a row fit on a screen."""
    return [each[at : at + 2] for at in range(0, len(each), 2)]


def shown(row: queries.RegisterRow, name: str) -> Any:
    value = getattr(row, name)
    if name in MONEY:
        return float(plain_yuan(value))
    return str(OwnerKind(value).label) if name == "owner_kind" else value


class VerifyView(BooksPage):
    """Recompute the ledger, as `verify_ledger` does every night."""

    action = "verify"
    template_name = "funds/verify.html"
    page_title = _("账本核对")
    header_icon = "tick-inverse"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = [each for each, _n in zip(queries.problems(), range(100), strict=False)]
        return super().get_context_data(problems=found, size=queries.size(), head=queries.head(), **kwargs)
