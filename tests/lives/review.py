from __future__ import annotations

from datetime import timedelta

from grants.review import commands
from grants.review.models import Assignment, Candidacy, Conflict, Panel, ScoreSheet
from grants.review.states import CANDIDACY, CONFLICT, PANEL, SHEET, ConflictState, PanelState
from portal import clock
from portal.access import Role
from tests.grants.makers_review import COMMENT, GOOD, declare, make_application, make_panel, make_round, someone
from tests.lives import Act, Life


def begin() -> Panel:
    someone("officer", Role.BUREAU_OFFICER)
    round = make_round()
    return make_panel(round, [make_application(round, 1)], opened=False)


def after(panel: Panel):
    return (panel.due_at or clock.now()) + timedelta(hours=1)


def seal(candidacy: Candidacy) -> Act:
    panel = candidacy.panel
    if panel.status == PanelState.OPEN:
        with clock.at(after(panel)):
            panel = commands.lock(panel, by=panel.secretary)
    return Act(commands.seal, panel, by=panel.secretary, may=None)


def begin_candidacy() -> Candidacy:
    panel = begin()
    commands.open_panel(panel, by=panel.secretary)
    return panel.candidacies.get()


def begin_sheet() -> ScoreSheet:
    panel = begin_candidacy().panel
    member = panel.members.filter(is_substitute=False).first()
    declare(member)
    return commands.save_scores(member.assignments.get(), points=GOOD, comment=COMMENT, by=member.user)


def expert_of(sheet: ScoreSheet):
    return sheet.assignment.member.user


def readmit(sheet: ScoreSheet) -> Act:
    conflict, _new = Conflict.objects.get_or_create(
        member=sheet.assignment.member, candidacy=sheet.assignment.candidacy,
        defaults={"status": ConflictState.OPEN, "reason": "OTHER"},
    )  # fmt: skip
    return Act(commands.dismiss_conflict, conflict, by=someone("secretary"), reason="经核实无关", may=None)


def begin_conflict() -> Conflict:
    panel = begin_candidacy().panel
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
        },
        dues=DUES,
        waits=lambda panel: [panel, panel.round] if panel.status == PanelState.SEALED else [panel],
    ),
    "grants.review.CANDIDACY": Life(
        CANDIDACY,
        begin=begin_candidacy,
        moves={"score": seal},
        dues=DUES,
        waits=lambda one: [one.panel],
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
