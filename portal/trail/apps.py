from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrailConfig(AppConfig):
    name = "portal.trail"
    label = "trail"
    verbose_name = _("操作日志")

    def ready(self) -> None:
        from wagtail.permissions import policy_registry

        from portal.fields.models import register_triggers
        from portal.trail import tasks  # noqa: F401  registers the sealing job
        from portal.trail.models import TRIGGERS, Event
        from portal.trail.policies import policy

        register_triggers(self.label, TRIGGERS)
        policy_registry.register(Event, policy)
