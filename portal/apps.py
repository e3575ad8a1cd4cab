from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"
    label = "portal"
    verbose_name = "门户"

    def ready(self) -> None:
        from django.utils.translation import gettext

        from portal import (
            checks,  # noqa: F401  registers the start-up checks
            words,
        )

        words.use(gettext)
