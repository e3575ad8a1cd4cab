"""A finding after it is issued: ordered, held, disallowed, rectified, verified, settled."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from grants.agreements import commands as agreements
from grants.agreements.models import Hold, Project
from grants.audits import notices, queries, rules
from grants.audits.commands.engagement import NotIndependent
from grants.audits.commands.finding import lock, require_signer, walk, write
from grants.audits.models import Entry, Finding, Order
from grants.audits.policies import finding_policy, in_region
from grants.audits.states import FINDING, Outcome
from grants.funds import commands as ledger
from grants.spending import commands as spending
from grants.spending.states import Status as ExpenditureStatus
from portal import clock
from portal.access import Role
from portal.accounts.models import User
from portal.lifecycle import MoveNotAllowed, NotYet, Reason, require_moved, require_none
from portal.money import yuan
from portal.trail.commands import log
from portal.workdays.queries import due_on


def require_head(by: User, finding: Finding) -> None:
    """The division head of the region, neither the finder nor a member of the organization."""
    if not in_region(by, finding.project, Role.BUREAU_HEAD) or by.pk == finding.found_by_id:
        raise NotIndependent(_("由科长签发，发现人不能签发自己的问题。"))
    require_outside(by, finding)


def require_outside(by: User, finding: Finding) -> None:
    if queries.belongs(by, [finding.project]):
        raise NotIndependent(_("您是被审计单位的成员，须由另一位工作人员办理。"))


def place(finding: Finding, by: User) -> Hold:
    """Stop further payments of the project for this finding."""
    return agreements.place_hold(
        finding.project,
        code=rules.hold_code(finding.severity, finding.number),
        reason=f"{finding.number} {finding.name}",
        path=f"/audits/findings/{finding.key}/",
        by=by,
    )


@transaction.atomic
def hold_early(finding: Finding, *, by: User, reason: str) -> Finding:
    """Severity K only: the head stops payments before the order (domain.md § 0.13)."""
    finding = lock(finding)
    require_head(by, finding)
    if not finding_policy.is_legal("hold", finding):
        raise MoveNotAllowed(_("只有特别重大的问题可以在签发整改通知前暂缓拨付，且只作一次。"))
    if len(reason.strip()) < 4:
        raise NotYet([Reason("reason", _("请写明提前暂缓的理由。"))])
    hold = place(finding, by)
    require_moved(Finding.objects.filter(pk=finding.pk, hold__isnull=True).update(hold=hold))
    write(finding, Entry.Kind.DECISION, _("提前暂缓拨付：%(reason)s") % {"reason": reason.strip()}, by)
    log(finding, "audits.hold", by=by, after={"hold": hold.code}, reason=reason.strip())
    return lock(finding)


@transaction.atomic
def order(finding: Finding, *, by: User, measures: str, deadline: date | None = None) -> Finding:
    """Sign the rectification order. Severity K and H hold the project's payments from now on.

    deadline: last day to report; 20 working days where none is named. Raises NotYet, NotIndependent.
    """
    finding = lock(finding)
    FINDING.target("order", finding.status)
    require_head(by, finding)
    last = deadline or due_on(FINDING.moves["order"].days) or clock.today()
    reasons = []
    if len(measures.strip()) < 4:
        reasons.append(Reason("measures", _("请写明整改要求。")))
    if last <= clock.today():
        reasons.append(Reason("deadline", _("整改期限应晚于今天。")))
    require_none(reasons)
    hold = finding.hold
    if hold is None and finding.severity in rules.HOLDING:
        hold = place(finding, by)
    finding = walk(finding, "order", by, hold=hold, due_on=last)
    try:
        with transaction.atomic():
            Order.objects.create(
                finding=finding,
                number=queries.next_number(Order, "number", "ZG"),
                measures=measures.strip(),
                due_on=last,
                signed_by=by,
                signed_at=clock.now(),
            )
    except IntegrityError as error:
        raise MoveNotAllowed(_("其他人刚刚签发了一份整改通知，文号相同，请再试一次。")) from error
    finding = lock(finding)
    notices.ordered(finding)
    return finding


@transaction.atomic
def disallow(finding: Finding, *, by: User, fen: int) -> Finding:
    """Confirm that `fen` does not count: spent (or held) → recoverable. Proposed by the finder.

    With an expenditure: out of what was accepted of it. Without: out of the advance still held.
    """
    finding = lock(finding)
    require_head(by, finding)
    if not finding_policy.is_legal("disallow", finding):
        raise MoveNotAllowed(_("问题出具后、核查前可以剔除一次，且须有涉及金额。"))
    if not 0 < fen <= finding.amount:
        raise NotYet(
            [Reason("fen", _("剔除金额应大于 0，且不超过涉及金额 %(yuan)s 元。") % {"yuan": yuan(finding.amount)})]
        )
    posting = post_disallowed(finding, fen, by)
    require_moved(
        Finding.objects.filter(pk=finding.pk, status=finding.status, posting__isnull=True).update(
            disallowed=fen, posting=posting
        )
    )
    write(finding, Entry.Kind.DECISION, _("剔除 %(yuan)s 元，应予追回。") % {"yuan": yuan(fen)}, by)
    log(finding, "audits.disallow", by=by, after={"fen": fen, "posting": posting.key})
    return lock(finding)


def post_disallowed(finding: Finding, fen: int, by: User) -> Any:
    reason = f"{finding.number} {finding.name}"
    if finding.expenditure and finding.expenditure.status == ExpenditureStatus.ACCEPTED:
        return spending.disallow(
            finding.expenditure, fen=fen, by=finding.found_by, approved_by=by, reason=reason, key=finding.number
        )
    # Locked: no expenditure may use up the advance between the question and the posting.
    Project.objects.select_for_update(of=("self",)).get(pk=finding.project_id)
    return ledger.post(
        "disallow",
        key=f"audits.disallow.{finding.number}",
        transfers=ledger.along("award", finding.project.award.code, "held", "recoverable", fen),
        by=finding.found_by,
        approved_by=by,
        memo=reason,
    )


@transaction.atomic
def reply(finding: Finding, *, by: User, text: str, files: Iterable[Any] = ()) -> Finding:
    """The organization reports what it put right, with papers."""
    finding = lock(finding)
    require_signer(by, finding)
    FINDING.target("reply", finding.status)
    files = list(files or ())
    reasons = []
    if len(text.strip()) < 10:
        reasons.append(Reason("text", _("请写明整改措施和结果，至少10字。")))
    if not files:
        reasons.append(Reason("files", _("请上传整改的证明材料。")))
    require_none(reasons)
    write(finding, Entry.Kind.REPLY, text, by, files)
    finding = walk(finding, "reply", by)
    notices.replied(finding)
    return finding


@transaction.atomic
def send_back(finding: Finding, *, by: User, reason: str) -> Finding:
    """Not put right yet: another round of ten working days."""
    finding = lock(finding)
    require_verifier(finding, by)
    if len(reason.strip()) < 4:
        raise NotYet([Reason("reason", _("请写明还要补充什么。"))])
    finding = walk(finding, "send_back", by, reason)
    write(finding, Entry.Kind.SEND_BACK, reason, by)
    notices.sent_back(finding, reason.strip())
    return finding


def require_verifier(finding: Finding, by: User) -> None:
    """Whoever found it never verifies it (domain.md § 0.20)."""
    if by.pk == finding.found_by_id:
        raise NotIndependent(_("这个问题由您发现，须由另一人核查。"))
    if not (queries.is_auditor(by, finding.engagement) or in_region(by, finding.project, Role.BUREAU_OFFICER)):
        raise NotIndependent(_("由本任务的其他审计人员或民政局经办人核查。"))
    require_outside(by, finding)


@transaction.atomic
def verify(finding: Finding, *, by: User, text: str) -> Finding:
    """Another person confirms that it is put right; the hold of this finding is lifted."""
    finding = lock(finding)
    FINDING.target("verify", finding.status)
    require_verifier(finding, by)
    if len(text.strip()) < 4:
        raise NotYet([Reason("text", _("请写明核查情况。"))])
    finding = walk(finding, "verify", by, text, verified_by=by, verified_at=clock.now())
    write(finding, Entry.Kind.VERIFY, text, by)
    if finding.hold and finding.hold.lifted_at is None:
        agreements.lift_hold(finding.hold, by=by, reason=text.strip()[:300])
    return lock(finding)


@transaction.atomic
def settle(finding: Finding, *, by: User) -> Finding:
    """Strike the finding off after the verification."""
    finding = lock(finding)
    FINDING.target("settle", finding.status)
    require_head(by, finding)
    finding = walk(finding, "settle", by, outcome=Outcome.RECTIFIED, settled_at=clock.now())
    notices.settled(finding)
    return finding


@transaction.atomic
def settle_minor(finding: Finding, *, by: User, reason: str) -> Finding:
    """A slight finding that needs no order: noted and struck off."""
    finding = lock(finding)
    FINDING.target("settle_minor", finding.status)
    require_head(by, finding)
    finding = walk(finding, "settle_minor", by, reason, outcome=Outcome.NOTED, settled_at=clock.now())
    write(finding, Entry.Kind.DECISION, reason or _("提示后销号。"), by)
    notices.settled(finding)
    return finding
