from django.apps import AppConfig


class NeedsConfig(AppConfig):
    name = "grants.needs"
    label = "needs"
    verbose_name = "需求"
