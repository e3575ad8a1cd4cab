"""账务申请 in the admin: the list, what can be asked, a form for each kind, and the leader's decision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column

from grants.funds import commands, queries
from grants.funds.forms import BudgetForm, EntryForm, MonthForm, ReasonForm, ReversalForm, SourceForm
from grants.funds.guards import CORRECTABLE, TAKES
from grants.funds.models import Entry
from grants.funds.policies import ASKERS, entry_policy, source_policy
from grants.funds.queries.owners import owners_of
from grants.funds.staff.books import BooksPage
from grants.funds.states import EntryKind
from portal import clock
from portal.access.staff import (
    DateColumn,
    DueColumn,
    FilledView,
    FormCommandView,
    MoneyColumn,
    MoveView,
    NameColumn,
    NumberColumn,
    RefuseRequested,
    Requested,
    ScopedViewSet,
    StateColumn,
)
from portal.files.commands import store

TASKS = (_("账务处理"), "funds_tasks")


class AskView(FormCommandView):
    """Ask for an entry of one kind. intro: what it does to the money. empty_words: there is nothing to choose from."""

    kind: EntryKind
    empty_words: Any = ""
    header_icon = "clipboard-list"
    submit_label = _("提交审批")
    success_message = _("已提交，等分管领导审批。批准后立即记账。")

    @classmethod
    def url_name(cls) -> str:
        return f"funds_ask_{cls.kind}".lower()

    def check(self, request: HttpRequest) -> None:
        action = f"ask_{self.kind}".lower()
        if not entry_policy.user_has_permission(request.user, action):
            raise entry_policy.denial(action)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "intro": self.empty_words} if self.nothing else context

    def get_breadcrumbs_items(self) -> list[dict]:
        above = {"url": reverse(TASKS[1]), "label": TASKS[0]}
        return [*self.breadcrumbs_items, above, {"url": "", "label": self.title}]

    def paper(self, answers: dict[str, Any]) -> Any:
        upload = answers.pop("paper", None)
        return store(upload, purpose="funds.paper", by=self.request.user) if upload else None

    def get_success_url(self) -> str:
        return reverse("staff_entries:inspect", args=[self.result.pk])

    def get_cancel_url(self) -> str:
        return reverse(TASKS[1])


class AskBudget(AskView):
    kind = EntryKind.BUDGET
    title = _("下达指标")
    intro = _("按财政或福彩的指标文件登记一笔资金。分管领导批准后，这项来源的“可用指标”增加，批次可以申请下达。")
    form_class = BudgetForm

    def call(self, answers: dict[str, Any]) -> Entry:
        paper = self.paper(answers)
        return commands.request_budget(by=self.request.user, paper=paper, **answers)


class AskMove(AskView):
    form_class = EntryForm
    empty_words = _("现在没有可以办理的账户：有余额的账户才会出现在这里。")

    @cached_property
    def nothing(self) -> bool:
        return not queries.accounts_with_money(self.request.user, TAKES[self.kind])

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "kind": self.kind}

    def call(self, answers: dict[str, Any]) -> Entry:
        paper = self.paper(answers)
        return commands.request_entry(self.kind, by=self.request.user, paper=paper, **answers)


class AskCarryOver(AskMove):
    kind = EntryKind.CARRY_OVER
    title = _("结转下年")
    intro = _("把批次里没有用的额度，或已立项还没有拨付的资金，转到下一预算年度的同一账户。在途的拨付和退款先办结。")


class AskHandBack(AskMove):
    kind = EntryKind.HAND_BACK
    title = _("缴回财政")
    intro = _("把不再使用的指标、批次额度或跨年度退回的资金缴回财政，缴回后不能再用。")


class AskRestore(AskMove):
    kind = EntryKind.RESTORE
    title = _("恢复指标")
    intro = _("本年度退回的资金，回到它原来的批次额度，可以再安排给别的项目。")


class AskWriteOff(AskMove):
    kind = EntryKind.WRITE_OFF
    title = _("核销")
    intro = _("确实无法追回的资金，按决定文件核销。由科长提出，分管领导批准。")


class AskReverse(AskMove):
    """?posting=: the one to begin with."""

    kind = EntryKind.REVERSE
    title = _("红字冲销")
    intro = _(
        "指标、结转、缴回或恢复录错了，用一张金额相同、方向相反的凭证冲销，再重新录入。资金已经使用的不能冲销。"
    )
    form_class = ReversalForm
    empty_words = _("现在没有可以冲销的凭证。指标、结转、缴回和恢复的凭证会出现在这里。")

    @cached_property
    def nothing(self) -> bool:
        return not queries.correctable(self.request.user, CORRECTABLE).exists()

    def get_initial(self) -> dict[str, Any]:
        return {"posting": self.request.GET.get("posting", "")}

    def call(self, answers: dict[str, Any]) -> Entry:
        return commands.request_reversal(by=self.request.user, paper=self.paper(answers), **answers)


class AskMonth(AskView):
    form_class = MonthForm

    @cached_property
    def nothing(self) -> bool:
        return not self.months()

    def get_form_kwargs(self) -> dict[str, Any]:
        given = super().get_form_kwargs()
        given.pop("user")
        return {**given, "months": self.months()}

    def months(self) -> Sequence[str]:
        raise NotImplementedError

    def call(self, answers: dict[str, Any]) -> Entry:
        return commands.request_month(self.kind, answers["month"], by=self.request.user, note=answers["note"])


class AskClose(AskMonth):
    kind = EntryKind.CLOSE
    title = _("结账")
    intro = _("结账后，这个月和以前各月不能再记账。选定的月份以前没有结账的月份一并结账。")
    empty_words = _("没有可以结账的月份：月末过后才能结账。")

    def months(self) -> Sequence[str]:
        return queries.months_to_close(clock.today())


class AskReopen(AskMonth):
    kind = EntryKind.REOPEN
    title = _("反结账")
    intro = _("打开已经结账的月份，以便补记。选定的月份以后已结账的月份一并打开。")
    empty_words = _("没有已经结账的月份，不需要反结账。")

    def months(self) -> Sequence[str]:
        return queries.months_to_reopen()


ASKING: tuple[type[AskView], ...] = (
    AskBudget, AskCarryOver, AskHandBack, AskRestore, AskWriteOff, AskReverse, AskClose, AskReopen,
)  # fmt: skip


class TasksView(BooksPage):
    """账务处理: what can be asked, by whom; what every source still has; the months."""

    template_name = "funds/tasks.html"
    page_title = _("账务处理")
    header_icon = "clipboard-list"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        may = entry_policy.user_has_permission
        rows = [
            {
                "title": one.title,
                "intro": one.intro,
                "url": reverse(one.url_name()) if may(user, f"ask_{one.kind}".lower()) else "",
                "who": "、".join(str(role.label) for role in ASKERS[one.kind]),
            }
            for one in ASKING
        ]
        return super().get_context_data(
            rows=rows,
            waiting=queries.waiting(user),
            left=queries.left(source_policy.instances_user_has_any_permission_for(user, ["view"])),
            months=queries.months(clock.today()),
            may_open_source=source_policy.user_has_permission(user, "open_source"),
            **kwargs,
        )


class NewSource(FormCommandView):
    command = commands.open_source
    form_class = SourceForm
    title = _("新增资金来源")
    intro = _("新增后可用指标为零。请在“账务处理”里下达指标。")
    submit_label = _("保存")
    success_message = _("资金来源已新增，请接着下达指标。")

    def check(self, request: HttpRequest) -> None:
        if not source_policy.user_has_permission(request.user, "open_source"):
            raise source_policy.denial("open_source")

    def get_form_kwargs(self) -> dict[str, Any]:
        programmes = owners_of("programme")
        return {**super().get_form_kwargs(), "user": self.request.user, "programmes": programmes}

    def get_success_url(self) -> str:
        return reverse("staff_fund_sources:inspect", args=[self.result.pk])

    def get_cancel_url(self) -> str:
        return reverse("staff_fund_sources:index")


class Approve(Requested):
    model = Entry
    policy = entry_policy
    action = "approve"
    command = commands.approve_entry
    is_sensitive = True
    title = submit_label = _("同意并记账")
    success_message = _("已同意，账本已经更新。")

    def consequences(self, obj: Entry) -> list[str]:
        if obj.kind == EntryKind.CLOSE:
            return [_("%(month)s 和以前各月结账，不能再记账。") % {"month": obj.month}]
        if obj.kind == EntryKind.REOPEN:
            return [_("%(month)s 和以后已结账的月份打开，可以补记。") % {"month": obj.month}]
        if obj.reverses_id:
            words = {"number": obj.reverses_id, "entry": obj}
            return [_("凭证 %(number)s 用一张红字凭证冲销：%(entry)s。") % words]
        lines = [str(obj), _("账本立即记账，记账后只能红字冲销。")]
        return [queries.name_of(obj.account), *lines] if obj.account else lines


class Refuse(RefuseRequested):
    model = Entry
    policy = entry_policy
    action = "refuse"
    command = commands.refuse_entry
    form_class = ReasonForm


class Withdraw(MoveView):
    model = Entry
    policy = entry_policy
    form_class = ReasonForm
    action = "withdraw"
    is_way_out = True
    command = commands.withdraw_entry
    title = submit_label = _("撤回申请")
    success_message = _("申请已撤回。")

    def consequences(self, obj: Entry) -> list[str]:
        return [_("不记账。可以改正后重新申请。")]


def paper_or_month(entry: Entry) -> str:
    """Return what tells one entry from the next: its document, or the month that is closed or opened."""
    return entry.document_number or entry.month


class EntryView(FilledView):
    def get_page_subtitle(self) -> str:
        return str(self.object)

    def get_account_display_value(self) -> str:
        return queries.name_of(self.object.account)


class EntryViewSet(ScopedViewSet):
    model = Entry
    name = "staff_entries"
    inspect_view_class = EntryView
    inspect_template = "funds/staff_entry.html"
    empty_words = _("还没有账务申请。财务登记指标、结转、缴回或结账时会出现在这里。")
    policy = entry_policy
    icon = "clipboard-list"
    menu_label = _("账务申请")
    add_to_admin_menu = False
    list_display = [
        NameColumn("kind", label=_("业务"), accessor="get_kind_display", sub=paper_or_month),
        Column("source", label=_("资金来源"), accessor="source.name"),
        NumberColumn("year", label=_("预算年度"), sort_key="year"),
        MoneyColumn("amount", label=_("金额（元）"), sort_key="amount"),
        StateColumn(),
        Column("requested_by", label=_("申请人")),
        DateColumn("requested_at", label=_("申请时间"), sort_key="requested_at"),
        DueColumn("due_on", label=_("办理期限")),
    ]
    list_select_related = ["source", "region", "account__source", "requested_by", "decided_by", "posting", "paper"]
    list_filter = ["status", "kind", "source", "year"]
    search_fields = ["document_number", "note", "source__name"]
    links = [(_("账务处理"), "funds_tasks", "view"), (_("下达指标"), "funds_ask_budget", "ask_budget")]
    labels = {"posting": _("凭证")}
    list_export = [
        "kind", "source", "year", "month", "amount", "document_number", "status", "requested_by", "requested_at",
        "decided_by", "decided_at",
    ]  # fmt: skip
    inspect_view_fields = [
        "kind", "source", "year", "account", "amount", "month", "document_number", "issued_on", "note",
        "requested_by", "requested_at", "decided_by", "decided_at", "reason",
    ]  # fmt: skip
    moves = [Approve, Refuse, Withdraw]
