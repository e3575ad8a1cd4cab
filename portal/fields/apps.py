from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class FieldsConfig(AppConfig):
    name = "portal.fields"
    label = "fields"
    verbose_name = _("字段")

    def ready(self) -> None:
        from portal.fields.commands import after_migrate, before_migrate, check_triggers

        pre_migrate.connect(before_migrate, dispatch_uid="portal.fields.triggers")
        post_migrate.connect(after_migrate, dispatch_uid="portal.fields.triggers")
        checks.register(check_triggers, checks.Tags.database)
