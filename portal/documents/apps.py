from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    name = "portal.documents"
    label = "documents"
    verbose_name = _("文书")

    def ready(self) -> None:
        from portal.documents.models import TRIGGERS
        from portal.documents.policies import PURPOSE, may_read
        from portal.fields.models import register_triggers
        from portal.files.policies import allow

        register_triggers(self.label, TRIGGERS)
        allow(PURPOSE, may_read)
