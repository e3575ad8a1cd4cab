"""What an expert sees: own seats, own queue, one dossier without names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from grants.applications.states import S as Screened
from grants.calls.models import Criterion, ProgrammeType, Round
from grants.review import rules
from grants.review.models import Assignment, Conflict, Panel, PanelMember, Score, ScoreSheet
from grants.review.queries.defence import applicant_due, paper_comments, shortlist_due
from grants.review.queries.panel import criteria_for
from grants.review.states import BLOCKING, UNSEEN, ConflictState, PanelState, Sheet
from orgs.registry.models import Membership
from portal import clock
from portal.access import Role
from portal.components.rules import Due, due_of
from portal.dynforms.queries import display_sections

PRIVATE = ("团队", "负责人", "联系", "单位名称", "法定代表人", "开户", "账号", "信用代码")
"""Words of questions that would tell an expert who applies."""


@dataclass(frozen=True)
class Seat:
    """One panel of mine."""

    member: PanelMember
    panel: Panel
    assigned: int
    complete: int
    conflicts: int

    @property
    def must_declare(self) -> bool:
        return self.panel.status == PanelState.OPEN and self.member.declared_at is None

    @property
    def is_open(self) -> bool:
        return self.panel.status == PanelState.OPEN and self.member.submitted_at is None


def seats(user: Any) -> list[Seat]:
    """Return my panels, the running first. Three queries, whatever their number."""
    mine = list(
        PanelMember.objects.filter(user=user)
        .exclude(panel__status__in=UNSEEN)
        .exclude(declined_at__isnull=False)
        .select_related("panel__round")
        .order_by("-panel__opened_at")
    )
    done = Q(sheet__status__in=[Sheet.COMPLETE, Sheet.SUBMITTED])
    counts = {
        row["member"]: row
        for row in Assignment.objects.active()
        .without_conflict()
        .filter(member__in=mine)
        .values("member")
        .annotate(n=Count("pk"), complete=Count("pk", filter=done))
        .order_by()
    }
    conflicts = dict(
        Conflict.objects.filter(member__in=mine, status__in=BLOCKING)
        .values_list("member")
        .annotate(n=Count("pk"))
        .order_by()
    )
    return [
        Seat(
            member=one,
            panel=one.panel,
            assigned=counts.get(one.pk, {"n": 0})["n"],
            complete=counts.get(one.pk, {"complete": 0})["complete"],
            conflicts=conflicts.get(one.pk, 0),
        )
        for one in mine
    ]


@dataclass(frozen=True)
class QueueRow:
    """One dossier in my own order. total: None until every criterion has points; url: "" once conflicted."""

    key: str
    code: str
    title: str
    category: str
    requested: int
    state: str
    status: str
    total: Decimal | None
    comment_length: int
    saved_at: datetime | None

    @property
    def is_visible(self) -> bool:
        return self.status != Sheet.EXCLUDED


def queue(member: PanelMember) -> list[QueueRow]:
    """Return my dossiers; those I must not see carry no title. Two queries."""
    blocked = set(Conflict.objects.filter(member=member, status__in=BLOCKING).values_list("candidacy_id", flat=True))
    rows = (
        Assignment.objects.active()
        .filter(member=member)
        .select_related("candidacy__application", "sheet")
        .order_by("is_skipped", "position", "pk")
    )
    return [queue_row(one, one.candidacy_id in blocked) for one in rows]


def queue_row(one: Assignment, is_blocked: bool) -> QueueRow:
    sheet: ScoreSheet | None = getattr(one, "sheet", None)
    app = one.candidacy.application
    if is_blocked:
        status, state = Sheet.EXCLUDED.value, str(Sheet.EXCLUDED.label)
    elif sheet is None or sheet.version == 0:
        status, state = "", _("已跳过") if one.is_skipped else _("未评")
    else:
        status, state = sheet.status, str(sheet.get_status_display())
    return QueueRow(
        key=one.key,
        code=one.candidacy.code,
        title="" if is_blocked else app.title,
        category="" if is_blocked else app.category,
        requested=0 if is_blocked else app.amount_requested,
        state=state,
        status=status,
        total=None if is_blocked or sheet is None else sheet.total,
        comment_length=len(sheet.comment.strip()) if sheet and not is_blocked else 0,
        saved_at=sheet.saved_at if sheet and not is_blocked else None,
    )


def totals(rows: list[QueueRow]) -> list[Decimal]:
    return [row.total for row in rows if row.total is not None]


@dataclass(frozen=True)
class Dossier:
    """An application as an expert may read it. sections: [{"title", "rows"}]; budget, plan: lists of rows."""

    code: str
    title: str
    category: str
    requested: int
    total: int
    starts_on: date | None
    ends_on: date | None
    contacts: int
    sections: list[dict[str, Any]]
    budget: list[dict[str, Any]]
    plan: list[dict[str, Any]]
    attachments: int
    organization: str
    grade: str
    """Of the applicant, both "" where the panel is blind."""
    comments: list[str]
    """Of the paper review, for a defence; without names."""


def dossier(assignment: Assignment) -> Dossier:
    """Return the submitted version, without names of the applicant and its people where the panel is blind.

    Two queries, three for a defence, beyond the assignment with candidacy, application, version, organization and panel.
    """
    app = assignment.candidacy.application
    version = app.submission
    is_blind = assignment.member.panel.is_blind
    names = identities(app) if is_blind else []
    sections = [
        {
            "title": section["title"],
            "rows": [
                {
                    "label": row["label"],
                    "words": rules.veil(row["words"], names),
                    "columns": labels(row),
                    "cells": cells(row, names),
                }
                for row in section["rows"]
                if row["type"] != "file" and not (names and any(word in row["label"] for word in PRIVATE))
            ],
        }
        for section in display_sections(version.form_version, version.answers)
        if not (names and any(word in section["title"] for word in PRIVATE))
    ]
    return Dossier(
        code=assignment.candidacy.code,
        title=rules.veil(app.title, names),
        category=app.category,
        requested=app.amount_requested,
        total=sum(int(line.get("amount") or 0) for line in version.budget),
        starts_on=app.starts_on,
        ends_on=app.ends_on,
        contacts=sum(int(one.get("times") or 0) * int(one.get("persons") or 0) for one in version.plan),
        sections=[section for section in sections if section["rows"]],
        budget=[veiled(line, names) for line in version.budget],
        plan=[veiled(line, names) for line in version.plan],
        attachments=len(version.attachments),
        organization="" if is_blind else app.organization.name,
        grade="" if is_blind else str(app.organization.get_grade_display() or _("没有等级")),
        comments=paper_comments(assignment.candidacy) if assignment.member.panel.is_defence else [],
    )


@dataclass(frozen=True)
class RubricLine:
    """One criterion with what was given. points: text as typed or stored, "" for nothing."""

    criterion: Criterion
    points: str
    comment: str
    bands: list[dict[str, Any]]


def rubric(assignment: Assignment, given: dict[str, Any] | None = None) -> list[RubricLine]:
    """Return the rubric of this expert. given: what the page just sent wins over what is stored. Two queries."""
    sheet = getattr(assignment, "sheet", None)
    stored = {one.criterion_id: one for one in sheet.scores.all()} if sheet else {}
    lines = []
    for one in criteria_for(assignment.member):
        score = stored.get(one.pk)
        points = given["points"][one.code] if given else plain(score)
        comment = given["comments"][one.code] if given else (score.comment if score else "")
        lines.append(RubricLine(one, points, comment, [banded(band, points) for band in one.bands]))
    return lines


def plain(score: Score | None) -> str:
    return f"{score.points.normalize():f}" if score and score.points is not None else ""


def banded(band: dict[str, Any], points: str) -> dict[str, Any]:
    try:
        value = rules.parse_points(points, 100)
    except rules.NotPoints:
        value = None
    inside = value is not None and band["from"] <= value < band["to"] + 1
    return {**band, "is_chosen": inside}


def cells(row: dict[str, Any], names: list[str]) -> list[list[tuple[str, str]]]:
    """Return the rows of a table answer as (column, cell), veiled; empty for any other question."""
    if row["type"] != "table" or not row["value"]:
        return []
    columns = labels(row)
    return [
        [(name, rules.veil(str(cell), names)) for name, cell in zip(columns, line, strict=False)]
        for line in row["value"]
    ]


def labels(row: dict[str, Any]) -> list[str]:
    """Return the heads of a table answer's columns."""
    return [one["label"] for one in row.get("columns", [])]


