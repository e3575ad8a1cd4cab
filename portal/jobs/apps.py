from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "portal.jobs"
    label = "jobs"
    verbose_name = "后台任务"

    def ready(self) -> None:
        from portal.jobs import tasks  # noqa: F401  registers the jobs
