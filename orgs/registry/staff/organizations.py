"""The register: list, entry, import, new payees, filed groups, credit lists."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View

from orgs.registry import commands, queries
from orgs.registry.forms import GroupForm, ImportForm, ListingForm, PayeeForm, ReasonForm
from orgs.registry.models import Kind, MemberRole, Membership, Organization, SupportClass
from orgs.registry.policies import membership_policy, policy
from orgs.registry.rules import COLUMNS, FILLING
from portal.access import Role
from portal.access.staff import (
    DateColumn,
    Denial,
    FilledView,
    FormCommandView,
    MoveView,
    NameColumn,
    RegionColumn,
    ScopedViewSet,
    StateColumn,
)
from portal.regions.models import Level, Region
from portal.spreadsheets.commands import read_rows, workbook
from portal.spreadsheets.rules import Sheet


class OrganizationForm(FormCommandView):
    """A form beside the register; action: the policy's word for it."""

    action = ""

    def check(self, request: HttpRequest) -> None:
        if not policy.user_has_permission(request.user, self.action):
            raise policy.denial(self.action)

    def get_cancel_url(self) -> str:
        return reverse("staff_organizations:index")

    def get_success_url(self) -> str:
        return reverse("staff_organizations:inspect", args=[self.result.pk])

    def own_regions(self, *levels: str) -> QuerySet[Region]:
        scope = self.request.user.scope(*policy.roles_for(self.action), field="")
        return Region.objects.active().filter(scope, level__in=levels)


class ImportView(OrganizationForm):
    action = "import"
    form_class = ImportForm
    title = _("导入登记名册")
    submit_label = _("上传名册")
    header_icon = "upload"
    template_name = "registry/import.html"

    def call(self, answers: dict[str, Any]) -> Any:
        rows = read_rows(answers["table"], list(COLUMNS))
        return commands.import_register(rows, by=self.request.user, dry_run=answers["is_trial"])

    def form_valid(self, form: Any) -> HttpResponse:
        if not form.cleaned_data["is_trial"]:
            return super().form_valid(form)
        try:
            result = self.call(form.cleaned_data)
        except commands.ImportRefused as refusal:
            form.add_error("table", refusal.for_user())
            return self.form_invalid(form)
        return self.render_to_response(self.get_context_data(form=form, result=result))

    def get_success_message(self) -> str:
        return _("已导入：新增 %(added)s 家，变更 %(changed)s 家，无变化 %(unchanged)s 家。") % {
            "added": self.result.added,
            "changed": self.result.changed,
            "unchanged": self.result.unchanged,
        }

    def get_success_url(self) -> str:
        return reverse("staff_organizations:index")


