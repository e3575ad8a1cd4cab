from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SpreadsheetsConfig(AppConfig):
    name = "portal.spreadsheets"
    label = "spreadsheets"
    verbose_name = _("表格")

    def ready(self) -> None:
        from portal.spreadsheets.commands import guard_wagtail_exports

        guard_wagtail_exports()
