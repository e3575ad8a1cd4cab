from __future__ import annotations

from datetime import date, datetime, timedelta

from grants.awards import commands
from grants.awards.models import Award, Resolution
from grants.awards.states import LIFECYCLE, RESOLUTION, S
from grants.publicity import commands as publicity
from portal import clock
from portal.access import Role
from tests.grants.makers_review import make_application, make_ranking, make_round, someone
from tests.lives import Act, Life

MEETING = datetime(2026, 6, 12, 10, 0, tzinfo=clock.ZONE)
OVER = MEETING + timedelta(days=20)


def leader():
    return someone("leader", Role.BUREAU_LEADER)


def begin_resolution() -> Resolution:
    round = make_round(money={"LOTTERY": 90_000_00})
    apps = [make_application(round, n) for n in (1, 2, 3)]
    # The panels' makers count from the day of the suite.
    with clock.at(datetime.now(clock.ZONE)):
        make_ranking(round, apps)
    items = [
        commands.Item(apps[0], S.PROPOSED, 40_000_00),
        commands.Item(apps[1], S.RESERVE, 40_000_00),
        commands.Item(apps[2], S.NOT_PROPOSED),
    ]
    return commands.draft_resolution(
        round, kind="PARTY_GROUP", met_on=date(2026, 6, 12), minutes_number="〔2026〕12号", attendees="测试甲、测试乙",
        items=items, by=someone("officer"),
    )  # fmt: skip


def begin() -> list[Award]:
    """Return the three awards of a list whose publicity is over."""
    resolution = begin_resolution()
    with clock.at(MEETING):
        resolution = commands.record_resolution(resolution, by=leader())
        listed = commands.publicise(
            resolution, by=someone("officer"), first_day=date(2026, 6, 15), supervision_unit="驻局纪检监察组",
            supervision_phone="0574-80000019", address="镇海区演示路1号",
        )  # fmt: skip
        publicity.start(listed, by=someone("head"))
    return list(resolution.awards.order_by("position"))


def promote(award: Award) -> Act:
    for one in Award.objects.filter(resolution=award.resolution, status=S.PROPOSED):
        commands.drop(one, reason="单位放弃项目", by=leader())
    return Act(commands.promote, award, by=leader())


LIVES = {
    "grants.awards.LIFECYCLE": Life(
        LIFECYCLE,
        begin=begin,
        moves={
            "confirm": lambda one: Act(commands.confirm, one, document_number="镇民〔2026〕1号", by=leader()),
            "drop": lambda one: Act(commands.drop, one, reason="单位放弃项目", by=leader()),
            "lapse": lambda one: Act(commands.lapse, one, reason="逾期没有签订协议", by=leader()),
            "promote": promote,
        },
        dues=("grants.awards", "grants.agreements"),
        at=OVER,
    ),
    "grants.awards.RESOLUTION": Life(
        RESOLUTION,
        begin=begin_resolution,
        moves={"record": lambda one: Act(commands.record_resolution, one, by=leader())},
        dues=("grants.awards",),
        at=MEETING,
    ),
}
