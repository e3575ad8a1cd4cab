from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "grants.monitoring"
    label = "monitoring"
    verbose_name = "跟踪评估"
