from __future__ import annotations

from datetime import date, timedelta

from grants.applications import commands
from grants.applications.models import Application
from grants.applications.states import LIFECYCLE, S
from portal import clock
from portal.access import Role
from tests.grants.makers_applications import admin_of, fill, make_application
from tests.grants.makers_calls import NOON, officer
from tests.lives import Act, Life
from tests.makers import make_user


def begin() -> Application:
    make_user("secretary", Role.PANEL_SECRETARY)
    application = make_application()
    return fill(application, application.created_by)


def resubmit(application: Application) -> Act:
    if application.status == S.RETURNED:
        commands.set_done(application, "budget", by=admin_of(application))
    return Act(commands.submit, application, by=admin_of(application))


def fail(application: Application) -> Act:
    late = NOON + timedelta(days=30) if application.status == S.RETURNED else None
    return Act(commands.screen_fail, application, by=officer(), codes=["E01"], at=late)


def screening_starts(application: Application) -> date | None:
    """The call promises: within so many working days after the window has closed."""
    is_open = application.status == S.SUBMITTED
    return max(clock.today(), application.round.closes_at.astimezone(clock.ZONE).date()) if is_open else None


LIVES = {
    "grants.applications.LIFECYCLE": Life(
        LIFECYCLE,
        begin=begin,
        moves={
            "submit": lambda one: Act(commands.submit, one, by=admin_of(one)),
            "resubmit": resubmit,
            "recall": lambda one: Act(commands.recall, one, by=admin_of(one)),
            "withdraw": lambda one: Act(commands.withdraw, one, by=admin_of(one)),
            "return": lambda one: Act(
                commands.return_for_correction, one, by=officer(), items=[{"section": "budget", "text": "请写明依据"}]
            ),
            "pass": lambda one: Act(commands.screen_pass, one, by=officer()),
            "fail": fail,
        },
        dues=("grants.applications", "grants.review"),
        at=NOON,
        twins=(frozenset({"submit", "resubmit"}),),
        since=screening_starts,
        waits=lambda one: [one, one.round] if one.status == S.SCREEN_PASSED else [one],
    ),
}
