"""A finding until it is issued: written, sent for hearing, answered, issued or dropped."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from grants.agreements.models import Project
from grants.audits import guards, notices, queries, rules
from grants.audits.commands.engagement import locked, require_named
from grants.audits.models import Engagement, Entry, Finding, FindingFile, SampleItem
from grants.audits.policies import SIGNERS, is_member
from grants.audits.states import FINDING, OPEN_DAYS, EngagementStatus, FindingStatus, Outcome
from grants.spending.models import Expenditure
from portal import clock
from portal.accounts.models import User
from portal.files.commands import store
from portal.lifecycle import MoveNotAllowed, NotYet, Reason, Refused, require_moved, require_none
from portal.money import yuan
from portal.trail.commands import log
from portal.workdays.queries import due_on

EVIDENCE = "audits.evidence"


class NotTheOrganization(Refused):
    """Only the organization's administrator answers."""


def require_signer(by: User, finding: Finding) -> None:
    if not is_member(by, finding.project.organization_id, *SIGNERS):
        raise NotTheOrganization(_("由被审计单位的负责人答复。"))


def lock(finding: Finding) -> Finding:
    rows = Finding.objects.select_for_update(of=("self",)).select_related(
        "engagement", "project__award", "project__organization", "expenditure", "hold"
    )
    return rows.get(pk=finding.pk)


def walk(finding: Finding, name: str, by: User, reason: str = "", **values: Any) -> Finding:
    """Make one move of the finding: ask the guards, compare and swap, write the trail."""
    target = FINDING.target(name, finding.status)
    require_none(FINDING.open_reasons(name, guards, finding))
    changed = {"status": target, "due_on": due_on(FINDING.moves[name].days), **values}
    require_moved(Finding.objects.filter(pk=finding.pk, status=finding.status).update(**changed))
    log(
        finding,
        f"audits.{name}",
        by=by,
        before={"status": finding.status},
        after={"status": target},
        reason=reason.strip(),
    )
    return lock(finding)


def write(finding: Finding, kind: str, text: str, by: User, files: Iterable[Any] = ()) -> Entry:
    """Keep one word of the thread, with uploads."""
    entry = Entry.objects.create(finding=finding, kind=kind, text=text.strip(), by=by, at=clock.now())
    for upload in files or ():
        FindingFile.objects.create(finding=finding, entry=entry, file=store(upload, purpose=EVIDENCE, by=by))
    return entry


@transaction.atomic
def record_finding(
    engagement: Engagement,
    *,
    by: User,
    project: Project,
    code: str,
    severity: str,
    fact: str,
    clause: str,
    amount: int = 0,
    advice: str = "",
    expenditure: Expenditure | None = None,
    item: SampleItem | None = None,
    files: Iterable[Any] = (),
) -> Finding:
    """Write a draft finding. severity: as the table allows; raised by one when the organization repeats it.

    Raises NotYet with everything wrong, NotNamed, MoveNotAllowed.
    """
    engagement = locked(engagement)
    require_named(by, engagement)
    if engagement.status not in (EngagementStatus.FIELDWORK, EngagementStatus.DRAFT):
        raise MoveNotAllowed(_("问题在审计实施和征求意见阶段记录。"))
    if item is not None:
        expenditure = item.expenditure
    reasons = list(rules.finding_reasons(code, severity, fact, clause, amount))
    if not engagement.scope.filter(project=project).exists():
        reasons.append(Reason("scope", _("项目不在本任务的审计范围内。")))
    if expenditure and expenditure.project_id != project.pk:
        reasons.append(Reason("expenditure", _("所选支出不属于这个项目，请重新选择。")))
    if expenditure and amount > expenditure.amount:
        reasons.append(Reason("amount", _("涉及金额大于这笔支出的金额，请核对。")))
    if amount > project.amount:
        text = _("涉及金额大于项目的资助金额 %(yuan)s 元，请核对。")
        reasons.append(Reason("amount", text % {"yuan": yuan(project.amount)}))
    require_none(reasons)
    repeated = queries.has_earlier(project.organization_id, code)
    try:
        with transaction.atomic():
            finding = Finding.objects.create(
                number=queries.next_number(Finding, "number", "WT"),
                engagement=engagement,
                project=project,
                item=item,
                expenditure=expenditure,
                code=code,
                severity=rules.raised(severity) if repeated else severity,
                is_repeat=repeated,
                fact=fact.strip(),
                clause=clause.strip(),
                amount=amount,
                advice=advice.strip(),
                found_by=by,
                found_at=clock.now(),
                due_on=due_on(OPEN_DAYS),
            )
    except IntegrityError as error:
        raise MoveNotAllowed(_("其他人刚刚记录了一个问题，编号相同，请再试一次。")) from error
    for upload in files or ():
        FindingFile.objects.create(finding=finding, file=store(upload, purpose=EVIDENCE, by=by))
    log(
        finding,
        "audits.find",
        by=by,
        after={"code": code, "severity": finding.severity, "fen": amount, "repeat": repeated},
    )
    return finding


@transaction.atomic
def send_for_hearing(finding: Finding, *, by: User) -> Finding:
    """Show the draft finding to the organization: it has ten working days to answer."""
    finding = lock(finding)
    require_named(by, finding.engagement)
    finding = walk(finding, "send_for_hearing", by, sent_at=clock.now())
    notices.sent_for_hearing(finding)
    return finding


@transaction.atomic
def respond(finding: Finding, *, by: User, text: str, files: Iterable[Any] = ()) -> Finding:
    """The organization is heard. It may speak more than once while the hearing runs."""
    finding = lock(finding)
    require_signer(by, finding)
    if finding.status != FindingStatus.HEARD:
        raise MoveNotAllowed(_("这个问题不在征求意见阶段。"))
    if len(text.strip()) < 4:
        raise NotYet([Reason("text", _("请写明意见：同意，或不同意的理由。"))])
    write(finding, Entry.Kind.RESPONSE, text, by, files)
    log(finding, "audits.answer", by=by, after={"characters": len(text.strip())})
    notices.responded(finding)
    return lock(finding)


@transaction.atomic
def drop(finding: Finding, *, by: User, reason: str) -> Finding:
    """Not a finding after all: kept, with the reason, and out of every count."""
    finding = lock(finding)
    require_named(by, finding.engagement)
    if len(reason.strip()) < 4:
        raise NotYet([Reason("reason", _("请写明不予认定的理由。"))])
    finding = walk(finding, "drop", by, reason, outcome=Outcome.DROPPED, settled_at=clock.now())
    write(finding, Entry.Kind.DECISION, reason, by)
    notices.settled(finding)
    return finding


@transaction.atomic
def issue(finding: Finding, *, by: User) -> Finding:
    """Issue the finding after the hearing: business staff see it from now on."""
    finding = lock(finding)
    require_named(by, finding.engagement)
    return walk(finding, "issue", by)
