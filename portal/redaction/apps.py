from django.apps import AppConfig


class RedactionConfig(AppConfig):
    name = "portal.redaction"
    label = "redaction"
    verbose_name = "发布检查"
