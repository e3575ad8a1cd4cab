from __future__ import annotations

from grants.needs import commands
from grants.needs.models import Need
from grants.needs.states import LIFECYCLE
from portal.access import Role
from portal.accounts.models import User
from tests.lives import Act, Life
from tests.makers import make_region, make_user


def begin() -> Need:
    make_user("community", Role.COMMUNITY, region="330211001001")
    region = make_region("330211001001")
    return commands.post(by=make_user("resident"), region=region, title="路灯补亮", text="后大街路灯坏了两个月。")


def community() -> User:
    return User.objects.get(username="community")


LIVES = {
    "grants.needs.LIFECYCLE": Life(
        LIFECYCLE,
        begin=begin,
        moves={
            "list": lambda need: Act(commands.list_, need, by=community(), title="补亮路灯", text="后大街补亮路灯"),
            "decline": lambda need: Act(commands.decline, need, by=community(), reason="已有计划"),
        },
        dues=("grants.needs",),
    ),
}
