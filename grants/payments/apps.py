from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "grants.payments"
    label = "payments"
    verbose_name = "拨付"
