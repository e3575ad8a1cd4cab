from django.apps import AppConfig


class AwardsConfig(AppConfig):
    name = "grants.awards"
    label = "awards"
    verbose_name = "立项"
