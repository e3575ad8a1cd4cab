"""Payees' bank accounts for the bureau's finance."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column

from orgs.registry import commands
from orgs.registry.forms import CallBackForm
from orgs.registry.models import BankAccount
from orgs.registry.policies import account_policy
from portal.access.staff import MoveView, ScopedViewSet, YesColumn


class VerifyAccountView(MoveView):
    model, policy, action = BankAccount, account_policy, "verify"
    command = staticmethod(commands.verify_account)
    form_class = CallBackForm
    title = submit_label = _("核对账户")
    success_message = _("账户已核对。")
    is_sensitive = True

    def consequences(self, obj: BankAccount) -> list[str]:
        wait = _("这是变更账户，核对 72 小时后才能收款。") if obj.is_change else _("核对后即可收款。")
        return [
            _("%(organization)s的收款账户为 %(obj)s。") % {"organization": obj.organization, "obj": obj},
            wait,
            _("此前的账户停用，已批准的拨付仍按批准时的账户。"),
        ]

    def tells(self, obj: BankAccount) -> list[str]:
        return [_("%(organization)s的全部成员") % {"organization": obj.organization}]


class AccountViewSet(ScopedViewSet):
    model = BankAccount
    policy = account_policy
    name = "staff_bank_accounts"
    empty_words = _("还没有收款账户。单位录入账户后会出现在这里，等待核对。")
    icon = "tablet-alt"
    menu_label = _("收款账户")
    menu_order = 320
    add_to_admin_menu = True
    ordering = "-entered_at"
    list_display = (
        "organization",
        "holder",
        Column("masked_number", label=_("账号")),
        "bank",
        YesColumn("is_change", label=_("变更")),
        "entered_at",
        "verified_at",
        "usable_from",
    )
    list_select_related = ("organization", "entered_by", "verified_by")
    list_filter = ("is_change",)
    search_fields = ("organization__name", "holder")
    list_export = ("organization", "holder", "masked_number", "bank", "branch_code", "entered_at", "verified_at")
    labels = {"masked_number": _("账号")}
    export_filename = "accounts"
    inspect_view_fields = (
        "organization", "holder", "number", "bank", "branch_code", "is_change", "entered_by", "entered_at",
        "verified_by", "verified_at", "call_back", "usable_from", "replaced_at",
    )  # fmt: skip
    moves = (VerifyAccountView,)
