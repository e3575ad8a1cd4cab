from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "grants.payments"
    label = "payments"
    verbose_name = "拨付"

    def ready(self) -> None:
        from grants.payments.models import TRIGGERS
        from portal.fields.models import register_triggers

        register_triggers(self.label, TRIGGERS)
