from django.apps import AppConfig


class FundsConfig(AppConfig):
    name = "grants.funds"
    label = "funds"
    verbose_name = "资金账本"
