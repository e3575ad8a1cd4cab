"""Projects and organizations that anyone may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from grants.agreements.models import Milestone, Project
from grants.agreements.queries import ProjectMoney, project_money
from grants.agreements.states import ProjectStatus
from grants.awards.models import Award
from grants.monitoring.models import Evaluation
from grants.monitoring.queries import Indicator, indicators
from grants.stats import queries as stats
from grants.stats.queries import Tally
from home import rules
from home.queries.search import asked
from orgs.registry.models import Kind, Organization
from portal import clock
from portal.regions.models import Region
from portal.search.queries import search


def library(
    *, text: str = "", programme: str = "", year: str = "", region: str = "", status: str = "", organization: str = ""
) -> QuerySet[Award]:
    """Return the public awards that fit, newest first."""
    rows = stats.public_awards().select_related("region", "organization", "project")
    rows = search(rows, asked(text))
    if programme:
        rows = rows.filter(programme=programme)
    if asked_year := rules.year_in(year):
        rows = rows.filter(year=asked_year)
    if region:
        place = Region.objects.filter(code=region).first()
        rows = rows.filter(region__path__startswith=place.path) if place else rows.none()
    if status == "HISTORIC":
        rows = rows.filter(is_historic=True)
    elif status:
        rows = rows.filter(project__status=status)
    if organization:
        rows = rows.filter(organization__key=organization)
    return rows.order_by("-year", "code")


@dataclass(frozen=True)
class PublicProject:
    """What anyone may know of one award. money is None for history: only its total is known."""

    award: Award
    programme: str
    project: Project | None
    money: ProjectMoney | None
    milestones: list[Any]
    services: list[Indicator]
    shares: list[Any]
    evaluations: list[Evaluation]

    @property
    def promised(self) -> int:
        return sum(one.planned.persons for one in self.services)

    @property
    def served(self) -> int:
        return sum(one.persons for one in self.services)

    @property
    def unpaid(self) -> int:
        return self.award.amount - self.money.received if self.money else 0


def public_project(key: str) -> PublicProject | None:
    """Return the public page of an award; None when there is none to see. About fifteen queries."""
    award = stats.public_awards().select_related("region", "organization", "round", "project").filter(key=key).first()
    if award is None:
        return None
    project = getattr(award, "project", None)
    names = dict(stats.ledger_names())
    return PublicProject(
        award=award,
        programme=names.get(award.programme, award.programme),
        project=project,
        money=project_money(project) if project else None,
        milestones=in_order(project.milestones.all()) if project else [],
        services=indicators(project) if project else [],
        shares=list(award.shares.select_related("source")),
        evaluations=list(Evaluation.objects.public().filter(project=project).order_by("submitted_at"))
        if project
        else [],
    )


def in_order(milestones: Iterable[Milestone]) -> list[Milestone]:
    """Return them by the day they were met or are planned for, undated last."""

    def day(one: Milestone) -> date:
        return (one.met_at and one.met_at.astimezone(clock.ZONE).date()) or one.due_on or date.max

    return sorted(milestones, key=day)


def directory(*, text: str = "", kind: str = "", region: str = "") -> QuerySet[Organization]:
    """Return the public register, with what each was granted."""
    won = Q(awards__status="APPROVED")
    rows: QuerySet[Organization] = (
        Organization.objects.public()
        .select_related("region")
        .annotate(count=Count("awards", filter=won), amount=Sum("awards__amount", filter=won))
    )
    rows = search(rows, asked(text))
    if kind in Kind.values:
        rows = rows.filter(kind=kind)
    if region:
        place = Region.objects.filter(code=region).first()
        rows = rows.filter(region__path__startswith=place.path) if place else rows.none()
    return rows.order_by(F("amount").desc(nulls_last=True), "name")


def tally(awards: QuerySet[Award]) -> Tally:
    """Return number and sum of a list of awards. One query."""
    found = awards.order_by().aggregate(count=Count("pk"), amount=Sum("amount"))
    return Tally(found["count"], found["amount"] or 0)


def progress(awards: QuerySet[Award]) -> dict[str, int]:
    """Return how many projects of a list of awards are running and closed. One query."""
    running, closed = (
        (ProjectStatus.ACTIVE, ProjectStatus.FINISHING),
        (ProjectStatus.CLOSED_PASS, ProjectStatus.CLOSED_FAIL),
    )
    return awards.order_by().aggregate(
        running=Count("pk", filter=Q(project__status__in=running)),
        closed=Count("pk", filter=Q(project__status__in=closed)),
    )


def by_year(awards: QuerySet[Award]) -> list[tuple[int, Tally]]:
    """Return the years of a list of awards, oldest first. One query."""
    rows = awards.order_by("year").values("year").annotate(count=Count("pk"), total=Sum("amount"))
    return [(row["year"], Tally(row["count"], row["total"])) for row in rows]
