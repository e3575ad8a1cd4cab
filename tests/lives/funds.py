from __future__ import annotations

from datetime import datetime

from grants.funds import commands
from grants.funds.models import Entry
from grants.funds.states import ENTRY
from portal import clock
from portal.access import Role
from portal.accounts.models import User
from tests.grants.makers_funds import make_source
from tests.lives import Act, Life
from tests.makers import make_region, make_user

AT = datetime(2026, 1, 20, 12, 0, tzinfo=clock.ZONE)


def make_entries() -> Entry:
    finance = make_user("finance", Role.BUREAU_FINANCE)
    make_user("leader", Role.BUREAU_LEADER)
    source = make_source("LOTTERY", region=make_region("330211"))
    return commands.request_budget(source, 2026, 1_000_000, "镇财指〔2026〕8号", by=finance)


def leader() -> User:
    return User.objects.get(username="leader")


LIVES = {
    "grants.funds.ENTRY": Life(
        ENTRY,
        begin=make_entries,
        moves={
            "approve": lambda entry: Act(commands.approve_entry, entry, by=leader()),
            "refuse": lambda entry: Act(commands.refuse_entry, entry, by=leader(), reason="文号不符"),
            "withdraw": lambda entry: Act(commands.withdraw_entry, entry, by=entry.requested_by, reason="重写"),
        },
        dues=("grants.funds",),
        at=AT,
    ),
}
