from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "portal.search"
    label = "search"
    verbose_name = _("检索")

    def ready(self) -> None:
        from modelsearch.index import get_indexed_models
        from modelsearch.signal_handlers import post_delete_signal_handler

        from portal.search import tasks  # noqa: F401  it registers its job
        from portal.search.commands import on_save
        from portal.search.models import Indexed

        for model in get_indexed_models():
            if issubclass(model, Indexed):
                post_save.connect(on_save, sender=model)
                post_delete.connect(post_delete_signal_handler, sender=model)
