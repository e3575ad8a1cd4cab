"""Papers that may be made after the answer was given."""

from grants.applications import commands
from grants.applications.models import Version
from portal.jobs.commands import job


@job("applications.receipt")
def receipt(version_id: int) -> None:
    rows = Version.objects.select_related("application__organization", "application__round", "submitted_by")
    commands.issue_receipt(rows.get(pk=version_id))
