from __future__ import annotations

from datetime import date, datetime, timedelta

from grants.publicity import commands
from grants.publicity.models import Objection, Publicity
from grants.publicity.states import OBJECTION, PUBLICITY
from portal import clock
from portal.access import Role
from tests.grants.makers_review import someone
from tests.lives import Act, Life
from tests.makers import make_region

BEFORE = datetime(2026, 6, 16, 10, 0, tzinfo=clock.ZONE)
RUNNING = BEFORE + timedelta(days=2)
AFTER = BEFORE + timedelta(days=30)
WORDS = "核查了签到表和照片，情况如下。"


def begin() -> Publicity:
    someone("head", Role.BUREAU_HEAD)
    row = commands.Row(
        position=1, subject_code="VEN-2026-000001", title="助行计划", organization="镇海区演示单位", region="招宝山街道",
        amount=1_000_00,
    )  # fmt: skip
    return commands.draft(
        rows=[row], by=someone("officer", Role.BUREAU_OFFICER), region=make_region("330211"),
        starts_on=date(2026, 6, 17), title="拟立项项目公示", basis="现予公示。", round_code="R2026",
        contact_phone="0574-80000012", supervision_phone="0574-80000019", address="演示路1号", days=5,
    )  # fmt: skip


def replace(publicity: Publicity) -> Act:
    newer = commands.correct(
        publicity, kind="SUBSTANCE", note="更正金额一处", by=someone("officer"), first_day=date(2026, 9, 1)
    )
    return Act(commands.start, newer, by=someone("head"), may=None)


def begin_objection() -> Objection:
    someone("handler", Role.BUREAU_OFFICER)
    publicity = commands.start(begin(), by=someone("head"))
    with clock.at(RUNNING):
        return commands.object_to(publicity, kind="UNTRUE", facts="名单里的单位没有开展过申报书里写的活动，请核查。")


LIVES = {
    "grants.publicity.PUBLICITY": Life(
        PUBLICITY,
        begin=begin,
        moves={
            "start": lambda one: Act(commands.start, one, by=someone("head")),
            "end": lambda one: Act(commands.end_due, at=AFTER),
            "replace": replace,
        },
        dues=("grants.publicity",),
        at=BEFORE,
        passes_by={"end": "the clock ends what is over"},
    ),
    "grants.publicity.OBJECTION": Life(
        OBJECTION,
        begin=begin_objection,
        moves={
            "accept": lambda one: Act(commands.accept, one, by=someone("handler")),
            "refuse": lambda one: Act(commands.refuse, one, by=someone("handler"), reason="不属于受理范围"),
            "investigate": lambda one: Act(commands.investigate, one, by=someone("handler")),
            "uphold": lambda one: Act(commands.uphold, one, by=someone("handler"), findings=WORDS),
            "dismiss": lambda one: Act(commands.dismiss, one, by=someone("handler"), findings=WORDS),
            "answer": lambda one: Act(commands.answer, one, by=someone("handler"), text=WORDS),
        },
        dues=("grants.publicity",),
        at=BEFORE,
    ),
}
