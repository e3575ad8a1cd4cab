from __future__ import annotations

from grants.agreements import commands
from grants.agreements.models import Agreement, Amendment, PartyCode, Project
from grants.agreements.rules import BEFORE_CLOSING
from grants.agreements.states import AGREEMENT, AMENDMENT, PROJECT, AgreementStatus
from grants.funds import commands as ledger
from portal import clock
from tests.grants.makers_agreements import YUAN, make_agreement, make_file, make_people, make_project
from tests.grants.makers_review import someone
from tests.lives import Act, Life

DUES = ("grants.agreements", "grants.monitoring")


def admin():
    return someone("org_admin")


def begin() -> Project:
    return make_agreement(make_people()).project


def activate(project: Project) -> Act:
    agreement = project.agreement
    if agreement.status == AgreementStatus.DRAFT:
        commands.accept(agreement, PartyCode.ORGANIZATION, admin())
        commands.accept(agreement, PartyCode.BUREAU, someone("head"))
    return Act(commands.store_signed, agreement, make_file(someone("officer")), by=someone("officer"), may=None)


def settle(project: Project) -> None:
    """Meet every milestone and give the money back, so that only the state can stand against closing."""
    project.milestones.filter(code__in=BEFORE_CLOSING).update(met_at=clock.now(), met_by=someone("officer"))
    moves = ledger.along(
        "award", project.code, "committed", "envelope", project.amount, to=("round", f"R-{project.code}")
    )
    ledger.post("lapse", key=f"test:{project.code}", transfers=moves, by=someone("officer"))


def close(project: Project, passed: bool) -> Act:
    settle(project)
    return Act(commands.close, project, by=someone("officer"), passed=passed)


def both(agreement: Agreement) -> Act:
    commands.accept(agreement, PartyCode.ORGANIZATION, admin())
    return Act(commands.accept, agreement, PartyCode.BUREAU, by=someone("head"))


def begin_amendment() -> list[Amendment]:
    """Return a change that waits and one that was only put on record."""
    project = make_project(make_people())
    lines = {one.category: one for one in project.budget_lines.all()}

    def shift(fen: int) -> Amendment:
        amounts = {str(lines["B1"].pk): 20_300 * YUAN - fen, str(lines["B2"].pk): 9_700 * YUAN + fen}
        return commands.request_amendment(project, amounts, "调整", by=admin())

    return [shift(1_000 * YUAN), shift(10_000 * YUAN)]


LIVES = {
    "grants.agreements.PROJECT": Life(
        PROJECT,
        begin=begin,
        moves={
            "activate": activate,
            "finish": lambda one: Act(
                commands.meet_milestone, one, "final_report", "/r/", by=someone("officer"), may=None
            ),
            "suspend": lambda one: Act(commands.suspend, one, by=someone("head"), reason="核查"),
            "resume": lambda one: Act(commands.resume, one, by=someone("head"), reason="核查完毕"),
            # Asked for by one person, decided by another through an amendment (test_termination): no screen calls it.
            "terminate": lambda one: Act(commands.terminate, one, by=someone("leader"), reason="单位放弃", may=None),
            "close_pass": lambda one: close(one, True),
            "close_fail": lambda one: close(one, False),
        },
        dues=DUES,
        passes_by={"finish": "the report's mark is set once, whatever the project does"},
        waits=lambda one: [one, one.agreement],
    ),
    "grants.agreements.AGREEMENT": Life(
        AGREEMENT,
        begin=lambda: make_agreement(make_people()),
        moves={
            "accept": both,
            "store_signed": lambda one: Act(
                commands.store_signed, one, make_file(someone("officer")), by=someone("officer")
            ),
        },
        dues=DUES,
    ),
    "grants.agreements.AMENDMENT": Life(
        AMENDMENT,
        begin=begin_amendment,
        moves={
            "approve": lambda one: Act(commands.approve_amendment, one, by=someone("officer"), note="同意"),
            "refuse": lambda one: Act(commands.refuse_amendment, one, by=someone("officer"), note="不同意"),
        },
        dues=DUES,
    ),
}
