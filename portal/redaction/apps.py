from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RedactionConfig(AppConfig):
    name = "portal.redaction"
    label = "redaction"
    verbose_name = _("发布检查")
