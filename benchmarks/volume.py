"""Rows in bulk for measuring: written straight into a throw-away copy of the database, never the demo's own."""

from __future__ import annotations

from datetime import timedelta

from grants.applications.models import Application, Version
from grants.applications.states import S
from orgs.registry.models import Kind, Organization, Standing
from portal import clock
from portal.accounts.models import User
from portal.regions.models import Level, Region

APPLICATIONS = 10_000


def fill() -> None:
    """Add APPLICATIONS submitted applications to the round R2026 of the copy."""
    model = Application.objects.filter(round__code="R2026", version__isnull=False).select_related("version").first()
    if model is None or Application.objects.filter(number__startswith="BENCH").exists():
        return
    streets = list(Region.objects.filter(level=Level.STREET))
    organizations = Organization.objects.bulk_create(
        Organization(
            kind=Kind.SERVICE_INSTITUTION, name=f"演示测速单位{n:05d}", region=streets[n % len(streets)],
            standing=Standing.VERIFIED,
        )
        for n in range(APPLICATIONS)
    )  # fmt: skip
    writer = User.objects.first()
    applications = Application.objects.bulk_create(
        Application(
            number=f"BENCH-{n:06d}", round=model.round, form_version=model.form_version, organization=organization,
            slot=1, slot_limit=1, status=S.DRAFT, title=f"演示测速项目{n:05d}", category=model.category,
            region=organization.region, amount_requested=3_000_000 + n * 100, created_by=writer,
            starts_on=model.starts_on, ends_on=model.ends_on,
        )
        for n, organization in enumerate(organizations)
    )  # fmt: skip
    fields = {
        name: getattr(model.version, name)
        for name in ("overview", "answers", "budget", "plan", "attachments", "commitment", "form_version", "sha256")
    }
    now = clock.now()
    versions = Version.objects.bulk_create(
        Version(
            application=one, number=1, title=one.title, amount_requested=one.amount_requested,
            submitted_by=writer, submitted_at=now - timedelta(minutes=n), **fields,
        )
        for n, one in enumerate(applications)
    )  # fmt: skip
    for application, version in zip(applications, versions, strict=True):
        application.version, application.submitted_at = version, version.submitted_at
        application.status, application.due_on = S.SUBMITTED, clock.today()
    Application.objects.bulk_update(applications, ["version", "submitted_at", "status", "due_on"], batch_size=500)
