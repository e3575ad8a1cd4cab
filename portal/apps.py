from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "portal"
    label = "portal"
    verbose_name = _("门户")

    def ready(self) -> None:
        from django.utils.translation import gettext

        from portal import (
            checks,  # noqa: F401  registers the start-up checks
            words,
        )

        words.use(gettext)
