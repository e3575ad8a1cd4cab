"""Papers that may be made after the answer was given."""

from django.utils.translation import gettext_lazy as _

from grants.applications import commands
from grants.applications.models import Version
from portal.jobs.commands import job


@job("applications.receipt", _("生成申报回执"))
def receipt(version_id: int) -> None:
    rows = Version.objects.select_related("application__organization", "application__round", "submitted_by")
    commands.issue_receipt(rows.get(pk=version_id))
