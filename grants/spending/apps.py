from django.apps import AppConfig


class SpendingConfig(AppConfig):
    name = "grants.spending"
    label = "spending"
    verbose_name = "支出"
