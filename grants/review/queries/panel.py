"""A panel as its secretary sees it: who is how far, never how anybody scored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q, QuerySet

from grants.applications.models import Application
from grants.calls.models import Criterion
from grants.review.models import Assignment, Candidacy, Conflict, Panel, PanelMember
from grants.review.states import ConflictState, Sheet
from orgs.registry.models import Organization


def criteria_of(panel: Panel) -> list[Criterion]:
    """Return the rubric of the panel's stage, in order. One query."""
    return list(Criterion.objects.filter(round=panel.round_id, stage=panel.stage).order_by("position", "pk"))


def wants_finance(criteria: list[Criterion]) -> bool:
    return any(one.for_finance for one in criteria)


def criteria_for(member: PanelMember) -> list[Criterion]:
    """Return what this expert judges: where the rubric has lines for financial experts, those judge only them."""
    criteria = criteria_of(member.panel)
    if not wants_finance(criteria):
        return criteria
    return [one for one in criteria if one.for_finance == member.is_finance]


def organizations_to_declare(panel: Panel) -> QuerySet[Organization]:
    """Return all applicants of the round whose applications are or may come before panels, by name (E2)."""
    applicants = Application.objects.filter(candidacy__panel__round=panel.round_id).values("organization")
    return Organization.objects.filter(pk__in=applicants).order_by("name")


def undecided_conflicts(panel: Panel) -> QuerySet[Conflict]:
    return Conflict.objects.filter(member__panel=panel, status=ConflictState.UNSURE)


def orphans(member: PanelMember) -> QuerySet[Candidacy]:
    """Return the dossiers of an expert who declined that have fewer experts than the round wants."""
    held = Assignment.objects.active().without_conflict().filter(member__panel=member.panel_id)
    enough = held.order_by().values("candidacy").annotate(n=Count("pk")).filter(n__gte=member.panel.round.experts)
    mine = member.assignments.filter(removed_at__isnull=False).exclude(candidacy__in=enough.values("candidacy"))
    return Candidacy.objects.filter(pk__in=mine.values("candidacy")).select_related("application", "defence")


@dataclass(frozen=True)
class MemberProgress:
    """How far one expert is. No score, no total: the secretary sees none before the lock."""

    member: PanelMember
    assigned: int
    complete: int
    submitted: int
    conflicts: int
    last_saved: datetime | None

    @property
    def is_done(self) -> bool:
        return bool(self.assigned) and self.submitted == self.assigned


def progress(panel: Panel) -> list[MemberProgress]:
    """Three queries."""
    rows = Assignment.objects.active().without_conflict().filter(member__panel=panel).values("member")
    done = Q(sheet__status__in=[Sheet.COMPLETE, Sheet.SUBMITTED])
    counts = {
        row["member"]: row
        for row in rows.annotate(
            n=Count("pk"),
            complete=Count("pk", filter=done),
            submitted=Count("pk", filter=Q(sheet__status=Sheet.SUBMITTED)),
            last=Max("sheet__saved_at"),
        ).order_by()
    }
    conflicts = dict(
        Conflict.objects.filter(member__panel=panel)
        .exclude(status=ConflictState.DISMISSED)
        .values_list("member")
        .annotate(n=Count("pk"))
        .order_by()
    )
    nothing = {"n": 0, "complete": 0, "submitted": 0, "last": None}
    return [
        MemberProgress(
            member=one,
            assigned=(row := counts.get(one.pk, nothing))["n"],
            complete=row["complete"],
            submitted=row["submitted"],
            conflicts=conflicts.get(one.pk, 0),
            last_saved=row["last"],
        )
        for one in panel.members.select_related("user")
    ]


def stand_in(conflict: Conflict) -> PanelMember | None:
    """Return the substitute who has taken the dossier over from the expert of this conflict."""
    left = Assignment.objects.filter(
        member=conflict.member_id, candidacy=conflict.candidacy_id, removed_at__isnull=False
    )
    if not left.exists():
        return None
    taken = Assignment.objects.active().filter(candidacy=conflict.candidacy_id, member__is_substitute=True)
    found = taken.select_related("member__user").order_by("pk").last()
    return found.member if found else None


def conflicts_of(panel: Panel) -> QuerySet[Conflict]:
    return Conflict.objects.filter(member__panel=panel).select_related("member__user", "candidacy")
