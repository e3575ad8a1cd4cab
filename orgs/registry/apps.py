from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


def member_added(event: Any) -> str:
    from orgs.registry.models import MemberRole

    return gettext("成员加入：%s") % MemberRole(event.after["role"]).label


class RegistryConfig(AppConfig):
    name = "orgs.registry"
    label = "registry"
    verbose_name = _("社会组织登记库")

    def ready(self) -> None:
        from wagtail.permissions import register_permission_policy

        from orgs.registry import policies
        from orgs.registry.commands.claim import PURPOSE
        from orgs.registry.models import BankAccount, Claim, Organization
        from orgs.registry.models.account import TRIGGERS
        from portal.fields.models import register_triggers
        from portal.files.policies import allow
        from portal.trail.commands import register

        register_permission_policy(Organization, policies.policy)
        register_permission_policy(Claim, policies.claim_policy)
        register_permission_policy(BankAccount, policies.account_policy)
        allow(PURPOSE, policies.may_read_claim_paper, swept=True)
        register_triggers(self.label, TRIGGERS)
        register(
            Organization,
            "registry",
            {
                "import": _("导入登记信息"),
                "update": _("更新登记信息"),
                "add": _("添加单位"),
                "file": _("备案"),
                "claim": _("提交认领"),
                "verify": _("核验通过"),
                "refuse": _("核验不通过"),
                "withdraw": _("撤回认领"),
                "edit_profile": _("修改资料"),
                "invite": _("邀请成员"),
                "cancel_invitation": _("撤销邀请"),
                "add_member": _("成员加入"),
                "end_member": _("结束成员身份"),
                "enter_account": _("录入收款账户"),
                "verify_account": _("核对收款账户"),
                "list": _("记入信用名录"),
                "delist": _("移出信用名录"),
                "place_obligation": _("登记未了事项"),
                "lift_obligation": _("了结未了事项"),
                "remove": _("注销"),
            },
            {"add_member": member_added},
        )