class ImportTemplate(Denial, View):
    """The empty table with the headings that the import reads, and how to fill it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if not policy.user_has_permission(request.user, "import"):
            raise policy.denial("import")
        hints = [(name, must, gettext(how)) for name, (must, how) in FILLING.items()]
        kinds = [
            (gettext("类型可填"), "", "、".join(map(str, Kind.labels))),
            (gettext("归类可填"), "", "、".join(SupportClass.values)),
        ]
        content = workbook(
            [
                Sheet(gettext("登记名册"), list(COLUMNS), []),
                Sheet(gettext("填写说明"), (gettext("栏目"), gettext("必填"), gettext("怎样填")), [*hints, *kinds]),
            ]
        )
        media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        headers = {
            "Content-Disposition": 'attachment; filename="register-template.xlsx"',
            "Cache-Control": "no-store",
        }
        return HttpResponse(content, content_type=media, headers=headers)


class AddPayeeView(OrganizationForm):
    action = "add"
    command = staticmethod(commands.add_payee)
    form_class = PayeeForm
    title = _("添加其他收款单位")
    intro = _("居（村）民委员会、街道办事处（镇政府）、政府部门和其他法人在这里添加；社会组织从登记名册导入。")
    submit_label = _("添加单位")
    success_message = _("已添加。")

    def get_form_kwargs(self) -> dict[str, Any]:
        levels = (Level.DISTRICT, Level.STREET, Level.COMMUNITY)
        return {**super().get_form_kwargs(), "regions": self.own_regions(*levels)}


class FileGroupView(OrganizationForm):
    action = "file"
    command = staticmethod(commands.file_group)
    form_class = GroupForm
    title = _("备案社区社会组织")
    intro = _("备案有效期三年。备案组织没有法人资格和账户，款项由代管单位代收。")
    submit_label = _("备案")
    success_message = _("已备案。")

    def get_form_kwargs(self) -> dict[str, Any]:
        regions = self.own_regions(Level.COMMUNITY)
        custodians = Organization.objects.visible_to(self.request.user).exclude(kind=Kind.FILED_GROUP)
        return {**super().get_form_kwargs(), "regions": regions, "custodians": custodians.public()}


class ListView(MoveView):
    model, policy, action = Organization, policy, "list"
    is_way_out = True
    command = staticmethod(commands.list_organization)
    form_class = ListingForm
    title = submit_label = _("记入信用名录")
    success_message = _("已记入。")

    def consequences(self, obj: Organization) -> list[str]:
        return [_("名录记录对外公开，显示在组织主页。"), _("新的申报和拨付按各轮次规则受限，已立项的不自动取消。")]


class RemoveView(MoveView):
    model, policy, action = Organization, policy, "remove"
    is_way_out = True
    command = staticmethod(commands.remove)
    form_class = ReasonForm
    title = submit_label = _("注销")
    success_message = _("已注销。")

    def consequences(self, obj: Organization) -> list[str]:
        return [_("%(obj)s不再出现在名录中，不能申报和收款。历史项目仍可查看。") % {"obj": obj}]


class EndMembershipView(MoveView):
    """The registrar ends a member when a rival claim is proven."""

    model, policy, action = Membership, membership_policy, "end_by_registrar"
    command = staticmethod(commands.end_member)
    form_class = ReasonForm
    title = submit_label = _("结束成员身份")
    success_message = _("成员身份已结束。")

    def get_queryset(self) -> QuerySet[Membership]:
        inside = self.request.user.scope(Role.REGISTRAR, field="organization__region")
        return (
            Membership.objects.active().filter(inside, role=MemberRole.ADMIN).select_related("organization", "user")
        )

    def consequences(self, obj: Membership) -> list[str]:
        return [
            _("%(user)s不再是%(organization)s的负责人，其他成员会收到通知。")
            % {"user": obj.user, "organization": obj.organization}
        ]

    def success_url(self, obj: Membership) -> str:
        return reverse("staff_organizations:inspect", args=[obj.organization_id])


class OrganizationViewSet(ScopedViewSet):
    model = Organization
    policy = policy
    name = "staff_organizations"
    inspect_view_class = FilledView
    empty_words = _("名册还是空的。登记窗口导入登记名册后会出现在这里。")
    icon = "group"
    menu_label = _("社会组织")
    menu_order = 300
    add_to_admin_menu = True
    ordering = "name"
    list_display = (
        NameColumn("name", label=_("名称"), sub="uscc", sort_key="name"),
        "kind",
        RegionColumn("region", label=_("所属区域"), sort_key="region__path"),
        "grade",
        DateColumn("valid_to", label=_("有效期至"), sort_key="valid_to"),
        DateColumn("created_at", label=_("入库时间"), sort_key="created_at"),
        StateColumn("standing"),
    )
    list_filter = ("kind", "standing", "support_class", "grade")
    search_fields = ("name", "uscc", "aliases")
    list_export = (
        "name", "kind", "uscc", "region", "support_class", "grade", "service_field", "founded_on", "valid_to", "legal_rep_name",
        "authority", "address", "standing",
    )  # fmt: skip
    export_filename = "organizations"
    inspect_view_fields = (
        "name", "aliases", "kind", "uscc", "region", "standing", "support_class", "grade", "service_field", "founded_on",
        "valid_to", "filing_number", "legal_rep_name", "authority", "address", "purpose", "scope", "contact_name",
        "contact_phone", "custodian",
    )  # fmt: skip
    inspect_template = "registry/inspect_organization.html"
    list_select_related = ("region", "custodian")
    moves = (ListView, RemoveView)
    links = (
        (_("导入登记名册"), "registry_import", "import"),
        (_("添加其他收款单位"), "registry_add_payee", "add"),
        (_("备案社区社会组织"), "registry_file_group", "file"),
    )

    def extra(self, user: Any, obj: Organization) -> dict[str, Any]:
        return {
            "memberships": obj.memberships.active().select_related("user").order_by("role", "pk"),
            "listings": obj.listings.all(),
            "obligations": obj.obligations.open(),
            "shared": queries.shared_leaders(obj),
            "may_end": user.has_role(Role.REGISTRAR),
        }
