from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "portal"
    label = "portal"
    verbose_name = _("门户")

    def ready(self) -> None:
        from django.conf import settings
        from django.utils.translation import gettext

        from portal import (
            checks,  # noqa: F401  registers the start-up checks
            clock,
            words,
        )

        words.use(gettext)
        if settings.DEMO:
            from portal.demo.calendar import ahead

            clock.run_ahead(ahead)
