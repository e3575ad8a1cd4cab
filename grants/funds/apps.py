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
        from grants.funds.models import TRIGGERS
        from portal.fields.models import register_triggers

        for policy in (
            policies.source_policy,
            policies.account_policy,
            policies.posting_policy,
            policies.period_policy,
        ):
            policy_registry.register(policy.model, policy)
        register_triggers(self.label, TRIGGERS)
