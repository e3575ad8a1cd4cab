from django.apps import AppConfig


class PublicityConfig(AppConfig):
    name = "grants.publicity"
    label = "publicity"
    verbose_name = "公示"
