from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HomeConfig(AppConfig):
    name = "home"
    label = "home"
    verbose_name = _("网站")

    def ready(self) -> None:
        from home.queries.search import cover

        cover()
