"""Rounds in the admin: list, file, drafting, money, publishing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from grants.calls import commands, guards, queries
from grants.calls.forms import ROW_SETS, AllocationForm, NoticeForm, ReasonForm, RoundForm, initial_rows
from grants.calls.models import Allocation, CallPage, Round
from grants.calls.policies import allocation_policy, policy
from grants.calls.rules import minutes, template
from portal import clock
from portal.access.staff import (
    DateColumn,
    Denial,
    DueColumn,
    ListView,
    MoneyColumn,
    MoveView,
    NameColumn,
    NumberColumn,
    ScopedViewSet,
    StateColumn,
)
from portal.dynforms import rules as dynforms
from portal.lifecycle import Refused
from portal.money import yuan


class RoundList(ListView):
    @property
    def header_buttons(self) -> list:
        if not policy.user_has_permission(self.request.user, "draft"):
            return []
        return [HeaderButton(_("起草批次"), url=reverse("staff_rounds:new"), icon_name="plus")]


class RoundEditor(Denial, WagtailAdminTemplateMixin, TemplateView):
    """C3: everything of a round on one page, in sections. GET shows, POST drafts or revises."""

    template_name = "calls/round_form.html"
    header_icon = "form"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.round = None
        if "pk" in kwargs:
            self.round = get_object_or_404(Round.objects.visible_to(request.user), pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def require(self) -> None:
        user, action = self.request.user, "revise" if self.round else "draft"
        allowed = (
            policy.user_has_permission_for_instance(user, action, self.round)
            if self.round
            else policy.user_has_permission(user, action)
        )
        if not allowed:
            raise PermissionDenied(policy.denial(action))

    def get_page_title(self) -> Any:
        return _("修改批次") if self.round else _("起草批次")

    def get_page_subtitle(self) -> str:
        return str(self.round or "")

    def get_breadcrumbs_items(self) -> list[dict]:
        above = {"url": reverse("staff_rounds:index"), "label": _("批次和通知")}
        return [*self.breadcrumbs_items, above, {"url": "", "label": self.get_page_title()}]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.require()
        form = RoundForm(instance=self.round, user=request.user)
        sets = self.row_sets(lambda name: {"initial": initial_rows(self.round, name, template)})
        return self.show(form, sets)

    def row_sets(self, given: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
        """given: name of a set -> its data or its initial rows."""
        user = {"user": self.request.user}
        return {
            name: cls(**given(name), prefix=name, form_kwargs=user if name == "envelopes" else None)
            for name, (_label, cls) in ROW_SETS.items()
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.require()
        form = RoundForm(request.POST, instance=self.round, user=request.user)
        sets = self.row_sets(lambda name: {"data": request.POST})
        # No short cut: every set must be read, so that all errors show at once.
        if not all([form.is_valid(), *(one.is_valid() for one in sets.values())]):
            return self.show(form, sets, 422)
        rows: dict[str, Any] = {name: one.rows() for name, one in sets.items()}
        rows["envelopes"] = [(row["source"], row["year"], row["planned"]) for row in rows["envelopes"]]
        rows["tranches"] = [(row["percent"], row["milestone"]) for row in rows["tranches"]]
        try:
            if self.round:
                stored = Round.objects.get(pk=self.round.pk)  # the form has written its answers on the other one
                round = commands.revise_round(stored, by=request.user, **form.cleaned_data, **rows)
            else:
                round = commands.draft_round(request.user, **form.cleaned_data, **rows)
        except Refused as refusal:
            form.add_error(None, refusal.for_user())
            return self.show(form, sets, 422)
        messages.success(request, _("批次已保存。"))
        return redirect("staff_rounds:inspect", round.pk)

    def show(self, form: RoundForm, sets: dict[str, Any], status: int = 200) -> HttpResponse:
        groups = [
            (_("基本情况"), ["code", "title", "programme", "region", "year", "host", "contact", "phone"]),
            (_("时间"), ["opens_at", "closes_at", "starts_on", "ends_on", "min_months", "max_months"]),
            (
                _("额度和办理"),
                ["ceiling", "applications_per_organization", "awards_per_organization", "experts", "score_rule",
                 "defence_places", "paper_percent", "absence", "publicity_days", "screening_days", "correction_days", "categories", "forbidden"],
            ),
        ]  # fmt: skip
        context = self.get_context_data(
            form=form,
            groups=[(heading, [form[name] for name in names]) for heading, names in groups],
            sets=[(name, ROW_SETS[name][0], one) for name, one in sets.items()],
            media=form.media,
            cancel_url=reverse("staff_rounds:inspect", args=[self.round.pk])
            if self.round
            else reverse("staff_rounds:index"),
        )
        return self.render_to_response(context, status=status)


class RoundMove(MoveView):
    model = Round
    policy = policy
    inspect_url_name = "staff_rounds:inspect"


class WriteNotice(RoundMove):
    action = "write"
    command = commands.draft_page
    form_class = NoticeForm
    title = submit_label = _("起草申报通知")
    success_message = _("通知草稿已建立，请核对正文和申报表，然后提交审核。")

    def check(self, request: HttpRequest) -> None:
        super().check(request)
        if page := CallPage.objects.filter(round=self.object).first():
            self.page_url = reverse("wagtailadmin_pages:edit", args=[page.pk])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if url := getattr(self, "page_url", ""):
            return redirect(url)
        return super().get(request, *args, **kwargs)

    def consequences(self, obj: Round) -> list[str]:
        count = dynforms.count(dynforms.schema_of(template.FORM))
        return [
            _("在“申报通知列表”下建立一份草稿，公众还看不到。"),
            _("申报表先用公益创投的标准表（%(count)s 题），可以增删题目。") % {"count": count},
        ]

    def success_url(self, obj: Round) -> str:
        page = CallPage.objects.filter(round=obj).first()
        return reverse("wagtailadmin_pages:edit", args=[page.pk]) if page else super().success_url(obj)


class SubmitNotice(RoundMove):
    action = "submit_notice"
    title = submit_label = _("提交审核")
    success_message = _("已提交科长审核。")

    def call(self, answers: dict[str, Any]) -> Any:
        return commands.submit_page(self.object.page, by=self.request.user)

    def consequences(self, obj: Round) -> list[str]:
        return [_("审核期间通知锁定，任何人不能修改。"), _("由另一位同志（科长）审核后发布。")]

    def tells(self, obj: Round) -> list[str]:
        return [_("本区域科长")]


class RequestAllocation(RoundMove):
    action = "request_allocation"
    command = commands.request_allocation
    form_class = AllocationForm
    title = submit_label = _("申请下达资金")
    success_message = _("已申请，等分管领导审批。")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "round": self.object}

    def call(self, answers: dict[str, Any]) -> Any:
        return commands.request_allocation(answers["envelope"], answers["fen"], by=self.request.user)

    def consequences(self, obj: Round) -> list[str]:
        rows = obj.envelopes.select_related("source")
        return [
            _("%(source)s %(year)s年度：计划 %(planned)s 元，已下达 %(amount)s 元。")
            % {"source": one.source, "year": one.year, "planned": yuan(one.planned), "amount": yuan(one.amount)}
            for one in rows
        ]

    def tells(self, obj: Round) -> list[str]:
        return [_("分管领导（审批）")]


class OpenNeeds(RoundMove):
    action = "open_needs"
    command = commands.open_needs
    title = submit_label = _("开始征集需求")


class Publish(RoundMove):
    action = "publish"
    command = commands.approve_page
    title = submit_label = _("审核并发布通知")
    success_message = _("通知已发布。")

    def consequences(self, obj: Round) -> list[str]:
        if getattr(obj, "page", None) is None:
            return []
        schema = dynforms.schema_of(obj.page.get_latest_revision_as_object().form.get_prep_value())
        money = sum(one.amount for one in obj.envelopes.all())
        return [
            window_words(obj),
            _("资金总额 %(money)s 元，每项最高 %(ceiling)s 元。")
            % {"money": yuan(money), "ceiling": yuan(obj.ceiling)},
            _("申报表固定为一个版本：%(count)s 题，写完整份申报约需 %(minutes)s 分钟。")
            % {"count": dynforms.count(schema), "minutes": minutes(schema)},
            _("发布后批次的时间、资金、评分表和预算规则不能再改。"),
            *dynforms.warnings(schema),
        ]

    def tells(self, obj: Round) -> list[str]:
        return [_("本区域各单位负责人"), _("起草人 %(created_by)s") % {"created_by": obj.created_by}]


class Reject(RoundMove):
    action = "publish"
    command = commands.reject_page
    form_class = ReasonForm
    title = submit_label = _("退回修改")
    success_message = _("已退回经办人。")


def window_words(round: Round) -> str:
    from_, to = (one.astimezone(clock.ZONE) for one in (round.opens_at, round.closes_at))
    return _("通知公开，申报时间 %(from_)s 至 %(to)s。") % {
        "from_": f"{from_:%Y-%m-%d %H:%M:%S}",
        "to": f"{to:%Y-%m-%d %H:%M:%S}",
    }


class Suspend(RoundMove):
    action = "suspend"
    command = commands.suspend
    form_class = ReasonForm
    title = submit_label = _("暂停申报")

    def consequences(self, obj: Round) -> list[str]:
        return [_("暂停期间不接收新的提交，已写的草稿和已提交的申报书保留。")]


class Resume(RoundMove):
    action = "resume"
    command = commands.resume
    title = submit_label = _("恢复申报")


class Cancel(RoundMove):
    action = "cancel"
    command = commands.cancel
    form_class = ReasonForm
    title = submit_label = _("取消批次")

    def consequences(self, obj: Round) -> list[str]:
        return [_("取消后不能恢复。已下达的资金要另办收回手续。")]


class Archive(RoundMove):
    action = "archive"
    command = commands.archive
    title = submit_label = _("归档")


class RoundViewSet(ScopedViewSet):
    model = Round
    name = "staff_rounds"
    empty_words = _("还没有批次。经办人起草批次后会出现在这里。")
    icon = "form"
    menu_label = _("批次和通知")
    menu_order = 100
    index_view_class = RoundList
    inspect_template = "calls/round_inspect.html"
    list_display = [
        NameColumn("title", label=_("批次"), sub="code", sort_key="title"),
        Column("programme", label=_("项目类型")),
        Column("region", label=_("区域")),
        NumberColumn("year", label=_("年度"), sort_key="year"),
        StateColumn(),
        DateColumn("closes_at", label=_("申报截止"), sort_key="closes_at"),
        MoneyColumn("ceiling", label=_("每项最高（元）")),
    ]
    list_filter = ["status", "year", "programme"]
    labels = {"created_by": _("起草人"), "published_by": _("发布人")}
    list_export = ["code", "title", "programme", "region", "year", "status", "opens_at", "closes_at", "ceiling"]
    search_fields = ["title", "code"]
    inspect_view_fields = [
        "code", "title", "programme", "region", "year", "status", "stage", "opens_at", "closes_at", "starts_on",
        "ends_on", "applications_per_organization", "awards_per_organization", "publicity_days", "score_rule",
        "defence_places", "paper_percent", "absence", "host", "contact", "phone", "created_by", "published_by", "published_at",
    ]  # fmt: skip
    moves = [WriteNotice, SubmitNotice, RequestAllocation, OpenNeeds, Publish, Suspend, Resume, Cancel, Archive]

    def extra(self, user: Any, obj: Round) -> dict[str, Any]:
        page = CallPage.objects.filter(round=obj).first()
        may = policy.user_has_permission_for_instance
        return {
            "envelopes": obj.envelopes.select_related("source"),
            "asked": Allocation.objects.filter(envelope__round=obj).select_related(
                "envelope__source", "requested_by"
            ),
            "rubric": queries.rubric(obj),
            "tranches": obj.tranche_rules.all(),
            "budget_rules": obj.budget_rules.all(),
            "page": page,
            "faults": guards.unready(obj) if obj.status in ("DRAFT", "BUDGETED", "NEEDS_OPEN") else [],
            "may_revise": may(user, "revise", obj),
            "may_reject": may(user, "publish", obj),
        }

    def get_urlpatterns(self) -> list:
        return [
            *super().get_urlpatterns(),
            path("new/", RoundEditor.as_view(), name="new"),
            path("<int:pk>/revise/", RoundEditor.as_view(), name="revise"),
            path("<int:pk>/reject/", Reject.as_view(), name="reject"),
        ]


class ApproveAllocation(MoveView):
    model = Allocation
    policy = allocation_policy
    action = "approve_allocation"
    command = commands.approve_allocation
    title = submit_label = _("同意下达")
    success_message = _("已同意，资金已记账。")

    def consequences(self, obj: Allocation) -> list[str]:
        envelope = obj.envelope
        return [
            _("%(source)s %(year)s年度 %(amount)s 元，转入“%(round)s”。")
            % {"source": envelope.source, "year": envelope.year, "amount": yuan(obj.amount), "round": envelope.round},
            _("账本立即记账，记账后只能红字冲销。"),
        ]

    def tells(self, obj: Allocation) -> list[str]:
        return [_("申请人 %(requested_by)s") % {"requested_by": obj.requested_by}]


class RefuseAllocation(ApproveAllocation):
    action = "refuse_allocation"
    command = commands.refuse_allocation
    form_class = ReasonForm
    title = submit_label = _("不同意")
    success_message = _("已退回申请人。")

    def consequences(self, obj: Allocation) -> list[str]:
        return [_("不记账，申请人可以重新申请。")]


class AllocationViewSet(ScopedViewSet):
    model = Allocation
    name = "staff_allocations"
    empty_words = _("没有资金下达申请。经办人在批次里申请下达资金后会出现在这里。")
    icon = "decimal"
    menu_label = _("资金下达")
    menu_order = 110
    list_display = [
        NameColumn("envelope", label=_("批次"), accessor="envelope.round.title", sub="envelope.round.code"),
        Column("source", label=_("资金来源"), accessor="envelope.source.name"),
        NumberColumn("year", label=_("预算年度"), accessor="envelope.year"),
        MoneyColumn("amount", label=_("金额（元）")),
        StateColumn(),
        Column("requested_by", label=_("申请人")),
        DueColumn("due_on", label=_("办理期限")),
    ]
    list_select_related = ["envelope__round", "envelope__source", "requested_by", "decided_by"]
    list_filter = ["status"]
    labels = {
        "envelope": _("批次额度"), "requested_by": _("申请人"), "requested_at": _("申请时间"), "decided_by": _("审批人"),
        "decided_at": _("审批时间"),
    }  # fmt: skip
    list_export = ["envelope", "amount", "status", "requested_by", "requested_at", "decided_by", "decided_at"]
    inspect_view_fields = [
        "envelope", "amount", "status", "requested_by", "requested_at", "decided_by", "decided_at", "reason"
    ]  # fmt: skip
    moves = [ApproveAllocation, RefuseAllocation]
