from __future__ import annotations

from datetime import datetime

from grants.calls import commands
from grants.calls.models import Allocation, CallPage, Round
from grants.calls.states import ALLOCATION, LIFECYCLE
from portal import clock
from tests.grants.makers_calls import NOON, finance, head, leader, make_draft, make_page, officer
from tests.lives import Act, Life

BEFORE = datetime(2026, 1, 20, 12, 0, tzinfo=clock.ZONE)
AFTER = datetime(2026, 3, 2, 9, 0, tzinfo=clock.ZONE)


def budget(round: Round) -> Act:
    envelope = round.envelopes.get()
    asked = Allocation.objects.filter(envelope=envelope).first() or Allocation.objects.create(
        envelope=envelope, amount=envelope.planned, requested_by=finance()
    )
    return Act(commands.approve_allocation, asked, by=leader(), may=None)


def publish(round: Round) -> Act:
    page = CallPage.objects.filter(round=round).first() or make_page(round)
    if not page.workflow_in_progress:
        page.save_revision(user=officer())
        commands.submit_page(page, by=officer())
    return Act(commands.approve_page, round, by=head(), may="publish")


LIVES = {
    "grants.calls.LIFECYCLE": Life(
        LIFECYCLE,
        begin=make_draft,
        moves={
            "budget": budget,
            "open_needs": lambda round: Act(commands.open_needs, round, by=officer()),
            "publish": publish,
            "republish": publish,
            "correct": publish,
            "open": lambda round: Act(commands.open_due, at=NOON),
            "close": lambda round: Act(commands.close_due, at=AFTER),
            "suspend": lambda round: Act(commands.suspend, round, by=head(), reason="核查"),
            "resume": lambda round: Act(commands.resume, round, by=head()),
            "cancel": lambda round: Act(commands.cancel, round, by=head(), reason="政策调整"),
            "discard": lambda round: Act(commands.discard, round, by=officer(), reason="重复"),
            "archive": lambda round: Act(commands.archive, round, by=head()),
        },
        dues=("grants.calls",),
        at=BEFORE,
        passes_by={"open": "the clock opens what is to be opened", "close": "the clock closes what is to be closed"},
        twins=(frozenset({"publish", "republish", "correct"}),),
    ),
    "grants.calls.ALLOCATION": Life(
        ALLOCATION,
        begin=lambda: commands.request_allocation(make_draft().envelopes.get(), 30_000_000, by=finance()),
        moves={
            "approve_allocation": lambda asked: Act(commands.approve_allocation, asked, by=leader()),
            "refuse_allocation": lambda asked: Act(commands.refuse_allocation, asked, by=leader(), reason="不同意"),
        },
        dues=("grants.calls",),
        at=BEFORE,
    ),
}
