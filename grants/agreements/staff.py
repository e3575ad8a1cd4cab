"""Staff screens: awards that wait for an agreement, agreements, projects and their changes."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.ui.tables import Column

from grants.agreements import commands, guards, queries
from grants.agreements.forms import DraftForm, NoteForm, ReasonForm, ReleaseForm, SignedForm
from grants.agreements.models import Agreement, Amendment, AmendmentKind, Project
from grants.agreements.policies import agreement_policy, amendment_policy, award_policy, project_policy
from grants.agreements.states import PROJECT
from grants.awards.models import Award
from portal.access.staff import (
    DateColumn,
    DueColumn,
    MoneyColumn,
    MoveView,
    NameColumn,
    NumberColumn,
    RegionColumn,
    ScopedViewSet,
    StateColumn,
)
from portal.components.staff import hook_of
from portal.files.commands import store
from portal.money import yuan


class Draft(MoveView):
    model = Award
    policy = award_policy
    action = "draft"
    command = commands.draft_agreement
    form_class = DraftForm
    title = _("拟定协议")
    submit_label = _("拟定协议")
    success_message = _("协议已拟定，已请实施单位确认。")

    def consequences(self, obj: Award) -> list[str]:
        return [
            str(_("按立项金额 %s 元生成核定预算、计划活动和拨付计划。") % yuan(obj.amount)),
            str(_("协议由实施单位负责人和民政局各一人确认后，不能再改。")),
        ]

    def tells(self, obj: Award) -> list[str]:
        return [str(_("%s 的负责人和经办人") % obj.organization_name)]

    def get_success_url(self) -> str:
        return reverse("staff_agreements:inspect", args=[self.result.pk])


class Accept(MoveView):
    model = Agreement
    policy = agreement_policy
    action = "accept"
    command = commands.accept
    title = _("代表民政局确认协议")
    submit_label = _("确认协议")
    success_message = _("已确认。")

    def call(self, answers: dict[str, Any]) -> Any:
        return commands.accept(self.object, queries.speaks_for(self.request.user, self.object), self.request.user)

    def consequences(self, obj: Agreement) -> list[str]:
        return [
            str(_("资助金额 %s 元，按拨付计划分期拨付。") % yuan(obj.project.amount)),
            str(_("各方都确认后，条款、预算和拨付计划不能再改。")),
        ]


class StoreSigned(MoveView):
    model = Agreement
    policy = agreement_policy
    action = "store_signed"
    command = commands.store_signed
    form_class = SignedForm
    title = _("存签署件")
    submit_label = _("存入签署件")
    success_message = _("签署件已存档，项目开始实施。")

    def call(self, answers: dict[str, Any]) -> Any:
        file = store(answers["file"], purpose="agreements.signed", by=self.request.user)
        return commands.store_signed(self.object, file, self.request.user, answers["signed_on"])

    def consequences(self, obj: Agreement) -> list[str]:
        return [str(_("协议生效，项目转为“实施中”，收款单位可以申请第 1 期拨款。"))]

    def tells(self, obj: Agreement) -> list[str]:
        return [str(_("%s的全体成员") % obj.project.organization)]


class ProjectMove(MoveView):
    model = Project
    policy = project_policy
    form_class = ReasonForm


class Suspend(ProjectMove):
    action = "suspend"
    is_way_out = True
    command = commands.suspend
    title = submit_label = _("中止项目")
    success_message = _("项目已中止。")

    def consequences(self, obj: Project) -> list[str]:
        return [str(_("中止期间不能请款、不能拨付。"))]


class Resume(ProjectMove):
    action = "resume"
    command = commands.resume
    title = submit_label = _("恢复项目")
    success_message = _("项目已恢复实施。")

    def consequences(self, obj: Project) -> list[str]:
        return [str(_("项目回到“实施中”，单位可以请款，已提出的拨付接着办理。"))]


class Terminate(ProjectMove):
    action = "terminate"
    is_way_out = True
    command = commands.request_termination
    title = submit_label = _("提出终止")
    success_message = _("已提出终止，单位有 3 个工作日陈述意见，之后由分管领导决定。")

    def call(self, answers: dict[str, Any]) -> Any:
        return commands.request_termination(self.object, answers["reason"], self.request.user)

    def get_success_url(self) -> str:
        return reverse("staff_amendments:inspect", args=[self.result.pk])

    def consequences(self, obj: Project) -> list[str]:
        money = queries.project_money(obj)
        return [
            str(_("批准后：单位持有的 %s 元转为“应追回”，未拨资金回到批次额度，不再拨付。") % yuan(money.held)),
            str(_("已认定的支出有问题的，由审计另行剔除。追回后按未通过结项。终止后不能恢复。")),
        ]

    def tells(self, obj: Project) -> list[str]:
        return [str(_("%s的全体成员") % obj.organization), str(_("分管领导"))]


class ClosePass(MoveView):
    model = Project
    policy = project_policy
    action = "close_pass"
    command = commands.close
    title = submit_label = _("结项（通过）")
    success_message = _("项目已结项。")

    def consequences(self, obj: Project) -> list[str]:
        return [str(_("生成结项证书号 JX-%s。结项后不能再登记支出、请款和变更。") % obj.code)]

    def tells(self, obj: Project) -> list[str]:
        return [str(_("%s的全体成员") % obj.organization)]


class CloseFail(ClosePass):
    action = "close_fail"
    title = submit_label = _("结项（未通过）")

    def call(self, answers: dict[str, Any]) -> Any:
        return commands.close(self.object, self.request.user, passed=False)


class Release(MoveView):
    model = Project
    policy = project_policy
    action = "release"
    is_way_out = True
    command = commands.request_release
    form_class = ReleaseForm
    form_takes = "project"
    title = submit_label = _("核减未拨资金")
    success_message = _("核减已提出，等另一人批复。")

    def call(self, answers: dict[str, Any]) -> Any:
        numbers = [int(one) for one in answers["numbers"]]
        return commands.request_release(self.object, numbers, answers["reason"], self.request.user)

    def consequences(self, obj: Project) -> list[str]:
        return [str(_("批准后，资金从“已立项未拨”回到批次额度，选中的期次不再拨付。"))]


APPROVED = {
    AmendmentKind.BUDGET: _("核定预算立即改为变更后的金额，以后的支出按新的预算行核对。"),
    AmendmentKind.RELEASE: _("选中的期次不再拨付，资金从“已立项未拨”回到批次额度，不能撤回。"),
    AmendmentKind.END: _("项目终止，不能恢复；单位持有的资金转为“应追回”，未拨资金回到批次额度。"),
}
"""What an approval does, by the kind of the change."""


class ApproveAmendment(MoveView):
    model = Amendment
    policy = amendment_policy
    action = "approve"
    command = commands.approve_amendment
    form_class = NoteForm
    title = submit_label = _("批准变更")
    success_message = _("变更已批准。")

    def consequences(self, obj: Amendment) -> list[str]:
        return [str(APPROVED[obj.kind])]

    def tells(self, obj: Amendment) -> list[str]:
        return [str(_("%s 的负责人和经办人") % obj.project.organization)]


class RefuseAmendment(MoveView):
    model = Amendment
    policy = amendment_policy
    action = "refuse"
    command = commands.refuse_amendment
    form_class = NoteForm
    title = submit_label = _("不同意变更")
    success_message = _("已答复不同意。")

    def consequences(self, obj: Amendment) -> list[str]:
        return [str(_("项目和资金都不变，提出人可以按意见重新提出。"))]

    def tells(self, obj: Amendment) -> list[str]:
        return [str(_("%s 的负责人和经办人") % obj.project.organization)]


class AwardDrafts(ScopedViewSet):
    """Approved awards that have no agreement yet."""

    model = Award
    policy = award_policy
    name = "staff_drafts"
    menu_hook = hook_of("projects")
    empty_words = _("没有待拟的协议。正式立项的项目会出现在这里。")
    url_prefix = "agreements/drafts"
    menu_label = _("待拟协议")
    icon = "doc-empty"
    menu_order = 110
    list_display = [
        NameColumn("title", label=_("项目"), sub="code", sort_key="title"),
        "organization_name",
        MoneyColumn("amount", label=_("立项金额（元）")),
        "document_number",
        DateColumn("confirmed_at", label=_("立项日期"), sort_key="confirmed_at"),
    ]
    search_fields = ["title", "code", "organization_name"]
    list_export = ["code", "title", "organization_name", "amount", "document_number", "confirmed_at"]
    inspect_view_fields = ["code", "title", "organization", "payee", "document_number", "confirmed_at"]
    moves = [Draft]

    def annotate(self, rows: QuerySet) -> QuerySet:
        return rows.approved().filter(project__isnull=True, is_historic=False)


class Agreements(ScopedViewSet):
    model = Agreement
    policy = agreement_policy
    name = "staff_agreements"
    empty_words = _("还没有协议。经办人拟定协议后会出现在这里。")
    url_prefix = "agreements"
    menu_label = _("协议")
    icon = "doc-full"
    menu_order = 120
    list_display = [
        NameColumn("project.title", label=_("项目"), sub="number", sort_key="project__title"),
        Column("project.organization", label=_("实施单位"), accessor="project.organization"),
        MoneyColumn("project.amount", label=_("金额（元）"), accessor="project.amount"),
        DateColumn("drafted_at", label=_("起草时间"), sort_key="drafted_at"),
        DateColumn("signed_on", label=_("签署日期"), sort_key="signed_on"),
        StateColumn(),
        DueColumn("due_on", label=_("期限"), sort_key="due_on"),
    ]
    list_select_related = ("project__organization", "project__region")
    list_filter = ["status"]
    search_fields = ["number", "project__title", "project__organization__name"]
    list_export = [
        "number",
        "project.code",
        "project.title",
        "project.organization",
        "project.amount",
        "status",
        "signed_on",
    ]
    inspect_view_fields = ["number", "status", "drafted_by", "drafted_at", "signed_on"]
    inspect_template = "agreements/agreement_inspect.html"
    moves = [Accept, StoreSigned]

    def extra(self, user: Any, agreement: Agreement) -> dict[str, Any]:
        return {
            "project": agreement.project,
            "parties": queries.sides(agreement),
            "lines": agreement.project.budget_lines.all(),
            "tranches": agreement.project.tranches.all(),
        }


class Projects(ScopedViewSet):
    model = Project
    policy = project_policy
    name = "staff_projects"
    empty_words = _("还没有项目。协议拟定后，项目会出现在这里。")
    url_prefix = "projects"
    menu_label = _("项目")
    icon = "folder-open-1"
    menu_order = 100
    list_display = [
        NameColumn("title", label=_("项目"), sub="code", sort_key="title"),
        "organization",
        RegionColumn("region", label=_("所属区域"), sort_key="region"),
        MoneyColumn("amount", label=_("立项资助（元）"), sort_key="amount"),
        DateColumn("ends_on", label=_("结束日期"), sort_key="ends_on"),
        StateColumn(),
        DueColumn("due_on", label=_("办理期限"), sort_key="due_on"),
    ]
    list_filter = ["status"]
    list_export = ["code", "title", "organization", "region", "amount", "status", "starts_on", "ends_on"]
    search_fields = ["code", "title", "organization__name"]
    inspect_view_fields = ["code", "organization", "payee", "region", "status", "starts_on", "ends_on"]
    inspect_template = "agreements/project_inspect.html"
    moves = [ClosePass, CloseFail, Suspend, Resume, Terminate, Release]

    def extra(self, user: Any, project: Project) -> dict[str, Any]:
        return {
            "money": queries.project_money(project),
            "timeline": queries.timeline(project),
            "tranches": project.tranches.all(),
            "holds": project.holds.select_related("placed_by", "lifted_by"),
            "amendments": project.amendments.all(),
            "closing": queries.closing_paper(project),
            # The floors above know what else can be done: payments offers what comes back.
            "doors": [door for offer in hooks.get_hooks("project_doors") for door in offer(user, project)],
            "remains": PROJECT.open_reasons("close_pass", guards, project) if project.is_running else [],
        }


class Amendments(ScopedViewSet):
    model = Amendment
    policy = amendment_policy
    name = "staff_amendments"
    empty_words = _("没有待批变更。单位提出的变更会出现在这里。")
    url_prefix = "amendments"
    menu_label = _("变更")
    icon = "edit"
    menu_order = 130
    list_display = [
        NameColumn("project.title", label=_("项目"), sub="project.code", sort_key="project__title"),
        NumberColumn("number", label=_("序号")),
        "kind",
        "reason",
        DateColumn("requested_at", label=_("提出时间"), sort_key="requested_at"),
        StateColumn(),
        DueColumn("due_on", label=_("期限"), sort_key="due_on"),
    ]
    list_select_related = ("project__region", "requested_by")
    labels = {"requested_at": _("提出时间"), "decided_at": _("批复时间")}
    list_filter = ["status", "kind"]
    search_fields = ["project__title", "project__code"]
    list_export = [
        "project.code",
        "project.title",
        "number",
        "kind",
        "reason",
        "status",
        "requested_by",
        "requested_at",
        "decided_by",
        "decided_at",
    ]
    inspect_view_fields = [
        "project", "number", "kind", "status", "reason", "requested_by", "requested_at", "decided_by", "decided_at",
        "note",
    ]  # fmt: skip
    inspect_template = "agreements/amendment_inspect.html"
    moves = [ApproveAmendment, RefuseAmendment]

    def extra(self, user: Any, amendment: Amendment) -> dict[str, Any]:
        if amendment.kind == AmendmentKind.END:
            return {"effects": queries.termination_effects(amendment)}
        names = {str(line.pk): f"{line.label} · {line.item}" for line in amendment.project.budget_lines.all()}
        return {
            "changes": [
                (names.get(pk) or str(_("第 %s 期") % pk), amendment.before.get(pk), fen)
                for pk, fen in amendment.amounts.items()
                if amendment.before.get(pk) != fen
            ]
        }


VIEWSETS = [
    Projects(),
    AwardDrafts(),
    Agreements(),
    Amendments(),
]
