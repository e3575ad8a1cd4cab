"""Staff screens: the meeting (S10), resolutions, awards."""

from __future__ import annotations

from collections import Counter
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from grants.applications.policies import policy as applications
from grants.awards import commands, forms, queries, rules
from grants.awards.models import READERS, Award, Resolution
from grants.awards.policies import policy, resolutions
from grants.calls.models import Round
from grants.calls.queries import programme_names
from grants.publicity.policies import policy as publicities
from grants.review import queries as review
from portal import money
from portal.access.staff import (
    DateColumn,
    Denial,
    DueColumn,
    InspectView,
    MoneyColumn,
    MoveView,
    NameColumn,
    NumberColumn,
    PageView,
    ScopedViewSet,
    StateColumn,
)
from portal.lifecycle import NotYet, Refused


class MeetingsView(PageView):
    """The rounds that wait for a meeting, and those that had one."""

    template_name = "awards/meetings.html"
    page_title = _("排名与立项会")
    header_icon = "list-ol"

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if not resolutions.user_has_permission(request.user, "view"):
            raise resolutions.denial("view")
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(rows=queries.meetings(self.request.user), **kwargs)


class MeetingView(Denial, WagtailAdminTemplateMixin, TemplateView):
    """S10: the ranking with amounts, the cut-off line, and the result of the meeting."""

    template_name = "awards/meeting.html"
    header_icon = "list-ol"

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            here = Round.objects.filter(request.user.scope(*READERS)).select_related("programme", "region")
            self.round = get_object_or_404(here, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> Any:
        return _("排名与立项会")

    def get_page_subtitle(self) -> str:
        return str(self.round)

    def get_breadcrumbs_items(self) -> list[dict]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("staff_resolutions:meetings"), "label": _("排名与立项会")},
            {"url": "", "label": f"{_('排名与立项会')} · {self.round}"},
        ]

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if not resolutions.user_has_permission(request.user, "view"):
            raise resolutions.denial("view")
        return super().get(request, *args, **kwargs)

    def may_draft(self) -> bool:
        return resolutions.user_has_permission_for_instance(self.request.user, "draft", Resolution(round=self.round))

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.may_draft():
            raise resolutions.denial("draft")
        table = queries.table(self.round)
        meeting = forms.MeetingForm(request.POST)
        items = forms.ItemFormSet(request.POST, prefix="items")
        errors: list[Any] = []
        if meeting.is_valid() and items.is_valid():
            try:
                found = forms.items_of(items, {row.application.pk: row.application for row in table.rows})
                made = commands.draft_resolution(self.round, items=found, by=request.user, **meeting.cleaned_data)
            except NotYet as refusal:
                errors = [str(one) for one in refusal.reasons]
            except Refused as refusal:
                errors = [refusal.for_user()]
            else:
                messages.success(request, _("会议结果已录入，请领导确认。"))
                return redirect("staff_resolutions:inspect", made.pk)
        context = self.get_context_data(table=table, meeting=meeting, items=items, errors=errors)
        return self.render_to_response(context, status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        drafted = queries.latest(self.round)
        table = kwargs.pop("table", None)
        table = table or (queries.decided(drafted) if drafted else queries.table(self.round))
        items = kwargs.pop("items", None) or forms.ItemFormSet(initial=initial(table), prefix="items")
        return super().get_context_data(
            round=self.round,
            table=table,
            meeting=kwargs.pop("meeting", None) or forms.MeetingForm(),
            items=items,
            rows=list(zip(table.rows, items.forms, strict=False)),
            errors=kwargs.pop("errors", []),
            unsealed=queries.unsealed(self.round),
            absent=review.absent(self.round),
            resolution=drafted,
            may_draft=self.may_draft() and drafted is None,
            reads=applications.user_has_permission(self.request.user, "view"),
            **kwargs,
        )


def initial(table: queries.Table) -> list[dict[str, Any]]:
    return [
        {
            "application": row.application.pk,
            "position": at,
            "verdict": row.line.verdict,
            "amount": money.plain_yuan(row.line.amount).removesuffix(".00") if row.line.amount else "",
            "reason": row.line.note if row.line.verdict == rules.NOT_PROPOSED else "",
        }
        for at, row in enumerate(table.rows, 1)
    ]


class ResolutionMove(MoveView):
    model = Resolution
    policy = resolutions


class Record(ResolutionMove):
    action = "record"
    command = commands.record_resolution
    title = _("确认会议结果")
    submit_label = _("确认会议结果")
    success_message = _("会议结果已确认，资金已按来源占用。")

    def consequences(self, obj: Resolution) -> list[str]:
        counts = queries.verdicts(obj)
        return [
            str(_("拟立项 %(n)s 项，合计 %(yuan)s 元，同时从批次额度中按来源占用。")
                % {"n": counts["PROPOSED"][0], "yuan": money.yuan(counts["PROPOSED"][1])}),
            str(_("备选 %(r)s 项，不立项 %(o)s 项。") % {"r": counts["RESERVE"][0], "o": counts["NOT_PROPOSED"][0]}),
            str(_("确认后不能再改；公示发布之前不通知申报单位。")),
        ]  # fmt: skip

    def tells(self, obj: Resolution) -> list[str]:
        return [str(obj.drafted_by)]


class Publicise(ResolutionMove):
    action = "publicise"
    command = commands.publicise
    form_class = forms.PublicityForm
    title = _("生成公示")
    submit_label = _("生成公示稿")
    success_message = _("公示稿已生成，请科长审核发布。")

    def consequences(self, obj: Resolution) -> list[str]:
        return [
            str(_("拟立项和备选名单连同下面的文字生成公示稿，公众还看不到。")),
            str(_("由另一位同志（科长）审核后发布。")),
        ]

    def get_initial(self) -> dict[str, Any]:
        texts = queries.publicity_texts(self.object)
        return {name: texts[name] for name in ("contact_phone", "supervision_unit", "supervision_phone", "address")}

    def success_url(self, obj: Resolution) -> str:
        obj.refresh_from_db()
        if obj.publicity_id:
            return reverse("staff_publicity:inspect", args=[obj.publicity_id])
        return reverse("staff_resolutions:inspect", args=[obj.pk])


class Rebuild(ResolutionMove):
    action = "rebuild"
    command = commands.rebuild
    title = _("重新生成公示名单")
    submit_label = _("重新生成名单")
    success_message = _("名单已按现在的立项情况重新生成，请科长审核发布。")

    def consequences(self, obj: Resolution) -> list[str]:
        return [
            str(_("不予立项的退出名单，序号、项目数和资金总额重新计算；已更正的公开文字保留。")),
            str(_("您成为这份名单的拟稿人，由另一位负责人发布。")),
        ]

    def success_url(self, obj: Resolution) -> str:
        draft = queries.draft_of(obj)
        return (
            reverse("staff_publicity:inspect", args=[draft.pk])
            if draft
            else reverse("staff_resolutions:inspect", args=[obj.pk])
        )


class Cancel(ResolutionMove):
    action = "cancel"
    is_way_out = True
    command = commands.cancel_draft
    title = _("作废会议结果草稿")
    submit_label = _("作废草稿")
    success_message = _("草稿已作废，可以重新录入。")

    def consequences(self, obj: Resolution) -> list[str]:
        return [str(_("草稿删除，会议结果要重新录入；评审排名不变。"))]

    def success_url(self, obj: Resolution) -> str:
        return reverse("staff_resolutions:meeting", args=[obj.round_id])


class SendBack(Cancel):
    action = "send_back"
    form_class = forms.ReasonForm
    title = _("退回重新录入")
    submit_label = _("退回")
    success_message = _("已退回，请经办人重新录入。")

    def consequences(self, obj: Resolution) -> list[str]:
        return [str(_("这份会议结果作废；经办人收到您的理由，重新录入后再请领导确认。"))]

    def tells(self, obj: Resolution) -> list[str]:
        return [str(obj.drafted_by)]


class ResolutionView(InspectView):
    def get_recusals_display_value(self) -> Any:
        return self.object.recusals or _("无")


class ResolutionViewSet(ScopedViewSet):
    model = Resolution
    name = "staff_resolutions"
    empty_words = _("还没有会议结果。经办人录入集体研究决定后会出现在这里。")
    menu_label = _("集体研究决定")
    icon = "doc-full"
    list_display = ["minutes_number", "round", "kind", "met_on", StateColumn(), DueColumn("due_on", label=_("期限"))]
    list_filter = ["round", "status", "kind"]
    search_fields = ["minutes_number", "round__title"]
    list_export = ["minutes_number", "round", "kind", "met_on", "status"]
    inspect_view_fields = [
        "round", "kind", "met_on", "minutes_number", "attendees", "recusals", "cut_reason", "status", "drafted_by",
        "recorded_by", "recorded_at", "publicity",
    ]  # fmt: skip
    inspect_view_class = ResolutionView
    inspect_template = "awards/inspect_resolution.html"
    moves = [Record, SendBack, Publicise, Rebuild, Cancel]

    def extra(self, user: Any, obj: Resolution) -> dict[str, Any]:
        items = list(obj.items.select_related("application__organization"))
        return {
            "items": items,
            "tally": Counter(one.verdict for one in items),
            "total": sum(one.amount for one in items if one.verdict == rules.PROPOSED),
            "reads": applications.user_has_permission(user, "view"),
            "may_see_list": publicities.user_has_permission(user, "view"),
        }

    def get_urlpatterns(self) -> list:
        return [
            *super().get_urlpatterns(),
            path("meetings/", MeetingsView.as_view(), name="meetings"),
            path("meeting/<int:pk>/", MeetingView.as_view(), name="meeting"),
        ]


class AwardMove(MoveView):
    model = Award
    policy = policy
    form_class = forms.ReasonForm


class Confirm(AwardMove):
    action = "confirm"
    command = commands.confirm
    form_class = forms.ConfirmForm
    title = _("立项")
    submit_label = _("确认立项")
    success_message = _("已立项，立项通知书已生成。")
    is_sensitive = True

    def consequences(self, obj: Award) -> list[str]:
        return [
            str(_("资金 %(yuan)s 元由拟立项占用转为已立项。") % {"yuan": money.yuan(obj.amount)}),
            str(_("生成立项通知书 LX-%(code)s，可以公开核验。") % {"code": obj.code}),
        ]

    def tells(self, obj: Award) -> list[str]:
        return [obj.organization_name]


class Drop(AwardMove):
    action = "drop"
    is_way_out = True
    command = commands.drop
    title = _("不予立项")
    submit_label = _("不予立项")
    success_message = _("已办理，占用的资金退回批次额度。")

    def consequences(self, obj: Award) -> list[str]:
        return [str(_("占用的资金按原来源退回批次额度。"))]


class Lapse(AwardMove):
    action = "lapse"
    is_way_out = True
    command = commands.lapse
    title = _("逾期视为放弃")
    submit_label = _("视为放弃")
    success_message = _("已办理，资金退回批次额度。")

    def consequences(self, obj: Award) -> list[str]:
        return [str(_("立项取消，已占用的 %s 元退回批次额度，不能恢复。") % money.yuan(obj.amount))]


class Promote(AwardMove):
    action = "promote"
    command = commands.promote
    form_class = forms.forms.Form
    title = _("递补")
    submit_label = _("递补为拟立项")
    success_message = _("已递补，资金已占用。")

    def consequences(self, obj: Award) -> list[str]:
        return [
            str(_("成为拟立项，从批次额度中占用 %s 元。") % money.yuan(obj.amount)),
            str(_("备选项目按顺序递补，每单位的立项数不超过通知的规定。")),
        ]


class AwardFilterSet(WagtailFilterSet):
    programme = django_filters.ChoiceFilter(label=_("项目类型"), choices=programme_names)

    class Meta:
        model = Award
        fields: ClassVar = ["programme", "year", "status", "round", "is_historic"]


class AwardViewSet(ScopedViewSet):
    model = Award
    name = "staff_awards"
    ordering = ("-year", "code")
    empty_words = _("还没有立项。会议结果确认后，拟立项的项目会出现在这里。")
    menu_label = _("立项")
    icon = "tick-inverse"
    list_display = [
        NameColumn("title", label=_("项目"), sub="code", sort_key="title"), "organization_name",
        "programme", NumberColumn("year", label=_("年度"), sort_key="year"),
        MoneyColumn("amount", label=_("金额（元）"), sort_key="amount"),
        DateColumn("decided_at", label=_("立项或登记时间"), sort_key="decided_at"), StateColumn(),
        DueColumn("due_on", label=_("办理期限")),
    ]  # fmt: skip
    filterset_class = AwardFilterSet
    search_fields = ["code", "title", "organization_name"]
    list_export = [
        "code", "title", "organization_name", "programme", "year", "amount", "status", "confirmed_at", "document_number",
    ]  # fmt: skip
    inspect_view_fields = [
        "code", "title", "organization_name", "region", "programme", "year", "round", "status", "document_number",
        "confirmed_at", "confirmed_by", "reason", "is_historic", "split_is_invented",
    ]  # fmt: skip
    late_fields = ("document_number", "confirmed_at", "confirmed_by", "reason", "is_historic", "split_is_invented")
    inspect_template = "awards/inspect_award.html"
    moves = [Confirm, Drop, Lapse, Promote]

    def annotate(self, rows: QuerySet) -> QuerySet:
        return rows.with_programme().annotate(decided_at=Coalesce("confirmed_at", "proposed_at"))

    def extra(self, user: Any, obj: Award) -> dict[str, Any]:
        return {
            "shares": obj.shares.select_related("source"),
            "balances": queries.balance_rows(obj),
            "paper": queries.paper_of(obj),
            "budget_sum": sum(line["amount"] for line in obj.budget or ()),
        }
