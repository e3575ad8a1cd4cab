"""Conflicts of interest: declared before and during the review, decided by the secretary, replaced."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from grants.review import guards, notices, queries
from grants.review.commands.panel import EMPLOYED, give
from grants.review.models import Assignment, Conflict, Declaration, Panel, PanelMember, ScoreSheet
from grants.review.states import BLOCKING, CONFLICT, SHEET, ConflictState, PanelState, Sheet
from portal import clock
from portal.access import Role
from portal.lifecycle import MoveNotAllowed, NotYet, Reason, require_moved, require_none
from portal.trail.commands import log
from portal.workdays.queries import due_on

STATUS_OF: dict[str, ConflictState] = {
    Declaration.Answer.CONFLICT: ConflictState.OPEN,
    Declaration.Answer.UNSURE: ConflictState.UNSURE,
}


def require_running(panel: Panel) -> None:
    if panel.status != PanelState.OPEN:
        raise MoveNotAllowed(_("评分没有在进行，现在不能办理。"))


@transaction.atomic
def declare(
    member: PanelMember, answers: Mapping[int, str], *, by: Any, notes: Mapping[int, str] | None = None
) -> PanelMember:
    """Record the promise and an answer for every applicant of the round (organization pk -> NONE, CONFLICT, UNSURE).

    A conflict, and for the time being a doubt, closes every dossier of that applicant to this expert.
    Raises NotYet with every applicant without an answer.
    """
    member = PanelMember.objects.select_for_update(of=("self",)).select_related("panel__round").get(pk=member.pk)
    require_running(member.panel)
    if member.user_id != by.pk:
        raise MoveNotAllowed(_("承诺和回避声明只能由专家本人作出。"))
    if member.declined_at:
        raise MoveNotAllowed(_("您已谢绝参加这次评审。"))
    if member.declared_at:
        raise MoveNotAllowed(_("您已经作过声明。评审中发现利害关系的，请在评分台申请回避。"))
    asked = list(queries.organizations_to_declare(member.panel))
    require_none(
        Reason(f"organization_{one.pk}", _("请对“%(name)s”作出选择。") % {"name": one.name})
        for one in asked
        if answers.get(one.pk) not in Declaration.Answer.values
    )
    Declaration.objects.bulk_create(
        Declaration(
            member=member, organization=one, answer=answers[one.pk], note=(notes or {}).get(one.pk, "")[:200],
            declared_at=clock.now(),
        )
        for one in asked
    )  # fmt: skip
    for one in asked:
        if answers[one.pk] in STATUS_OF:
            for candidacy in member.panel.dossiers.filter(application__organization=one):
                stand_aside(
                    member, candidacy, STATUS_OF[answers[one.pk]], Conflict.Reason.OTHER,
                    (notes or {}).get(one.pk, ""), Conflict.Origin.DECLARED, by,
                )  # fmt: skip
    PanelMember.objects.filter(pk=member.pk).update(declared_at=clock.now())
    counts = {word: sum(one == word for one in answers.values()) for word in Declaration.Answer.values}
    log(member, "review.declare", by=by, role=Role.EXPERT, after=counts)
    member.refresh_from_db()
    return member


def stand_aside(
    member: PanelMember, candidacy: Any, status: str, reason: str, note: str, origin: str, by: Any
) -> Conflict:
    """Open a conflict and seal what was scored so far."""
    conflict, made = Conflict.objects.get_or_create(
        member=member,
        candidacy=candidacy,
        defaults={
            "status": status, "reason": reason, "note": note[:200], "origin": origin,
            "declared_at": clock.now(), "due_on": due_on(2),
        },
    )  # fmt: skip
    if not made and CONFLICT.allows("reopen", conflict.status):
        require_moved(
            Conflict.objects.filter(pk=conflict.pk, status=conflict.status).update(
                status=CONFLICT.target("reopen", conflict.status), reason=reason, note=note[:200], origin=origin,
                due_on=due_on(CONFLICT.moves["reopen"].days), declared_at=clock.now(), decided_by=None, decided_at=None,
                decision="",
            )
        )  # fmt: skip
        conflict.refresh_from_db()
    sheets = ScoreSheet.objects.select_for_update().filter(assignment__member=member, assignment__candidacy=candidacy)
    for sheet in sheets:
        if SHEET.allows("exclude", sheet.status):
            ScoreSheet.objects.filter(pk=sheet.pk, status=sheet.status).update(
                status=SHEET.target("exclude", sheet.status)
            )
            log(sheet, "review.exclude", by=by, before={"status": sheet.status})
    action, role = ("review.recuse", Role.EXPERT) if by else ("review.find", "")
    log(conflict, action, by=by, role=role, after={"status": status, "reason": reason}, reason=note)
    return conflict


@transaction.atomic
def look_again(panel: Panel, member: PanelMember | None = None) -> list[Conflict]:
    """Find who has joined an applicant since the dossiers were given out (X13); return what is new. One query if none.

    Called by itself before the experts' acts and screens: what it finds must outlive their refusal.
    """
    rows = Assignment.objects.active().employed().filter(member__panel=panel, member__panel__status=PanelState.OPEN)
    rows = rows.filter(member=member) if member else rows
    standing = Conflict.objects.filter(
        member=OuterRef("member"), candidacy=OuterRef("candidacy"), status__in=BLOCKING
    )
    found = []
    for one in rows.filter(~Exists(standing)).select_related("member__panel__round", "candidacy").order_by("pk"):
        Assignment.objects.select_for_update(of=("self",)).get(pk=one.pk)
        conflict = stand_aside(
            one.member,
            one.candidacy,
            ConflictState.OPEN,
            Conflict.Reason.EMPLOYER,
            EMPLOYED,
            Conflict.Origin.RULE,
            None,
        )
        notices.found(conflict)
        found.append(conflict)
    return found


def asks_again(command: Callable[..., Any]) -> Callable[..., Any]:
    """Look for a new conflict of the expert before `command`, in a transaction of its own."""

    @wraps(command)
    def asked(subject: Assignment | PanelMember, *args: Any, **kwargs: Any) -> Any:
        member = subject.member if isinstance(subject, Assignment) else subject
        look_again(member.panel, member)
        return command(subject, *args, **kwargs)

    return asked


@transaction.atomic
def recuse(assignment: Assignment, *, reason: str, by: Any, note: str = "") -> Conflict:
    """Declare a conflict at any time while scoring runs: the dossier closes at once, the scores are sealed."""
    assignment = (
        Assignment.objects.select_for_update(of=("self",))
        .select_related("member__panel__round", "candidacy")
        .get(pk=assignment.pk)
    )
    member = assignment.member
    require_running(member.panel)
    if member.user_id != by.pk:
        raise MoveNotAllowed(_("回避只能由专家本人申请。"))
    if Conflict.objects.filter(member=member, candidacy=assignment.candidacy, status__in=BLOCKING).exists():
        raise MoveNotAllowed(_("您已回避这个项目，不用再次申请。"))
    if reason not in Conflict.Reason.values:
        raise NotYet([Reason("reason", _("请选择回避原因。"))])
    conflict = stand_aside(member, assignment.candidacy, ConflictState.OPEN, reason, note, Conflict.Origin.LATER, by)
    notices.recused(conflict)
    return conflict


def decide(conflict: Conflict, move: str, reason: str, by: Any) -> Conflict:
    conflict = (
        Conflict.objects.select_for_update(of=("self",))
        .select_related("member__panel__round", "candidacy")
        .get(pk=conflict.pk)
    )
    require_running(conflict.member.panel)
    if len(reason.strip()) < 5:
        raise NotYet([Reason("reason", _("请写明决定的理由，至少 5 个字。"))])
    target = CONFLICT.target(move, conflict.status)
    require_none(CONFLICT.open_reasons(move, guards, conflict))
    require_moved(
        Conflict.objects.filter(pk=conflict.pk, status=conflict.status).update(
            status=target,
            decided_by=by,
            decided_at=clock.now(),
            decision=reason.strip()[:200],
            due_on=due_on(CONFLICT.moves[move].days),
        )
    )
    log(
        conflict, f"review.{move}", by=by, role=Role.PANEL_SECRETARY, before={"status": conflict.status},
        after={"status": target}, reason=reason,
    )  # fmt: skip
    conflict.refresh_from_db()
    return conflict


@transaction.atomic
def confirm_conflict(conflict: Conflict, *, reason: str, by: Any) -> Conflict:
    """The doubt was right: the expert stays out."""
    return decide(conflict, "confirm", reason, by)


@transaction.atomic
def dismiss_conflict(conflict: Conflict, *, reason: str, by: Any) -> Conflict:
    """无需回避: the expert sees the dossier again; a sealed sheet becomes a draft again."""
    conflict = decide(conflict, "dismiss", reason, by)
    for sheet in ScoreSheet.objects.select_for_update().filter(
        assignment__member=conflict.member, assignment__candidacy=conflict.candidacy, status=Sheet.EXCLUDED
    ):
        ScoreSheet.objects.filter(pk=sheet.pk).update(status=SHEET.target("readmit", sheet.status))
        log(sheet, "review.readmit", by=by, before={"status": sheet.status})
    notices.readmitted(conflict)
    return conflict


def require_substitute(member: PanelMember, panel: Panel) -> None:
    if member.panel_id != panel.pk or not member.is_substitute or member.declined_at:
        raise NotYet([Reason("member", _("只能从本组的替补专家中递补。"))])


@transaction.atomic
def decline(member: PanelMember, *, reason: str, by: Any) -> PanelMember:
    """Give the seat back before handing in: every sheet is sealed and does not count, a substitute steps in."""
    member = PanelMember.objects.select_for_update(of=("self",)).select_related("panel__round").get(pk=member.pk)
    require_running(member.panel)
    if member.user_id != by.pk:
        raise MoveNotAllowed(_("谢绝评审只能由专家本人提出。"))
    if member.declined_at or member.submitted_at:
        raise MoveNotAllowed(_("您已谢绝或已提交全部评分，不能再谢绝。"))
    if len(reason.strip()) < 5:
        raise NotYet([Reason("reason", _("请写明不能参加的原因，至少 5 个字。"))])
    for sheet in ScoreSheet.objects.select_for_update().filter(assignment__member=member):
        if SHEET.allows("exclude", sheet.status):
            ScoreSheet.objects.filter(pk=sheet.pk, status=sheet.status).update(
                status=SHEET.target("exclude", sheet.status)
            )
            log(sheet, "review.exclude", by=by, before={"status": sheet.status})
    Assignment.objects.active().filter(member=member).update(removed_at=clock.now())
    PanelMember.objects.filter(pk=member.pk).update(declined_at=clock.now(), decline_reason=reason.strip()[:200])
    log(member, "review.decline", by=by, role=Role.EXPERT, reason=reason)
    member.refresh_from_db()
    notices.declined(member)
    return member


@transaction.atomic
def step_in(member: PanelMember, substitute: PanelMember, *, by: Any) -> list[Assignment]:
    """Give everything of an expert who declined to a substitute. Raises NotYet when that is done already."""
    panel = Panel.objects.select_for_update(of=("self",)).select_related("round").get(pk=member.panel_id)
    require_running(panel)
    member = PanelMember.objects.get(pk=member.pk)
    if member.declined_at is None:
        raise MoveNotAllowed(_("这位专家没有谢绝评审，不能整组递补。"))
    require_substitute(substitute, panel)
    given = give(substitute, list(queries.orphans(member)), panel, by)
    if not given:
        raise NotYet([Reason("given", _("这位专家的项目都已递补，不需要再安排。"))])
    log(
        member,
        "review.step_in",
        by=by,
        role=Role.PANEL_SECRETARY,
        after={"expert": str(substitute), "dossiers": len(given)},
    )
    notices.stepped_in(substitute, len(given))
    return given


@transaction.atomic
def substitute(conflict: Conflict, member: PanelMember, *, by: Any) -> Assignment:
    """Give the dossier to a substitute who has declared no conflict with it."""
    conflict = (
        Conflict.objects.select_for_update(of=("self",))
        .select_related("member__panel__round", "candidacy__application")
        .get(pk=conflict.pk)
    )
    panel = conflict.member.panel
    require_running(panel)
    if conflict.status != ConflictState.OPEN:
        raise MoveNotAllowed(_("这条回避还没有确认，不能递补。"))
    require_none(guards.taken_over(conflict))
    require_substitute(member, panel)
    given = give(member, [conflict.candidacy], panel, by)
    if not given:
        raise NotYet([Reason("given", _("%(member)s 已经评审这个项目，请另选替补。") % {"member": member})])
    if Conflict.objects.filter(member=member, candidacy=conflict.candidacy, status__in=BLOCKING).exists():
        raise NotYet([Reason("conflict", _("%(member)s 与申报单位也有利害关系，请另选替补。") % {"member": member})])
    Assignment.objects.filter(member=conflict.member, candidacy=conflict.candidacy).update(removed_at=clock.now())
    Conflict.objects.filter(pk=conflict.pk).update(due_on=None)
    log(conflict, "review.substitute", by=by, role=Role.PANEL_SECRETARY, after={"expert": str(member)})
    notices.substituted(given[0])
    return given[0]
