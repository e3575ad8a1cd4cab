"""Suspending, ending and closing a project."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from grants.agreements import notices
from grants.agreements.commands.moving import locked, walk
from grants.agreements.models import Project
from grants.agreements.states import PROJECT, ProjectStatus
from grants.funds.queries import balances_of
from portal import clock
from portal.documents import commands as documents
from portal.documents.models import Kind
from portal.lifecycle import Refused
from portal.money import yuan
from portal.workdays import queries as workdays


def said(reason: str) -> str:
    if not reason.strip():
        raise Refused(_("请写明原因。"))
    return reason.strip()


@transaction.atomic
def suspend(project: Project, by: Any, reason: str) -> Project:
    """Stop payments until `resume`."""
    due = workdays.due_on(PROJECT.moves["suspend"].days)
    return walk(PROJECT, "suspend", locked(project), by=by, reason=said(reason), due_on=due)


@transaction.atomic
def resume(project: Project, by: Any, reason: str) -> Project:
    return walk(PROJECT, "resume", locked(project), by=by, reason=said(reason), due_on=None)


@transaction.atomic
def terminate(project: Project, by: Any, reason: str) -> Project:
    """End the project before its time; called by the approval of a termination, never by a screen alone."""
    due = workdays.due_on(PROJECT.moves["terminate"].days)
    project = walk(PROJECT, "terminate", locked(project), by=by, reason=said(reason), due_on=due)
    notices.terminated(project, reason)
    return project


@transaction.atomic
def close(project: Project, by: Any, passed: bool = True) -> Project:
    """Close with a certificate, or with a letter that it failed.

    Raises NotYet with all that remains: each account per source in yuan, open holds, unmet milestones.
    """
    name = "close_pass" if passed else "close_fail"
    project = walk(
        PROJECT,
        name,
        locked(project),
        by=by,
        closed_by=by,
        closed_at=clock.now(),
        certificate_number=f"JX-{project.code}",
        due_on=None,
    )
    documents.issue(
        Kind.CERTIFICATE if passed else Kind.OTHER, f"JX-{project.code}", project.code, closing_values(project), by
    )
    notices.closed(project)
    return project


@translation.override(settings.LANGUAGE_CODE)
def closing_values(project: Project) -> dict[str, Any]:
    """Return the values of the certificate, or of the letter that the project was closed as failed."""
    passed, day, round = project.status == ProjectStatus.CLOSED_PASS, clock.today(), project.award.round
    moved = balances_of("award", project.code)
    told = "实施完毕，经末期评估和专项审计，准予结项。" if passed else "经审核未通过，予以结项。"
    return {
        "title": "结项证书" if passed else "结项通知书（未通过）",
        "to": project.organization.name,
        "unit": project.organization.name,
        "paragraphs": [f"你单位承担的“{project.title}”项目{told}"],
        "rows": [
            ["项目编号", project.code],
            ["批次", str(round or "—")],
            ["实施期", f"{project.starts_on:%Y-%m-%d} 至 {project.ends_on:%Y-%m-%d}"],
            ["资助金额（元）", yuan(project.award.amount)],
            ["已认定支出（元）", yuan(moved.get("spent", 0))],
            ["已退回（元）", yuan(moved.get("returned", 0))],
        ],
        "signer": (round.host if round else "") or str(project.region),
        "date": f"{day.year}年{day.month}月{day.day}日",
    }
