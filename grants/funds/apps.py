from django.apps import AppConfig


class FundsConfig(AppConfig):
    name = "grants.funds"
    label = "funds"
    verbose_name = "资金账本"

    def ready(self) -> None:
        import grants.funds.tasks  # noqa: F401
        from grants.funds.models import TRIGGERS
        from portal.fields.models import register_triggers

        register_triggers(self.label, TRIGGERS)
