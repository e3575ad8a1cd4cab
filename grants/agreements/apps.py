from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    name = "grants.agreements"
    label = "agreements"
    verbose_name = "协议与项目"
