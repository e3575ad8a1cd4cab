"""Activities that took place, and visits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from grants.agreements.models import PlannedActivity, Project
from grants.monitoring import rules
from grants.monitoring.models import Activity, Evidence, Visit
from grants.monitoring.policies import WRITERS, is_member
from grants.monitoring.states import VisitResult
from portal import clock
from portal.accounts.models import User, new_key
from portal.files.commands import store
from portal.files.models import StoredFile
from portal.lifecycle import Reason, Refused, require_none
from portal.trail.commands import log

EVIDENCE = "monitoring.evidence"


class SameActivity(Refused):
    """An activity of the same name, day and place stands already; a person may say that this is another one."""

    field = "is_another"

    def __init__(self, same: Activity):
        super().__init__(
            _(
                "“%(name)s”%(day)s 在%(place)s已有一条记录（%(persons)s 人）。如果这是另一场，请勾选本项，重新选择照片后提交。"
            )
            % {"name": same.name, "day": same.held_on, "place": same.place, "persons": same.persons}
        )


@transaction.atomic
def record_activity(
    project: Project,
    *,
    by: User,
    name: str,
    held_on: date,
    place: str,
    persons: int,
    planned: PlannedActivity | None = None,
    capacity: int | None = None,
    staff_hours: Decimal = Decimal(0),
    volunteer_hours: Decimal = Decimal(0),
    summary: str = "",
    photos: Iterable[Any] = (),
    sheet: Any = None,
    token: str = "",
    is_another: bool | None = None,
) -> Activity:
    """Keep an event with its uploads; photos: images, sheet: the attendance list or None.

    What looks odd is marked (rules.MARKS), never refused. token: of the form that was posted; the same token
    gives the same activity. is_another: the answer to "is this another one of the same name, day and place?",
    None where nobody was asked. Raises SameActivity, NotYet, FileRefused.
    """
    project = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    if token and (known := Activity.objects.filter(key=token, project=project, recorded_by=by).first()):
        return known
    if is_another is False:
        require_single(project, name, held_on, place)
    require_none(activity_reasons(project, by, name, place, held_on, planned))
    photos = [store(one, purpose=EVIDENCE, by=by) for one in photos or ()]
    files = [(Evidence.Kind.PHOTO, one) for one in photos]
    if sheet:
        files.append((Evidence.Kind.SHEET, store(sheet, purpose=EVIDENCE, by=by)))
    now = clock.now()
    activity = Activity.objects.create(
        key=token or new_key(),
        project=project,
        planned=planned,
        name=name.strip(),
        held_on=held_on,
        place=place.strip(),
        capacity=capacity,
        persons=persons,
        staff_hours=staff_hours or 0,
        volunteer_hours=volunteer_hours or 0,
        summary=summary.strip(),
        marks=rules.activity_marks(
            held_on=held_on,
            recorded_on=clock.today(),
            photos=len(photos),
            has_sheet=bool(sheet),
            persons=persons,
            capacity=capacity,
            repeated_photos=repeated(photos),
        ),
        recorded_by=by,
        recorded_at=now,
    )
    Evidence.objects.bulk_create(Evidence(activity=activity, kind=kind, file=file) for kind, file in files)
    log(
        activity,
        "monitoring.record_activity",
        by=by,
        after={"held_on": held_on, "persons": persons, "files": len(files), "marks": activity.marks},
    )
    return activity


def require_single(project: Project, name: str, held_on: date, place: str) -> None:
    """Ask back where the same was recorded before; two of a kind on one day do happen."""
    same = Activity.objects.filter(project=project, name=name.strip(), held_on=held_on, place=place.strip()).first()
    if same:
        raise SameActivity(same)


def activity_reasons(
    project: Project, by: User, name: str, place: str, held_on: date, planned: PlannedActivity | None
) -> list[Reason]:
    reasons = list(rules.activity_reasons(held_on, project.starts_on, clock.today()))
    if not is_member(by, project.organization_id, *WRITERS):
        reasons.append(Reason("recorder", _("活动由实施单位的负责人或经办人记录。")))
    if not project.is_running:
        reasons.append(Reason("not_running", _("项目不在实施期，不能记录活动。")))
    if not name.strip() or not place.strip():
        reasons.append(Reason("words", _("请填写活动主题和地点。")))
    if planned and planned.project_id != project.pk:
        reasons.append(Reason("foreign", _("所选计划活动不属于本项目，请重新选择。")))
    return reasons


def repeated(photos: list[StoredFile]) -> int:
    """Count the photos whose bytes were used as evidence before, in any project (X18)."""
    return (
        Evidence.objects.filter(file__sha256__in=[one.sha256 for one in photos])
        .exclude(file__in=[one.pk for one in photos])
        .count()
    )


@transaction.atomic
def record_visit(
    project: Project,
    *,
    by: User,
    kind: str,
    visited_on: date,
    place: str,
    found: str,
    result: str = VisitResult.NORMAL,
) -> Visit:
    """Keep a tracking or coaching visit. A coach never evaluates this project afterwards."""
    reasons = list(rules.activity_reasons(visited_on, project.starts_on, clock.today()))
    if not place.strip() or not found.strip():
        reasons.append(Reason("words", _("请填写走访地点和情况。")))
    if is_member(by, project.organization_id):
        reasons.append(Reason("member", _("您是这个单位的成员，走访须由单位以外的人员记录。")))
    require_none(reasons)
    visit = Visit.objects.create(
        project=project,
        kind=kind,
        visitor=by,
        visited_on=visited_on,
        place=place.strip(),
        found=found.strip(),
        result=result,
        recorded_at=clock.now(),
    )
    log(visit, "monitoring.record_visit", by=by, after={"kind": kind, "visited_on": visited_on, "result": result})
    return visit
