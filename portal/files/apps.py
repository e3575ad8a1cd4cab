from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "portal.files"
    label = "files"
    verbose_name = "文件"

    def ready(self) -> None:
        from portal.files import tasks  # noqa: F401  registers the jobs
