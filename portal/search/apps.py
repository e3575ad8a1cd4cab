from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "portal.search"
    label = "search"
    verbose_name = "检索"

    def ready(self) -> None:
        from portal.search import tasks  # noqa: F401  it registers its job
