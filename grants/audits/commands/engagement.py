"""An engagement: opened, notified, worked on, heard, issued, closed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from guardian.shortcuts import assign_perm

from grants.agreements import commands as agreements
from grants.agreements.models import Project
from grants.agreements.rules import AUDIT
from grants.audits import guards, notices, queries
from grants.audits.models import Engagement, EngagementProject
from grants.audits.states import ENGAGEMENT, PLANNED_DAYS, EngagementStatus
from portal import clock
from portal.access import Role
from portal.accounts.models import User
from portal.lifecycle import MoveNotAllowed, NotYet, Reason, Refused, require_moved, require_none
from portal.regions.models import Region
from portal.trail.commands import log
from portal.workdays.queries import due_on

MOST_YEARS = 6


class NotNamed(Refused):
    """Only an auditor named in the engagement works on it."""


class NotIndependent(Refused):
    """Nobody audits or decides on an organization he or she belongs to."""


def require_named(by: User, engagement: Engagement) -> None:
    if not queries.is_auditor(by, engagement):
        raise NotNamed(_("这项操作由本审计任务指定的审计人员办理。"))


@transaction.atomic
def open_engagement(
    *,
    by: User,
    title: str,
    region: Region,
    projects: Iterable[Project],
    period_from: date,
    period_to: date,
    auditors: Iterable[User] = (),
    firm: str = "",
) -> Engagement:
    """Plan an audit of `projects` between two dates; an auditor who opens it is named in it.

    Raises NotYet, NotIndependent.
    """
    projects = list(projects)
    require_none(opening_reasons(by, title, region, projects, period_from, period_to))
    try:
        with transaction.atomic():
            engagement = Engagement.objects.create(
                number=queries.next_number(Engagement, "number", "SJ"),
                title=title.strip(),
                region=region,
                period_from=period_from,
                period_to=period_to,
                firm=firm.strip(),
                planned_by=by,
                planned_at=clock.now(),
                due_on=due_on(PLANNED_DAYS),
            )
    except IntegrityError as error:
        raise MoveNotAllowed(_("其他人刚刚新建了一项任务，编号相同，请再试一次。")) from error
    EngagementProject.objects.bulk_create(EngagementProject(engagement=engagement, project=one) for one in projects)
    log(
        engagement,
        "audits.open",
        by=by,
        after={"projects": [one.code for one in projects], "from": period_from, "to": period_to},
    )
    named = dict.fromkeys([*auditors, *([by] if by.has_role(Role.AUDITOR) else [])])
    for auditor in named:
        name_auditor(engagement, by=by, auditor=auditor)
    return engagement


def opening_reasons(
    by: User, title: str, region: Region, projects: list[Project], period_from: date, period_to: date
) -> list[Reason]:
    reasons = []
    if not by.has_role(Role.AUDITOR, Role.BUREAU_HEAD):
        reasons.append(Reason("role", _("审计任务由审计人员或科长新建。")))
    if not title.strip():
        reasons.append(Reason("title", _("请填写任务名称。")))
    if not projects:
        reasons.append(Reason("projects", _("请至少选择一个项目。")))
    if period_to < period_from:
        reasons.append(Reason("period", _("审计期间的结束日期早于开始日期，请核对。")))
    reasons += period_reasons(projects, period_from, period_to)
    if any(not one.region.path.startswith(region.path) for one in projects):
        reasons.append(Reason("region", _("所选项目不在任务的区域内，请改选区域或项目。")))
    return reasons


def period_reasons(projects: list[Project], period_from: date, period_to: date) -> list[Reason]:
    """An audit looks at the years of its projects: from the year in which the first began, for six years at most."""
    if not projects:
        return []
    first = min(one.starts_on for one in projects).year
    reasons = []
    if period_from.year < first:
        words = _("所选项目最早从 %(year)s 年开始，审计期间不能早于 %(year)s 年，请核对开始日期。")
        reasons.append(Reason("period", words % {"year": first}))
    if period_to.year > first + MOST_YEARS:
        words = _("审计期间最长到 %(year)s 年，请核对结束日期。")
        reasons.append(Reason("period", words % {"year": first + MOST_YEARS}))
    return reasons


@transaction.atomic
def name_auditor(engagement: Engagement, *, by: User, auditor: User) -> Engagement:
    """Let one auditor work on this engagement: the object grant that opens it."""
    if not auditor.has_role(Role.AUDITOR):
        raise NotYet([Reason("role", _("%(name)s不是审计人员，不能列入。") % {"name": auditor})])
    projects = [row.project for row in engagement.scope.select_related("project")]
    if queries.belongs(auditor, projects):
        raise NotIndependent(_("%(name)s是（曾是）被审计单位的成员，须回避。") % {"name": auditor})
    assign_perm("audits.audit", auditor, engagement)
    log(engagement, "audits.name_auditor", by=by, after={"auditor": auditor.pk})
    return engagement


def locked(engagement: Engagement) -> Engagement:
    return Engagement.objects.select_for_update(of=("self",)).get(pk=engagement.pk)


def walk(engagement: Engagement, name: str, by: User, **values: Any) -> Engagement:
    """Make one move of the engagement: ask the guards, compare and swap, write the trail."""
    target = ENGAGEMENT.target(name, engagement.status)
    require_none(ENGAGEMENT.open_reasons(name, guards, engagement))
    moved = Engagement.objects.filter(pk=engagement.pk, status=engagement.status).update(
        status=target, due_on=due_on(ENGAGEMENT.moves[name].days), **values
    )
    require_moved(moved)
    log(engagement, f"audits.{name}", by=by, before={"status": engagement.status}, after={"status": target})
    return Engagement.objects.get(pk=engagement.pk)


@transaction.atomic
def notify(engagement: Engagement, *, by: User) -> Engagement:
    """Send the audit notice to every organization in scope."""
    engagement = locked(engagement)
    require_named(by, engagement)
    engagement = walk(engagement, "notify", by)
    notices.notified(engagement)
    return engagement


@transaction.atomic
def start(engagement: Engagement, *, by: User) -> Engagement:
    """Begin the fieldwork."""
    engagement = locked(engagement)
    require_named(by, engagement)
    return walk(engagement, "start", by)


@transaction.atomic
def draft(engagement: Engagement, *, by: User) -> Engagement:
    """End the fieldwork: the sample is drawn and tested."""
    engagement = locked(engagement)
    require_named(by, engagement)
    return walk(engagement, "draft", by)


@transaction.atomic
def respond_report(engagement: Engagement, *, by: User) -> Engagement:
    """Note that every finding was heard."""
    engagement = locked(engagement)
    require_named(by, engagement)
    return walk(engagement, "respond", by)


@transaction.atomic
def issue_report(engagement: Engagement, *, by: User, conclusion: str) -> Engagement:
    """Issue the result; also an audit without a finding says so in words."""
    engagement = locked(engagement)
    require_named(by, engagement)
    engagement.conclusion = conclusion.strip()
    return walk(engagement, "issue", by, conclusion=conclusion.strip(), issued_at=clock.now())


@transaction.atomic
def close(engagement: Engagement, *, by: User) -> Engagement:
    """Close it once all findings are settled; every project in scope has then passed its audit."""
    engagement = locked(engagement)
    projects = [row.project for row in engagement.scope.select_related("project")]
    if queries.belongs(by, projects):
        raise NotIndependent(_("您是被审计单位的成员，须由另一位工作人员办理。"))
    engagement = walk(engagement, "close", by, closed_at=clock.now())
    for project in projects:
        if is_audited(project):
            agreements.meet_milestone(project, AUDIT, path=f"/audits/{engagement.key}/", by=by)
    return engagement


def is_audited(project: Project) -> bool:
    """No other engagement over this project is still open."""
    return not project.engagements.exclude(status=EngagementStatus.CLOSED).exists()
