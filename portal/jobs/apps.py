from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    name = "portal.jobs"
    label = "jobs"
    verbose_name = _("后台任务")

    def ready(self) -> None:
        from portal.jobs import tasks  # noqa: F401  registers the jobs
