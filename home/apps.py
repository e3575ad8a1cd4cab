from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "home"
    label = "home"
    verbose_name = "网站"

    def ready(self) -> None:
        from home.queries.search import cover

        cover()
