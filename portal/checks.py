"""Start-up checks: an unsafe site does not start."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, register


@register(Tags.security)
def no_default_secret(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Refuse the built-in secret key outside demo and tests."""
    if settings.SECRET_KEY == settings.INSECURE_SECRET_KEY and not (settings.DEMO or settings.TESTING):
        return [
            Error("SECRET_KEY is the built-in one.", hint="Set SECRET_KEY to 50 random characters.", id="portal.E001")
        ]
    return []


@register(Tags.security)
def no_debug_on_real_hosts(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Refuse DEBUG when the site answers to anything but this machine."""
    local = {"localhost", "127.0.0.1", "[::1]", "testserver"}
    if settings.DEBUG and not set(settings.ALLOWED_HOSTS) <= local:
        return [Error("DEBUG is on while ALLOWED_HOSTS names real hosts.", hint="Unset DEBUG.", id="portal.E002")]
    return []
