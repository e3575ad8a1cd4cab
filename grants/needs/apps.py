from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NeedsConfig(AppConfig):
    name = "grants.needs"
    label = "needs"
    verbose_name = _("需求")

    def ready(self) -> None:
        from wagtail.permissions import policy_registry

        from grants.needs.models import Need
        from grants.needs.policies import policy
        from portal.trail.commands import register

        register(Need, "needs", {"post": _("提出需求"), "list": _("列入清单"), "decline": _("不列入")})
        policy_registry.register(Need, policy)
