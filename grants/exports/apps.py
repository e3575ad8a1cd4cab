from django.apps import AppConfig


class ExportsConfig(AppConfig):
    name = "grants.exports"
    label = "exports"
    verbose_name = "导出"
