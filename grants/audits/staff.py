"""Audits in the admin: engagements, the draw (U2), the tests (U3), findings (U4), rectification (U5)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import HeaderButton

from grants.audits import commands, forms, queries
from grants.audits.models import Engagement, Finding, SampleItem
from grants.audits.policies import engagement_policy, finding_policy
from portal.access.staff import (
    DateColumn,
    DueColumn,
    FormCommandView,
    ListView,
    MoneyColumn,
    MoveView,
    NameColumn,
    ScopedViewSet,
    StateColumn,
    YesColumn,
)
from portal.money import yuan


class EngagementMove(MoveView):
    model, policy = Engagement, engagement_policy


class Notify(EngagementMove):
    action, command = "notify", commands.notify
    title = submit_label = _("发出审计通知")
    effect = _("范围内各单位收到审计通知，任务转为“已通知”，之后进点实施。")

    def tells(self, obj: Engagement) -> list[str]:
        return [row.project.organization.name for row in obj.scope.select_related("project__organization")]


class Start(EngagementMove):
    action, command = "start", commands.start
    title = submit_label = _("进点实施")
    effect = _("开始抽样、测试和记录问题；审计人员有20个工作日。")


class Draft(EngagementMove):
    action, command = "draft", commands.draft
    title = submit_label = _("结束实施，征求意见")
    effect = _("样本和测试结果固定，不能再抽样或改测试结果。")


class Responded(EngagementMove):
    action, command = "respond", commands.respond_report
    title = submit_label = _("意见已收齐")
    effect = _("征求意见结束，不能再记录新的问题；接着逐个出具问题单，再出具审计结论。")


class IssueReport(EngagementMove):
    action, command, form_class = "issue", commands.issue_report, forms.ConclusionForm
    title = submit_label = _("出具审计结论")
    effect = _("审计结论定稿，不能再改；由科长签发整改通知，问题全部销号后办结。")


class Close(EngagementMove):
    action, command = "close", commands.close
    title = submit_label = _("办结")
    effect = _("范围内各项目的里程碑“专项审计”完成，办结后不能再记录问题。")


class NameAuditor(EngagementMove):
    action, command, form_class = "name_auditor", commands.name_auditor, forms.NameAuditorForm
    title = submit_label = _("指定审计人员")
    effect = _("这个人可以办理本任务的抽样、测试和问题。被审计单位的成员不能指定。")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "auditors": queries.nameable(self.object.region)}


class Draw(EngagementMove):
    """U2: the population as it is now, the size, the seed, one draw."""

    action, command, form_class = "draw", commands.draw_sample, forms.DrawForm
    title = submit_label = _("抽取并锁定")
    template_name = "audits/draw.html"
    success_message = _("样本已抽取并锁定。")
    effect = _("样本、种子和总体指纹随即锁定，不能修改。")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        population = queries.population(self.object)
        return super().get_context_data(
            population=population,
            usual_size=queries.rules.usual_size(population.count),
            samples=[(one, queries.histogram(one), queries.is_true(one)) for one in self.object.samples.all()],
            **kwargs,
        )


class Redraw(Draw):
    """A second draw says why; the first one and its tests stay."""

    action, form_class = "redraw", forms.RedrawForm
    is_way_out = True
    title = submit_label = _("重新抽取")
    success_message = _("样本已重新抽取并锁定。")
    effect = _("新样本随即锁定，要重新逐笔测试；以前的样本、测试结果和重抽理由都留存。")


class Find(EngagementMove):
    """U4: write a draft finding."""

    action, command, form_class = "find", commands.record_finding, forms.FindingForm
    title = submit_label = _("记录问题")
    success_message = _("问题已记入底稿。")
    effect = _("问题先是底稿，单位和经办人还看不到；5个工作日内征求单位意见。")

    def get_initial(self) -> dict[str, Any]:
        return {"item": self.request.GET.get("item"), "project": self.request.GET.get("project")}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {
            **super().get_form_kwargs(),
            "engagement": self.object,
            "items": queries.items(self.object),
        }


class EngagementList(ListView):
    @property
    def header_buttons(self) -> list:
        if not engagement_policy.user_has_permission(self.request.user, "open"):
            return []
        return [HeaderButton(_("新建任务"), url=reverse("staff_audit_open"), icon_name="plus")]


class EngagementViewSet(ScopedViewSet):
    model = Engagement
    name = "staff_engagements"
    empty_words = _("还没有审计任务。审计人员新建任务后会出现在这里。")
    policy = engagement_policy
    index_view_class = EngagementList
    icon = "glasses"
    menu_label = _("审计任务")
    menu_order = 10
    add_to_admin_menu = True
    list_display = [
        NameColumn("title", label=_("任务"), sub="number", sort_key="number"),
        Column("region", label=_("区域"), accessor="region.name"),
        DateColumn("period_from", label=_("期间起")),
        DateColumn("period_to", label=_("期间止")),
        StateColumn(),
        DueColumn("due_on", label=_("办理期限"), sort_key="due_on"),
    ]
    list_filter = ["status"]
    search_fields = ["number", "title", "firm"]
    list_export = ["number", "title", "period_from", "period_to", "status", "conclusion"]
    list_select_related = ["region"]
    inspect_view_fields = ["due_on"]
    inspect_template = "audits/staff_engagement.html"
    moves = [Notify, Start, Draw, Draft, Responded, IssueReport, Close, Find, NameAuditor, Redraw]
    ways_out = ("find", "name_auditor")

    def extra(self, user: Any, obj: Engagement) -> dict[str, Any]:
        drawn = queries.sample(obj)
        may_test = engagement_policy.user_has_permission_for_instance(user, "test", obj)
        return {
            "projects": obj.projects.select_related("organization"),
            "auditors": queries.auditors(obj),
            "drawn": drawn,
            "is_true": queries.is_true(drawn) if drawn else None,
            "items": queries.items(obj).select_related("expenditure__project"),
            "tested": queries.items(obj).exclude(result="").count(),
            "findings": Finding.objects.visible_to(user).filter(engagement=obj).select_related("project"),
            "may_test": may_test,
            "following": queries.items(obj).filter(result="").first() if may_test else None,
            "may_find": engagement_policy.user_has_permission_for_instance(user, "find", obj),
        }


class Open(FormCommandView):
    """U1: plan an audit."""

    command = commands.open_engagement
    form_class = forms.EngagementForm
    title = submit_label = _("新建审计任务")
    intro = _("新建后暂不通知单位。核对范围和人员后，另行发出审计通知。")
    success_message = _("审计任务已新建。")

    def check(self, request: HttpRequest) -> None:
        if not engagement_policy.user_has_permission(request.user, "open"):
            raise engagement_policy.denial("open")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), **queries.choices(self.request.user)}

    def get_success_url(self) -> str:
        return reverse("staff_engagements:inspect", args=[self.result.pk])

    def get_cancel_url(self) -> str:
        return reverse("staff_engagements:index")


class Test(FormCommandView):
    """U3: the result of one drawn voucher beside its papers."""

    form_class = forms.TestForm
    title = _("测试样本项")
    submit_label = _("保存并下一笔")
    success_message = _("测试结果已保存。")
    template_name = "audits/test.html"
    __test__ = False

    def check(self, request: HttpRequest) -> None:
        rows = SampleItem.objects.select_related(
            "sample__engagement", "expenditure__project__organization", "expenditure__project__agreement", "expenditure__line", "expenditure__voucher",
            "expenditure__activity", "expenditure__recorded_by", "expenditure__decided_by",
        )  # fmt: skip
        visible = Engagement.objects.visible_to(request.user)
        self.item = get_object_or_404(rows, pk=self.kwargs["pk"], sample__engagement__in=visible)
        engagement_policy.require(request.user, "test", self.item.sample.engagement)
        if self.item.sample_id != queries.sample(self.item.sample.engagement).pk:  # type: ignore[union-attr]
            raise PermissionDenied(_t("这一笔属于以前抽取的样本，只留存，不再测试。"))

    def get_initial(self) -> dict[str, Any]:
        return {"result": self.item.result, "note": self.item.note}

    def call(self, answers: dict[str, Any]) -> SampleItem:
        return commands.test_item(self.item, by=self.request.user, **answers)

    def get_success_url(self) -> str:
        following = self.item.sample.items.filter(result="").order_by("position").first()
        return reverse("staff_audit_test", args=[following.pk]) if following else self.get_cancel_url()

    def get_cancel_url(self) -> str:
        return reverse("staff_engagements:inspect", args=[self.item.sample.engagement_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        same = queries.same_papers(self.item.expenditure, self.request.user)
        return super().get_context_data(
            item=self.item,
            facts=queries.voucher_facts(self.item.expenditure),
            chain=queries.chain(self.item.expenditure),
            tested=self.item.sample.items.exclude(result="").count(),
            before=self.item.sample.items.filter(position__lt=self.item.position).last(),
            after=self.item.sample.items.filter(position__gt=self.item.position).first(),
            same=same[:5],
            more=len(same[5:]),
            find_url=f"{reverse('staff_engagements:find', args=[self.item.sample.engagement_id])}"
            f"?item={self.item.pk}&project={self.item.expenditure.project_id}",
            **kwargs,
        )


class FindingMove(MoveView):
    model, policy = Finding, finding_policy

    def get_queryset(self) -> Any:
        return queries.with_all(super().get_queryset())

    def tells(self, obj: Finding) -> list[str]:
        told = ("send_for_hearing", "order", "send_back", "settle", "settle_minor")
        known = self.action in told or (self.action == "drop" and obj.sent_at)
        return [obj.project.organization.name] if known else []


class SendForHearing(FindingMove):
    action, command = "send_for_hearing", commands.send_for_hearing
    title = submit_label = _("征求意见")
    effect = _("单位可以看到这个问题，有10个工作日陈述意见。")


class Drop(FindingMove):
    action, command, form_class = "drop", commands.drop, forms.ReasonForm
    is_way_out = True
    title = submit_label = _("不予认定")
    effect = _("问题销号，不计入任何统计；事实、意见和理由留存，不能恢复。")


class Issue(FindingMove):
    action, command = "issue", commands.issue
    title = submit_label = _("出具问题单")
    effect = _("经办人和财务可以看到这个问题；由科长签发整改通知。")


class HoldEarly(FindingMove):
    action, command, form_class = "hold", commands.hold_early, forms.ReasonForm
    is_way_out = True
    title = submit_label = _("提前暂缓拨付")
    effect = _("项目后续拨付随即暂缓，整改经他人核查通过后解除；每个问题只能提前暂缓一次。")


class SignOrder(FindingMove):
    action, command, form_class = "order", commands.order, forms.OrderForm
    title = submit_label = _("签发整改通知")

    def consequences(self, obj: Finding) -> list[str]:
        if obj.severity in queries.rules.HOLDING:
            return [_t("问题为重大以上，项目后续拨付随即暂缓，整改经他人核查通过后解除。")]
        return [_t("问题为一般或轻微，不暂缓拨付。")]


class Disallow(FindingMove):
    action, command, form_class = "disallow", commands.disallow, forms.DisallowForm
    title = submit_label = _("剔除金额")

    def get_initial(self) -> dict[str, Any]:
        return {"fen": self.object.amount}

    def consequences(self, obj: Finding) -> list[str]:
        return [
            _t("至多 %(yuan)s 元。剔除的金额转入“应追回”，单位须退回，未退清不能核查通过。")
            % {"yuan": yuan(obj.amount)}
        ]


class SettleMinor(FindingMove):
    action, command, form_class = "settle_minor", commands.settle_minor, forms.ReasonForm
    title = submit_label = _("提示后销号")
    effect = _("问题轻微，不发整改通知，随即销号，结果记为“提示即可”。")


class SendBack(FindingMove):
    action, command, form_class = "send_back", commands.send_back, forms.ReasonForm
    title = submit_label = _("退回整改")
    effect = _("单位再有10个工作日整改并重新报告；暂缓拨付的继续暂缓。")


class Verify(FindingMove):
    action, command, form_class = "verify", commands.verify, forms.VerifyForm
    title = submit_label = _("核查通过")

    def consequences(self, obj: Finding) -> list[str]:
        lines = [_t("整改得到确认，由科长销号。")]
        return [*lines, _t("由这个问题引起的暂缓拨付随之解除。")] if obj.hold_id else lines


class Settle(FindingMove):
    action, command = "settle", commands.settle
    title = submit_label = _("销号")
    effect = _("问题了结，结果记为“已整改”，不能再改。")


def project_and_organization(finding: Finding) -> str:
    return f"{finding.project.title} · {finding.project.organization.name}"


class FindingViewSet(ScopedViewSet):
    model = Finding
    name = "staff_findings"
    empty_words = _("没有问题。审计人员记录的问题会出现在这里。")
    policy = finding_policy
    icon = "warning"
    menu_label = _("问题与整改")
    menu_order = 20
    add_to_admin_menu = True
    list_display = [
        NameColumn("name", label=_("问题"), sub="number", sort_key="number", width="14%"),
        DateColumn("found_at", label=_("发现时间"), sort_key="found_at"),
        Column("project", label=_("项目和单位"), accessor=project_and_organization),
        Column("severity", label=_("等级"), accessor="get_severity_display", sort_key="severity"),
        MoneyColumn("amount", label=_("涉及金额（元）"), sort_key="amount"),
        YesColumn("hold", label=_("暂缓拨付"), accessor="is_holding", no=_("否")),
        StateColumn(),
        DueColumn("due_on", label=_("期限"), sort_key="due_on"),
    ]
    list_filter = ["status", "severity", "is_repeat"]
    search_fields = ["number", "code", "fact", "project__code", "project__title", "project__organization__name"]
    list_export = [
        "number", "name", "severity", "project.code", "project.title", "fact", "clause", "amount", "disallowed",
        "found_at", "status", "due_on",
    ]  # fmt: skip
    list_select_related = ["project__organization", "hold"]
    labels = {"name": _("问题类型")}
    inspect_view_fields = ["due_on"]
    inspect_template = "audits/staff_finding.html"
    moves = [
        SendForHearing, Drop, Issue, HoldEarly, SignOrder, Disallow, SettleMinor, SendBack, Verify, Settle,
    ]  # fmt: skip

    def extra(self, user: Any, obj: Finding) -> dict[str, Any]:
        return {
            "facts": queries.facts(obj),
            "thread": queries.thread(obj),
            "files": obj.files.filter(entry__isnull=True).select_related("file"),
            "recoverable": queries.recoverable(obj.project),
        }


URLS = [
    path("staff_engagements/open/", Open.as_view(), name="staff_audit_open"),
    path("staff_engagements/tests/<int:pk>/", Test.as_view(), name="staff_audit_test"),
]