def veiled(line: dict[str, Any], names: list[str]) -> dict[str, Any]:
    return {name: rules.veil(value, names) if isinstance(value, str) else value for name, value in line.items()}


def identities(app: Any) -> list[str]:
    """Return the words that name the applicant: the unit, its short name, its people. One query."""
    unit = app.organization.name
    people = Membership.objects.filter(organization=app.organization_id).values_list("user__name", flat=True)
    short = unit.removeprefix(app.round.region.name)
    return [unit, short, app.organization.uscc or "", *people]


def due(user: Any) -> list[Due]:
    """Return what an expert, a secretary or an applicant before its defence must do next in reviews."""
    return [*expert_due(user), *secretary_due(user), *shortlist_due(user), *applicant_due(user)]


def expert_due(user: Any) -> list[Due]:
    found = []
    for seat in seats(user):
        if not seat.is_open or not (seat.assigned or seat.must_declare):
            continue
        on = seat.panel.due_at.astimezone(clock.ZONE).date() if seat.panel.due_at else None
        if seat.must_declare:
            words, kind, state = _("承诺与回避"), "review.declare", _("待确认")
            url = reverse("review:declare", args=[seat.member.key])
        else:
            is_ready = seat.complete == seat.assigned  # all that is left is to hand in
            words, kind = _("提交全部评分") if is_ready else _("评审项目"), "review.score"
            state = f"{_('已评')} {seat.complete}/{seat.assigned}"
            url = reverse("review:overview" if is_ready else "review:queue", args=[seat.member.key])
        found.append(due_of(seat.panel, f"{words} · {seat.panel.name}", url, kind, due_on=on, state=state))
    return found


