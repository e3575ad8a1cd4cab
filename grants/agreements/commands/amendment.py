"""Changes of the budget, and money that will not be paid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from grants.agreements import guards, notices, rules
from grants.agreements.commands.moving import locked, walk
from grants.agreements.commands.project import said, terminate
from grants.agreements.models import Amendment, AmendmentKind, BudgetLine, Project, Tranche
from grants.agreements.queries import releasable, spent_by_category
from grants.agreements.states import AMENDMENT, PROJECT, AmendmentStatus
from grants.funds import commands as ledger
from grants.funds.queries import balance
from portal import clock
from portal.access import Role
from portal.lifecycle import MoveNotAllowed, Reason, Refused, require_none
from portal.money import yuan
from portal.trail import commands as trail
from portal.workdays import queries as workdays

DECISION_DAYS = 5


class SumChanged(Refused):
    """A budget change must leave the total as it is."""


@transaction.atomic
def request_amendment(project: Project, amounts: Mapping[str, int], reason: str, by: Any) -> Amendment:
    """Move money between budget lines: line pk -> new fen.

    Up to 10 % between known categories is put on record at once; more, or a new category, waits for
    another person's approval. Raises SumChanged, MoveNotAllowed, NotYet.
    """
    project = locked(project)
    if not project.is_running:
        raise MoveNotAllowed(_("项目不在实施中，不能调整预算。"))
    lines = list(project.budget_lines.all())
    new = {str(line.pk): int(amounts.get(str(line.pk), line.amount)) for line in lines}
    if sum(new.values()) != project.amount:
        raise SumChanged(
            _("调整后合计 %(total)s 元，应等于立项金额 %(amount)s 元。")
            % {"total": yuan(sum(new.values())), "amount": yuan(project.amount)}
        )
    before = by_category((line.category, line.amount) for line in lines)
    after = by_category((line.category, new[str(line.pk)]) for line in lines)
    require_none(below_spent(project, after))
    recorded = not rules.needs_approval(before, after)
    amendment = open_amendment(project, AmendmentKind.BUDGET, new, reason, by, recorded)
    if recorded:
        rewrite(lines, new)
    return amendment


def open_amendment(
    project: Project, kind: str, amounts: Mapping[str, int], reason: str, by: Any, recorded: bool = False
) -> Amendment:
    """Write the amendment and say so. One open amendment per project."""
    if project.amendments.filter(status=AmendmentStatus.REQUESTED).exists():
        raise MoveNotAllowed(_("上一项变更还没有批复，请等批复后再提。"))
    amendment = Amendment.objects.create(
        project=project,
        number=project.amendments.count() + 1,
        kind=kind,
        status=AmendmentStatus.RECORDED if recorded else AmendmentStatus.REQUESTED,
        reason=said(reason),
        amounts=dict(amounts),
        before={str(line.pk): line.amount for line in project.budget_lines.all()},
        requested_by=by,
        due_on=None if recorded else workdays.due_on(DECISION_DAYS),
    )
    trail.log(amendment, "agreements.request_amendment", by=by, reason=reason, after={"amounts": dict(amounts)})
    notices.amendment_requested(amendment)
    return amendment


def by_category(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for category, fen in pairs:
        sums[category] = sums.get(category, 0) + fen
    return sums


def below_spent(project: Project, after: Mapping[str, int]) -> list[Reason]:
    from_ledger = spent_by_category(project.code)
    return [
        Reason(
            "spent",
            _("科目 %(category)s 已认定支出 %(spent)s 元，不能调减到 %(new)s 元。")
            % {"category": category, "spent": yuan(fen), "new": yuan(after.get(category, 0))},
        )
        for category, fen in from_ledger.items()
        if category and fen > after.get(category, 0)
    ]


def rewrite(lines: Iterable[BudgetLine], new: Mapping[str, int]) -> None:
    for line in lines:
        BudgetLine.objects.filter(pk=line.pk).update(amount=new[str(line.pk)])


@transaction.atomic
def request_release(project: Project, numbers: Iterable[int], reason: str, by: Any) -> Amendment:
    """Ask that tranches which will not be paid go back to the round's envelope."""
    project = locked(project)
    asked, free = set(numbers), releasable(project)
    chosen = [one for one in free if one.number in asked]
    if not chosen or len(chosen) < len(asked):
        raise Refused(_("请选择还没有核减、也没有进入拨付的期次。"))
    amounts = {str(one.number): one.amount for one in chosen}
    return open_amendment(project, AmendmentKind.RELEASE, amounts, reason, by)


