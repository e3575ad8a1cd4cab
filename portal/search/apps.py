from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "portal.search"
    label = "search"
    verbose_name = _("检索")

    def ready(self) -> None:
        from portal.search import tasks  # noqa: F401  it registers its job
