"""Makers of a meeting's result and of its list in publicity."""

from __future__ import annotations

from datetime import date

from grants.awards import commands
from grants.awards.models import Award
from grants.publicity import commands as publicity
from portal import clock
from portal.access import Role
from tests.grants.makers_review import day, someone

NUMBER = "镇民〔2026〕1号"


def draft(round, items, officer, **values):
    given = {
        "kind": "PARTY_GROUP",
        "met_on": date(2026, 6, 12),
        "minutes_number": "〔2026〕12号",
        "attendees": "测试甲、测试乙、测试丙",
    }
    with clock.at(day("2026-06-12")):
        return commands.draft_resolution(round, items=items, by=officer, **{**given, **values})


def standard(apps):
    return [
        commands.Item(apps[0], "PROPOSED", 40_000_00),
        commands.Item(apps[1], "PROPOSED", 38_500_00),
        commands.Item(apps[2], "RESERVE", 40_000_00),
    ]


def make_proposed(round, apps, officer, leader, items=None):
    resolution = draft(round, items or standard(apps), officer)
    with clock.at(day("2026-06-15")):
        return commands.record_resolution(resolution, by=leader)


def make_draft_list(round, apps, officer, leader, items=None):
    resolution = make_proposed(round, apps, officer, leader, items)
    with clock.at(day("2026-06-16")):
        return commands.publicise(
            resolution, by=officer, first_day=date(2026, 6, 17), supervision_unit="驻局纪检监察组",
            supervision_phone="0574-80000019", address="镇海区演示路1号",
        )  # fmt: skip


def make_public(round, apps, officer, leader, items=None):
    listed = make_draft_list(round, apps, officer, leader, items)
    with clock.at(day("2026-06-16")):
        return publicity.start(listed, by=someone("head", Role.BUREAU_HEAD))


def award_of(app):
    return Award.objects.get(application=app)
