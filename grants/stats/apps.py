from django.apps import AppConfig


class StatsConfig(AppConfig):
    name = "grants.stats"
    label = "stats"
    verbose_name = "统计"
