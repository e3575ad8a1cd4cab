from __future__ import annotations

from grants.spending import commands
from grants.spending.models import Expenditure
from grants.spending.states import LIFECYCLE
from portal.access import Role
from tests.grants.makers_review import someone
from tests.grants.makers_spending import TODAY, make_people, make_project, record
from tests.lives import Act, Life


def begin() -> Expenditure:
    people = make_people()
    return record(make_project(people), people.admin)


def disallow(one: Expenditure) -> Act:
    auditor = someone("auditor", Role.AUDITOR)
    return Act(
        commands.disallow, one, fen=one.amount, by=auditor, approved_by=someone("head"), reason="重复列支", key="WT-1",
        may=None,
    )  # fmt: skip


LIVES = {
    "grants.spending.LIFECYCLE": Life(
        LIFECYCLE,
        begin=begin,
        moves={
            "accept": lambda one: Act(commands.accept, one, by=someone("officer")),
            "refuse": lambda one: Act(commands.refuse, one, by=someone("officer"), reason="票据不清"),
            "disallow": disallow,
        },
        dues=("grants.spending",),
        at=TODAY,
        waits=lambda one: [one.project],
    ),
}
