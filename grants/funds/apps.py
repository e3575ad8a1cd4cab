from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FundsConfig(AppConfig):
    name = "grants.funds"
    label = "funds"
    verbose_name = _("资金账本")

    def ready(self) -> None:
        from wagtail.permissions import policy_registry

        import grants.funds.tasks  # noqa: F401
        from grants.funds import policies
        from grants.funds.models import TRIGGERS, Entry, FundSource
        from portal.fields.models import register_triggers
        from portal.files.policies import allow
        from portal.trail.commands import register

        for policy in (
            policies.source_policy,
            policies.account_policy,
            policies.posting_policy,
            policies.period_policy,
            policies.entry_policy,
        ):
            policy_registry.register(policy.model, policy)
        register_triggers(self.label, TRIGGERS)
        allow("funds.paper", policies.may_read_papers)
        register(FundSource, "funds", {"open_source": _("新增资金来源"), "revise_source": _("修改资金来源")})
        register(
            Entry,
            "funds",
            {
                "request": _("提出账务申请"),
                "approve": _("同意并记账"),
                "refuse": _("不同意"),
                "withdraw": _("撤回申请"),
            },
        )
