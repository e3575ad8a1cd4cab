"""Claims for the registrar."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from orgs.registry import commands
from orgs.registry.forms import ReasonForm
from orgs.registry.models import Claim
from orgs.registry.policies import claim_policy
from portal.access.staff import DueColumn, MoveView, ScopedViewSet, StateColumn


class VerifyView(MoveView):
    model, policy, action = Claim, claim_policy, "verify"
    command = staticmethod(commands.verify)
    title = submit_label = _("核验通过")
    success_message = _("已核验通过，认领人成为该组织负责人。")
    is_sensitive = True

    def consequences(self, obj: Claim) -> list[str]:
        return [
            _("%(claimant)s成为%(organization)s的负责人，可以提交申报和签署协议。")
            % {"claimant": obj.claimant, "organization": obj.organization},
            _("该组织状态变为“已核验”，证书副本存入档案。"),
        ]

    def tells(self, obj: Claim) -> list[str]:
        return [_("认领人 %(claimant)s") % {"claimant": obj.claimant}]


class RefuseView(MoveView):
    model, policy, action = Claim, claim_policy, "refuse"
    command = staticmethod(commands.refuse)
    form_class = ReasonForm
    title = submit_label = _("不予通过")
    success_message = _("已办理，原因已通知认领人。")

    def consequences(self, obj: Claim) -> list[str]:
        return [_("认领人可以补齐材料后重新认领。")]

    def tells(self, obj: Claim) -> list[str]:
        return [_("认领人 %(claimant)s") % {"claimant": obj.claimant}]


class ClaimViewSet(ScopedViewSet):
    model = Claim
    policy = claim_policy
    name = "staff_claims"
    empty_words = _("没有认领。单位提交认领后会出现在这里，等待核验。")
    icon = "clipboard-list"
    menu_label = _("认领核验")
    menu_order = 310
    add_to_admin_menu = True
    ordering = ("status", "due_on")
    list_display = ("organization", "claimant", "created_at", DueColumn("due_on", label=_("办理期限")), StateColumn())
    list_select_related = ("organization__region", "claimant", "certificate", "authorisation", "decided_by")
    list_filter = ("status", "is_other_region")
    search_fields = ("organization__name", "organization__uscc", "claimant__name", "claimant__username")
    list_export = ("organization", "claimant", "created_at", "due_on", "status", "decided_at", "reason")
    export_filename = "claims"
    inspect_view_fields = (
        "organization", "claimant", "is_other_region", "status", "created_at", "due_on", "decided_by", "decided_at",
        "reason",
    )  # fmt: skip
    late_fields = ("due_on", "decided_by", "decided_at", "reason")
    inspect_template = "registry/inspect_claim.html"
    moves = (VerifyView, RefuseView)

    def extra(self, user: Any, obj: Claim) -> dict[str, Any]:
        rivals = Claim.objects.filter(organization=obj.organization_id).exclude(pk=obj.pk).select_related("claimant")
        return {"rivals": rivals, "facts": facts(obj)}


def facts(claim: Claim) -> list[tuple[str, str]]:
    """What the certificate must agree with."""
    organization = claim.organization
    return [
        (str(_("名称")), organization.name),
        (str(_("统一社会信用代码")), organization.uscc or ""),
        (str(_("法定代表人")), organization.legal_rep_name),
        (str(_("登记机关")), organization.authority),
        (str(_("所属区域")), str(organization.region)),
    ]