def secretary_due(user: Any) -> list[Due]:
    """Four queries for a secretary, none for others."""
    if not user.has_role(Role.PANEL_SECRETARY):
        return []
    unsure = Q(members__conflicts__status=ConflictState.UNSURE)
    mine = (
        Panel.objects.visible_to(user)
        .filter(secretary=user)
        .exclude(status__in=[PanelState.SEALED, PanelState.CANCELLED])
        .select_related("round")
        .annotate(
            undecided=Count("members__conflicts", filter=unsure, distinct=True),
            decide_on=Min("members__conflicts__due_on", filter=unsure),
        )
    )
    words = {
        PanelState.DRAFT: (_("筹备评审组"), "review.open"),
        PanelState.OPEN: (_("催办并锁定评分"), "review.lock"),
        PanelState.LOCKED: (_("封存评审汇总"), "review.seal"),
    }
    found = []
    for panel in mine:
        text, kind = words[PanelState(panel.status)]
        url = reverse("staff_panels:console", args=[panel.pk])
        found.append(due_of(panel, f"{text} · {panel}", url, kind))
        if panel.undecided:
            found.append(
                due_of(
                    panel, f"{_('决定回避')} {panel.undecided} · {panel}", url, "review.conflict",
                    due_on=panel.decide_on, state=_("待决定"),
                )
            )  # fmt: skip
    return [*found, *substitutes_due(user), *screened_due(user)]


def substitutes_due(user: Any) -> list[Due]:
    """Confirmed conflicts whose dossier no substitute has taken over."""
    waiting = Conflict.objects.filter(
        status=ConflictState.OPEN,
        due_on__isnull=False,
        member__panel__in=Panel.objects.filter(secretary=user, status=PanelState.OPEN),
    ).select_related("candidacy", "member__panel__round")
    return [
        due_of(
            one,
            f"{_('安排递补')} · {one.candidacy.code} · {one.member.panel}",
            reverse("staff_conflicts:inspect", args=[one.pk]),
            "review.substitute",
        )
        for one in waiting
    ]


def screened_due(user: Any) -> list[Due]:
    """Rounds with applications that passed screening and stand before no panel."""
    waiting = Q(applications__status=Screened.SCREEN_PASSED, applications__candidacy__isnull=True)
    rounds = Round.objects.filter(
        user.scope(Role.PANEL_SECRETARY), waiting, programme__route=ProgrammeType.Route.PANEL
    ).annotate(waiting=Count("applications", distinct=True), first=Min("applications__due_on"))
    return [
        due_of(
            one,
            _("组建评审组，%(count)d 个项目待评审 · %(round)s") % {"count": one.waiting, "round": one},
            reverse("staff_panels:make"),
            "review.make",
            due_on=one.first,
            state=_("待评审"),
        )
        for one in rounds
    ]
