from __future__ import annotations

from datetime import timedelta

from grants.calls.models import Round
from grants.review import commands
from grants.review.models import Assignment, Candidacy, Conflict, Panel, ScoreSheet, Slot
from grants.review.states import CANDIDACY, CONFLICT, PANEL, SHEET, Candidate, ConflictState, PanelState
from portal import clock
from portal.access import Role
from portal.lifecycle import Refused
from tests.grants.makers_review import (
    COMMENT,
    GOOD,
    declare,
    make_application,
    make_defence_panel,
    make_defence_round,
    make_panel,
    make_round,
    score_all,
    someone,
)
from tests.lives import Act, Life


def begin() -> Panel:
    someone("officer", Role.BUREAU_OFFICER)
    round = make_round()
    return make_panel(round, [make_application(round, 1)], opened=False)


def after(panel: Panel):
    return (panel.due_at or clock.now()) + timedelta(hours=1)


def begin_candidacy() -> Candidacy:
    """Return the second of a paper ranking that is locked and not sealed, in a round with a defence."""
    someone("officer", Role.BUREAU_OFFICER)
    round = make_defence_round()
    apps = [make_application(round, n) for n in (1, 2, 3)]
    panel = make_panel(round, apps)
    score_all(panel, {one.number: [90 - 10 * at] * 5 for at, one in enumerate(apps)})
    commands.lock(panel, by=panel.secretary)
    return panel.candidacies.get(application=apps[1])


def cut(candidacy: Candidacy, places: int) -> Act:
    """The second of the ranking is in when there are two places, and out when there is one."""
    panel = candidacy.panel
    if panel.status == PanelState.LOCKED:
        commands.seal(panel, by=panel.secretary)
    Round.objects.filter(pk=panel.round_id).update(defence_places=places)
    return Act(commands.cut_shortlist, panel.round, by=panel.secretary, may=None)


def schedule(candidacy: Candidacy) -> Act:
    panel = make_defence_panel(candidacy.panel.round)
    return Act(
        commands.schedule, panel, [candidacy], starts_at=clock.now() + timedelta(hours=24), minutes=15, room="201 室",
        by=panel.secretary, may=None,
    )  # fmt: skip


def slot_of(candidacy: Candidacy) -> Slot:
    """Return the slot, its panel opened. Without a slot there is nothing that could be called."""
    slot = Slot.objects.filter(candidacy=candidacy).first()
    if slot is None:
        raise Refused("no slot")
    if slot.panel.status == PanelState.DRAFT:
        commands.assign(slot.panel, by=slot.panel.secretary)
        commands.open_panel(slot.panel, by=slot.panel.secretary)
    return Slot.objects.get(pk=slot.pk)


def unschedule(candidacy: Candidacy) -> Act:
    """Its defence panel is given up before it opens. Without a slot there is nothing that could be called."""
    slot = Slot.objects.filter(candidacy=candidacy).first()
    if slot is None:
        raise Refused("no slot")
    return Act(commands.cancel, slot.panel, by=slot.panel.secretary, reason="答辩组重新安排", may=None)


def miss(candidacy: Candidacy) -> Act:
    slot = slot_of(candidacy)
    return Act(
        commands.miss, slot, by=slot.panel.secretary, at=slot.starts_at + timedelta(minutes=5), may=None
    )  # fmt: skip


def seal(candidacy: Candidacy) -> Act:
    """The panel before which it stands is sealed: of the paper review where there is no defence, else of that."""
    panel = candidacy.panel
    if candidacy.status == Candidate.IN_REVIEW:
        Round.objects.filter(pk=panel.round_id).update(defence_places=0)
    if candidacy.status == Candidate.DEFENCE_SCHEDULED:
        slot = slot_of(candidacy)
        panel = slot.panel
        with clock.at(slot.starts_at):
            commands.attend(slot, by=panel.secretary)
        with clock.at(after(panel)):
            panel = commands.lock(panel, by=panel.secretary)
    return Act(commands.seal, panel, by=panel.secretary, may=None)


WAITS = {
    Candidate.IN_REVIEW: lambda one: [one.panel, one.panel.round],
    Candidate.SHORTLISTED: lambda one: [one.panel.round],
    Candidate.DEFENCE_SCHEDULED: lambda one: [one, one.defence.panel],
}