@transaction.atomic
def request_termination(project: Project, reason: str, by: Any) -> Amendment:
    """Ask that the project ends before its time. Its organization is heard, then a leader decides."""
    project = locked(project)
    PROJECT.target("terminate", project.status)
    amendment = open_amendment(project, AmendmentKind.END, {}, reason, by)
    notices.termination_asked(amendment)
    return amendment


@transaction.atomic
def approve_amendment(amendment: Amendment, by: Any, note: str = "") -> Amendment:
    """Let the change take effect. Not by whoever asked for it; a release posts committed → envelope."""
    project = locked(amendment.project)
    amendment = Amendment.objects.select_for_update(of=("self",)).get(pk=amendment.pk)
    other_person(amendment, by)
    if amendment.kind == AmendmentKind.RELEASE:
        release(project, amendment, by)
    elif amendment.kind == AmendmentKind.END:
        end(project, amendment, by)
    else:
        lines = list(project.budget_lines.all())
        after = by_category((line.category, amendment.amounts[str(line.pk)]) for line in lines)
        require_none(below_spent(project, after))
        rewrite(lines, amendment.amounts)
    return decided(amendment, "approve", by, note)


def end(project: Project, amendment: Amendment, by: Any) -> None:
    """Terminate: what was not paid goes back to the envelope, what the payee still holds is to be recovered."""
    if not by.has_role(Role.BUREAU_LEADER):
        raise MoveNotAllowed(_("终止项目由分管领导批准。"))
    require_none(AMENDMENT.open_reasons("approve", guards, amendment))
    held, committed = (sum(balance(kind, "award", project.code).values()) for kind in ("held", "committed"))
    Amendment.objects.filter(pk=amendment.pk).update(amounts={"recoverable": held, "envelope": committed})
    terminate(project, by, amendment.reason)
    if held:
        ledger.post(
            "disallow",
            key=f"{project.code}:claw_back:{amendment.number}",
            transfers=ledger.along("award", project.code, "held", "recoverable", held),
            by=amendment.requested_by,
            approved_by=by,
            memo=amendment.reason[:200],
        )
    if committed:
        give_back(project, amendment, committed, by)
    for tranche in project.tranches.filter(released_at__isnull=True).order_by("-number"):
        if tranche.amount <= committed:
            Tranche.objects.filter(pk=tranche.pk).update(released_at=clock.now())
            committed -= tranche.amount


@transaction.atomic
def refuse_amendment(amendment: Amendment, by: Any, note: str) -> Amendment:
    locked(amendment.project)
    amendment = Amendment.objects.select_for_update(of=("self",)).get(pk=amendment.pk)
    other_person(amendment, by)
    return decided(amendment, "refuse", by, said(note))


def other_person(amendment: Amendment, by: Any) -> None:
    if amendment.requested_by_id == by.pk:
        raise MoveNotAllowed(_("变更由您提出，须由他人批复。"))


def decided(amendment: Amendment, name: str, by: Any, note: str) -> Amendment:
    amendment = walk(
        AMENDMENT, name, amendment, by=by, reason=note, decided_by=by, decided_at=clock.now(), note=note, due_on=None
    )
    notices.amendment_decided(amendment)
    return amendment


def release(project: Project, amendment: Amendment, by: Any) -> None:
    """Post the tranches' money back to the envelope it came from, per source."""
    fen = sum(amendment.amounts.values())
    left = sum(balance("committed", "award", project.code).values())
    if fen > left:
        raise Refused(
            _("已立项未拨只有 %(left)s 元，不够核减 %(fen)s 元：选中的期次已经进入拨付。")
            % {"left": yuan(left), "fen": yuan(fen)}
        )
    give_back(project, amendment, fen, by)
    Tranche.objects.filter(project=project, number__in=[int(one) for one in amendment.amounts]).update(
        released_at=clock.now()
    )


def give_back(project: Project, amendment: Amendment, fen: int, by: Any) -> None:
    """Post committed money back to the round's envelope, to each source what it gave."""
    round = project.award.round
    if round is None:
        raise Refused(_("这个项目没有批次额度，资金核减请由局财务按来源处理。"))
    ledger.post(
        "amend_down",
        key=f"{project.code}:release:{amendment.number}",
        transfers=ledger.along("award", project.code, "committed", "envelope", fen, to=("round", round.code)),
        by=amendment.requested_by,
        approved_by=by,
        memo=amendment.reason[:200],
    )
