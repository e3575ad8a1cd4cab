from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "portal.notices"
    label = "notices"
    verbose_name = _("消息")

    def ready(self) -> None:
        from wagtail.permissions import policy_registry

        from portal.notices import tasks  # noqa: F401  registers the postman
        from portal.notices.models import Letter
        from portal.notices.policies import policy
        from portal.trail.commands import register

        register(Letter, "notices", {"resend": _("重新发送")})
        policy_registry.register(Letter, policy)