def opened() -> Panel:
    panel = begin()
    return commands.open_panel(panel, by=panel.secretary)


def begin_sheet() -> ScoreSheet:
    panel = opened()
    member = panel.members.filter(is_substitute=False).first()
    declare(member)
    return commands.save_scores(member.assignments.get(), points=GOOD, comment=COMMENT, by=member.user)


def expert_of(sheet: ScoreSheet):
    return sheet.assignment.member.user


def readmit(sheet: ScoreSheet) -> Act:
    """A hit of the rule may be dismissed; what the expert has said himself may not."""
    conflict, _new = Conflict.objects.update_or_create(
        member=sheet.assignment.member, candidacy=sheet.assignment.candidacy,
        defaults={"status": ConflictState.OPEN, "reason": "OTHER", "origin": Conflict.Origin.RULE},
    )  # fmt: skip
    return Act(commands.dismiss_conflict, conflict, by=someone("secretary"), reason="经核实无关", may=None)


def begin_conflict() -> Conflict:
    panel = opened()
    member = panel.members.filter(is_substitute=False).first()
    declare(member, **{panel.candidacies.get().application.organization.name: "UNSURE"})
    return Conflict.objects.get()


def recuse(conflict: Conflict) -> Act:
    assignment = Assignment.objects.get(member=conflict.member, candidacy=conflict.candidacy)
    return Act(commands.recuse, assignment, by=conflict.member.user, reason="OTHER", may=None)


SHEETS = "sheets are excluded and readmitted with the conflict of their dossier"
DUES = ("grants.review", "grants.awards")

LIVES = {
    "grants.review.PANEL": Life(
        PANEL,
        begin=begin,
        moves={
            "open": lambda panel: Act(commands.open_panel, panel, by=panel.secretary),
            "lock": lambda panel: Act(commands.lock, panel, by=panel.secretary, at=after(panel)),
            "seal": lambda panel: Act(commands.seal, panel, by=panel.secretary, at=after(panel)),
            "cancel": lambda panel: Act(commands.cancel, panel, by=panel.secretary, reason="评分截止填错了"),
        },
        dues=DUES,
        waits=lambda panel: [panel, panel.round] if panel.status == PanelState.SEALED else [panel],
    ),
    "grants.review.CANDIDACY": Life(
        CANDIDACY,
        begin=begin_candidacy,
        moves={
            "shortlist": lambda one: cut(one, 2),
            "leave_out": lambda one: cut(one, 1),
            "schedule": schedule,
            "unschedule": unschedule,
            "miss": miss,
            "score": seal,
        },
        dues=DUES,
        waits=lambda one: WAITS.get(one.status, lambda row: [row])(one),
    ),
    "grants.review.SHEET": Life(
        SHEET,
        begin=begin_sheet,
        moves={
            "save": lambda one: Act(
                commands.save_scores, one.assignment, points=GOOD, comment=COMMENT, by=expert_of(one), may=None
            ),
            "complete": lambda one: Act(commands.complete, one.assignment, by=expert_of(one), may=None),
            "submit": lambda one: Act(commands.submit_all, one.assignment.member, by=expert_of(one), may=None),
            "exclude": lambda one: Act(commands.recuse, one.assignment, by=expert_of(one), reason="OTHER", may=None),
            "readmit": readmit,
        },
        dues=DUES,
        passes_by={"readmit": SHEETS},
        untold=frozenset({"save"}),
        waits=lambda one: [one.assignment.member.panel],
        sees=lambda one: [expert_of(one)],
    ),
    "grants.review.CONFLICT": Life(
        CONFLICT,
        begin=begin_conflict,
        moves={
            "confirm": lambda one: Act(commands.confirm_conflict, one, by=someone("secretary"), reason="经核实有关"),
            "dismiss": lambda one: Act(commands.dismiss_conflict, one, by=someone("secretary"), reason="经核实无关"),
            "reopen": recuse,
        },
        dues=DUES,
        waits=lambda one: [one, one.member.panel] if one.status == ConflictState.UNSURE else [one],
    ),
}
