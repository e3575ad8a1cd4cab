from django.apps import AppConfig


class ComponentsConfig(AppConfig):
    name = "portal.components"
    label = "components"
    verbose_name = "组件"

    def ready(self) -> None:
        from portal.components.forms import teach_forms

        teach_forms()
