from django.apps import AppConfig


class AuditsConfig(AppConfig):
    name = "grants.audits"
    label = "audits"
    verbose_name = "审计"
