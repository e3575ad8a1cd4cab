"""The named jobs of `manage.py bench`. A limit is the agreed ratio to the floor."""

from grants.calls.models import CallPage
from portal.bench import Job


def call_page() -> str:
    return CallPage.objects.live().order_by("pk").first().url


JOBS = [
    Job("home", "/"),
    Job("call-page", call_page, limit=15),
    Job("staff-list", "/cms/staff_applications/", username="officer", limit=60),
    Job("bare-listing", "/cms/reports/site-history/", username="officer"),
    Job("project-library", "/projects/"),
    Job("awards-api", "/api/v1/awards?limit=50"),
    Job("start-page", "/desk/", username="org1"),
]
