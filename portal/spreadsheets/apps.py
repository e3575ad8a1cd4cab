from django.apps import AppConfig


class SpreadsheetsConfig(AppConfig):
    name = "portal.spreadsheets"
    label = "spreadsheets"
    verbose_name = "表格"

    def ready(self) -> None:
        from portal.spreadsheets.commands import guard_wagtail_exports

        guard_wagtail_exports()
