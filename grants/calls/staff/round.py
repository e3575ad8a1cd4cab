"""Rounds in the admin: list, file, money, publishing."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import HeaderButton

from grants.calls import commands, guards, queries
from grants.calls.forms import UNITS, AllocationForm, BackForm, NoticeForm, ReasonForm
from grants.calls.models import Allocation, CallPage, Round
from grants.calls.policies import policy
from grants.calls.rules import minutes, template
from grants.calls.staff.editor import RoundEditor
from grants.funds.queries import available_of
from portal import clock
from portal.access.staff import (
    DateColumn,
    ListView,
    MoneyColumn,
    MoveView,
    NameColumn,
    NumberColumn,
    ScopedViewSet,
    StateColumn,
)
from portal.dynforms import rules as dynforms
from portal.money import yuan


class RoundList(ListView):
    @property
    def header_buttons(self) -> list:
        if not policy.user_has_permission(self.request.user, "draft"):
            return []
        return [HeaderButton(_("起草批次"), url=reverse("staff_rounds:new"), icon_name="plus")]


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
    form_takes = "round"
    title = submit_label = _("申请下达资金")
    success_message = _("已申请，等分管领导审批。")

    def call(self, answers: dict[str, Any]) -> Any:
        return commands.request_allocation(answers["envelope"], answers["fen"], by=self.request.user)

    def consequences(self, obj: Round) -> list[str]:
        rows = obj.envelopes.select_related("source")
        return [
            _("%(envelope)s：计划 %(planned)s 元，已下达 %(amount)s 元；这项来源可用指标 %(left)s 元。")
            % {
                "envelope": one,
                "planned": yuan(one.planned),
                "amount": yuan(one.amount),
                "left": yuan(available_of(one.source, one.year)),
            }
            for one in rows
        ] + [_("可用指标不够的，由局财务或财政局先在“资金 → 账务处理”下达指标。")]

    def tells(self, obj: Round) -> list[str]:
        return [_("分管领导（审批）")]


class RequestBack(RoundMove):
    action = "request_back"
    is_way_out = True
    command = commands.request_back
    form_class = BackForm
    form_takes = "round"
    title = submit_label = _("申请收回额度")
    success_message = _("已申请，等分管领导审批。")

    def call(self, answers: dict[str, Any]) -> Any:
        return commands.request_back(answers["envelope"], answers["fen"], by=self.request.user, note=answers["note"])

    def consequences(self, obj: Round) -> list[str]:
        rows = guards.holding(obj).select_related("source", "account")
        return [
            *(
                _("%(envelope)s：已下达 %(amount)s 元，其中没有使用 %(left)s 元。")
                % {"envelope": one, "amount": yuan(one.amount), "left": yuan(one.account.balance)}
                for one in rows
            ),
            _("批准后，收回的额度回到这项来源的可用指标，可以安排给别的批次。"),
        ]

    def tells(self, obj: Round) -> list[str]:
        return [_("分管领导（审批）")]


class OpenNeeds(RoundMove):
    action = "open_needs"
    command = commands.open_needs
    title = submit_label = _("开始征集需求")

    def consequences(self, obj: Round) -> list[str]:
        return [_("批次进入征集需求阶段，申报通知还不公开。")]


class Publish(RoundMove):
    action = "publish"
    command = commands.approve_page
    is_sensitive = True
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
    action = "reject"
    command = commands.reject_page
    form_class = ReasonForm
    title = submit_label = _("退回修改")
    success_message = _("已退回经办人。")


def window_words(round: Round) -> str:
    from_, to = (one.astimezone(clock.ZONE) for one in (round.opens_at, round.closes_at))
    return _("通知公开，申报时间 %(from_)s 至 %(to)s。") % {
        "from_": f"{from_:%Y-%m-%d %H:%M}",
        "to": f"{to:%Y-%m-%d %H:%M}",
    }


class Suspend(RoundMove):
    action = "suspend"
    is_way_out = True
    command = commands.suspend
    form_class = ReasonForm
    title = submit_label = _("暂停申报")

    def consequences(self, obj: Round) -> list[str]:
        return [_("暂停期间不接收新的提交，已写的草稿和已提交的申报书保留。")]


class Resume(RoundMove):
    action = "resume"
    command = commands.resume
    title = submit_label = _("恢复申报")

    def consequences(self, obj: Round) -> list[str]:
        return [_("恢复接收提交，申报截止时间不变。")]


class Cancel(RoundMove):
    action = "cancel"
    is_way_out = True
    command = commands.cancel
    form_class = ReasonForm
    title = submit_label = _("取消批次")

    def consequences(self, obj: Round) -> list[str]:
        return [_("取消后不能恢复。已下达的资金另办“申请收回额度”。")]


class Discard(RoundMove):
    action = "discard"
    is_way_out = True
    command = commands.discard
    form_class = ReasonForm
    title = submit_label = _("作废草稿")
    success_message = _("草稿已作废。")

    def consequences(self, obj: Round) -> list[str]:
        return [_("作废后不能恢复，批次代码不能再用。")]


class Archive(RoundMove):
    action = "archive"
    command = commands.archive
    title = submit_label = _("归档")

    def consequences(self, obj: Round) -> list[str]:
        return [_("归档后只能查看，不能再办理。")]


def address(page: CallPage | None, user: Any) -> str:
    """Where this person opens the notice: to write, else as the public reads it; "" if neither."""
    if page is None:
        return ""
    if page.permissions_for_user(user).can_edit():
        return reverse("wagtailadmin_pages:edit", args=[page.pk])
    return page.url or "" if page.live else ""


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
    labels = {"created_by": _("起草人"), "published_by": _("发布人"), **UNITS}
    list_export = ["code", "title", "programme", "region", "year", "status", "opens_at", "closes_at", "ceiling"]
    search_fields = ["title", "code"]
    inspect_view_fields = [
        "code", "title", "programme", "region", "year", "status", "stage", "opens_at", "closes_at", "starts_on",
        "ends_on", "applications_per_organization", "awards_per_organization", "publicity_days", "score_rule",
        "host", "contact", "phone", "created_by", "published_by", "published_at",
    ]  # fmt: skip
    moves = [
        WriteNotice, SubmitNotice, RequestAllocation, OpenNeeds, Publish, Suspend, Resume, RequestBack, Discard, Cancel,
        Archive,
    ]  # fmt: skip

    def extra(self, user: Any, obj: Round) -> dict[str, Any]:
        page = CallPage.objects.filter(round=obj).first()
        may = policy.user_has_permission_for_instance
        return {
            "envelopes": obj.envelopes.select_related("source"),
            "asked": Allocation.objects.visible_to(user)
            .filter(envelope__round=obj)
            .select_related("envelope__source", "requested_by"),
            "rubric": queries.rubric(obj),
            "tranches": obj.tranche_rules.all(),
            "budget_rules": obj.budget_rules.all(),
            "papers": obj.attachment_rules.all(),
            "page_url": address(page, user),
            "faults": guards.unready(obj) if obj.status in ("DRAFT", "BUDGETED", "NEEDS_OPEN") else [],
            "may_revise": may(user, "revise", obj),
            "may_reject": may(user, "reject", obj),
        }

    def get_urlpatterns(self) -> list:
        return [
            *super().get_urlpatterns(),
            path("new/", RoundEditor.as_view(), name="new"),
            path("<int:pk>/revise/", RoundEditor.as_view(), name="revise"),
            path("<int:pk>/reject/", Reject.as_view(), name="reject"),
        ]
