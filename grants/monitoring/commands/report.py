"""Midterm and final reports: begun, saved, submitted, returned, accepted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from grants.agreements import commands as agreements
from grants.agreements.models import Project
from grants.agreements.rules import FINAL_REPORT
from grants.monitoring import guards, notices, queries
from grants.monitoring.commands.activity import EVIDENCE
from grants.monitoring.models import Evidence, Report, ReportNote, ReportVersion
from grants.monitoring.policies import WRITERS, is_member
from grants.monitoring.states import REPORT, ReportKind, ReportStatus
from orgs.registry.models import MemberRole
from portal import clock
from portal.accounts.models import User
from portal.files.commands import store
from portal.lifecycle import MoveNotAllowed, NotYet, Reason, Refused, require_moved, require_none
from portal.trail.commands import log
from portal.workdays.queries import due_on


class NotAWriter(Refused):
    """Only the organization's administrator and writers report."""


class NotIndependent(Refused):
    """Nobody decides for an organization he or she belongs to."""


def require_writer(user: User, project: Project) -> None:
    if not is_member(user, project.organization_id, *WRITERS):
        raise NotAWriter(_("报告由实施单位的负责人或经办人填写和提交。"))


def require_signer(user: User, project: Project) -> None:
    """Only the administrator submits and signs (domain.md § 0.16)."""
    if not is_member(user, project.organization_id, MemberRole.ADMIN):
        raise NotAWriter(_("由实施单位的负责人提交。您可以先保存，请负责人登录后提交。"))


def require_independent(user: User, project: Project) -> None:
    if queries.belongs(user, project):
        raise NotIndependent(_("您是这个单位的成员，须由另一位工作人员办理。"))


@transaction.atomic
def start_report(project: Project, *, by: User, kind: str) -> Report:
    """Return the project's report of `kind`, begun now if there was none."""
    require_writer(by, project)
    if found := Report.objects.filter(project=project, kind=kind).first():
        return found
    if not project.is_running:
        raise NotYet([Reason("not_running", _("项目不在实施期，不能填写报告。"))])
    try:
        with transaction.atomic():
            report = Report.objects.create(
                project=project,
                kind=ReportKind(kind),
                started_by=by,
                started_at=clock.now(),
                due_on=queries.report_due(project, kind),
            )
    except IntegrityError:
        # A colleague began it in the same moment.
        return Report.objects.get(project=project, kind=kind)
    log(report, "monitoring.start", by=by, after={"kind": kind})
    return report


@transaction.atomic
def save_report(
    report: Report, *, by: User, done: str, effect: str, problems: str, notes: Mapping[int, str] | None = None
) -> Report:
    """Keep the texts of a draft. notes: pk of the planned activity -> word on that indicator."""
    report = locked(report)
    require_writer(by, report.project)
    if report.status not in (ReportStatus.DRAFT, ReportStatus.RETURNED):
        raise MoveNotAllowed(_("报告已经提交，不能再改。审核退回后可以修改。"))
    Report.objects.filter(pk=report.pk).update(done=done.strip(), effect=effect.strip(), problems=problems.strip())
    own = set(report.project.planned_activities.values_list("pk", flat=True))
    for planned, text in (notes or {}).items():
        if planned in own:
            ReportNote.objects.update_or_create(report=report, planned_id=planned, defaults={"text": text.strip()})
    log(report, "monitoring.save", by=by)
    return Report.objects.get(pk=report.pk)


@transaction.atomic
def add_evidence(report: Report, *, by: User, file: Any) -> Evidence:
    """Attach an upload to a draft."""
    report = locked(report)
    require_writer(by, report.project)
    if report.status not in (ReportStatus.DRAFT, ReportStatus.RETURNED):
        raise MoveNotAllowed(_("报告已经提交，不能再加材料。审核退回后可以补充。"))
    evidence = Evidence.objects.create(report=report, file=store(file, purpose=EVIDENCE, by=by))
    log(report, "monitoring.add_evidence", by=by, after={"file": evidence.file.sha256})
    return evidence


def locked(report: Report) -> Report:
    rows = Report.objects.select_for_update(of=("self",)).select_related("project__award", "project__organization")
    return rows.get(pk=report.pk)


@transaction.atomic
def file_report(report: Report, *, by: User) -> Report:
    """Submit: freeze texts, indicators and the ledger's figures as a hashed version.

    Raises MoveNotAllowed, NotAWriter, NotYet (everything that is missing).
    """
    report = locked(report)
    target = REPORT.target("submit", report.status)
    require_signer(by, report.project)
    require_none(REPORT.open_reasons("submit", guards, report))
    content = queries.report_content(report)
    digest = hashlib.sha256(
        json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    ).hexdigest()
    now = clock.now()
    version = ReportVersion.objects.create(
        report=report,
        number=report.versions.count() + 1,
        content=content,
        sha256=digest,
        submitted_by=by,
        submitted_at=now,
    )
    moved = Report.objects.filter(pk=report.pk, status=report.status).update(
        status=target,
        submitted_by=by,
        submitted_at=now,
        decided_by=None,
        decided_at=None,
        due_on=due_on(REPORT.moves["submit"].days),
    )
    require_moved(moved)
    log(
        report,
        "monitoring.submit",
        by=by,
        before={"status": report.status},
        after={"status": target, "version": version.number, "sha256": digest},
    )
    return Report.objects.get(pk=report.pk)


@transaction.atomic
def return_report(report: Report, *, by: User, remark: str) -> Report:
    """Give the report back with a remark and ten working days."""
    report = locked(report)
    target = REPORT.target("send_back", report.status)
    require_independent(by, report.project)
    if not remark.strip():
        raise NotYet([Reason("remark", _("请写明需要修改的内容，单位据此修改。"))])
    report = decide(report, "send_back", target, by, remark)
    notices.report_returned(report)
    return report


@transaction.atomic
def accept_report(report: Report, *, by: User, remark: str = "") -> Report:
    """Accept. The final report meets the milestone `final_report`; an evaluator can then be assigned."""
    report = locked(report)
    target = REPORT.target("accept", report.status)
    require_independent(by, report.project)
    report = decide(report, "accept", target, by, remark)
    if report.kind == ReportKind.FINAL:
        agreements.meet_milestone(report.project, FINAL_REPORT, path=f"/monitoring/reports/{report.key}/", by=by)
    notices.report_accepted(report)
    return report


def decide(report: Report, name: str, target: str, by: User, remark: str) -> Report:
    moved = Report.objects.filter(pk=report.pk, status=report.status).update(
        status=target,
        decided_by=by,
        decided_at=clock.now(),
        remark=remark.strip(),
        due_on=due_on(REPORT.moves[name].days),
    )
    require_moved(moved)
    log(
        report,
        f"monitoring.{name}",
        by=by,
        before={"status": report.status},
        after={"status": target},
        reason=remark.strip(),
    )
    return Report.objects.select_related("project__organization").get(pk=report.pk)
