from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ComponentsConfig(AppConfig):
    name = "portal.components"
    label = "components"
    verbose_name = _("组件")

    def ready(self) -> None:
        from portal.components.forms import teach_forms

        teach_forms()
