from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DynformsConfig(AppConfig):
    name = "portal.dynforms"
    label = "dynforms"
    verbose_name = _("申报表")

    def ready(self) -> None:
        from portal.fields.models import append_only, register_triggers

        register_triggers("dynforms", append_only("dynforms_formversion"))
