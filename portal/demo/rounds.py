"""The demo's three rounds: drafted by the officer, funded by finance and leader, published by the head."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from grants.calls import commands as calls
from grants.calls.models import Round
from grants.calls.rules import template
from grants.funds.models import FundSource
from portal import clock
from portal.demo.base import Say, moment, person, region
from portal.demo.plan import BUDGET, CEILING, PLACES

SUMMARY = "资助社会组织在镇海做为老、助残、儿童青少年、救助帮困和社区治理服务。服务期 6 至 12 个月，分三期拨款。"
CRITERIA = [
    {
        "stage": "PAPER",
        "code": "A",
        "name": "需求真实",
        "max_points": 25,
        "guidance": "需求依据、对应需求清单、服务对象清楚。",
    },
    {
        "stage": "PAPER",
        "code": "B",
        "name": "方案可行",
        "max_points": 35,
        "guidance": "目标可衡量，活动有条理，方法专业。",
    },
    {
        "stage": "PAPER",
        "code": "C",
        "name": "方法创新",
        "max_points": 10,
        "guidance": "针对新问题，用新方法或新的合作。",
    },
    {"stage": "PAPER", "code": "E", "name": "预算合理", "max_points": 20, "guidance": "价格合理，符合预算规则。"},
    {"stage": "PAPER", "code": "F", "name": "可持续", "max_points": 10, "guidance": "自筹、志愿者和后续安排。"},
]
"""Without a criterion on the team: the review is blind (decision 0.6)."""

QUESTIONS = (
    ("提交以后发现写错了怎么办？", "截止前由单位负责人撤回，改好后重新提交，次数不限。截止后不能再改。（演示）"),
    ("备案的社区社会组织能不能申报？", "由登记的社会组织带报，申报单位以登记单位为准。（演示）"),
    ("一份申报书可以几个人一起填吗？", "可以。同一单位的成员分头填写，内容自动保存；提交由单位负责人办理。（演示）"),
    ("还要寄纸质材料吗？", "不用。网上提交即可，附件上传扫描件；立项后签订协议时核对原件。（演示）"),
)
"""What the notice answers before it is asked: question, answer."""

COMMON = {
    "criteria": CRITERIA, "programme": "VENTURE", "year": 2026, "ceiling": CEILING, "host": "宁波市镇海区民政局", "phone": "0574-8000 0012",
    "contact": "镇海区民政局社会组织科（演示）", "applications_per_organization": 6, "awards_per_organization": 3,
}  # fmt: skip


def publish_round(
    code: str, title: str, *, drafted: datetime, published: datetime, opens: datetime, closes: datetime,
    starts_on: date, ends_on: date, money: dict[str, int], year: int = 2026, summary: str = SUMMARY, number: int = 6, **more: Any,
) -> Round:  # fmt: skip
    """Take one round from the draft to the published notice. money: source code -> fen; more: of draft_round."""
    officer, finance, leader, head = map(person, ("officer", "bureau-finance", "leader", "head"))
    sources = {one.code: one for one in FundSource.objects.all()}
    with clock.at(drafted):
        round = calls.draft_round(
            officer, code=code, title=title, region=region(), opens_at=opens, closes_at=closes, starts_on=starts_on,
            ends_on=ends_on, envelopes=[(sources[name], year, fen) for name, fen in money.items()],
            **{**COMMON, "year": year, **more},
        )  # fmt: skip
        for envelope in round.envelopes.all():
            asked = calls.request_allocation(envelope, envelope.planned, by=finance)
            calls.approve_allocation(asked, by=leader)
        round.refresh_from_db()
        page = calls.draft_page(
            round, by=officer, summary=summary, document_number=f"镇民〔{published.year}〕{number}号",
            body=[{"type": "faq", "value": {"question": asked, "answer": said}} for asked, said in QUESTIONS],
        )  # fmt: skip
        calls.submit_page(page, by=officer)
    with clock.at(published):
        calls.approve_page(round, by=head)
    with clock.at(max(published, opens) + timedelta(minutes=1)):
        calls.open_due()
    return Round.objects.get(pk=round.pk)


def load_decided_round(say: Say) -> None:
    publish_round(
        "R2026", "镇海区2026年公益创投（演示）",
        drafted=moment("2026-01-12 10:00"), published=moment("2026-01-16 09:30"),
        opens=moment("2026-02-02 09:00"), closes=moment("2026-02-27 17:00"),
        starts_on=date(2026, 4, 20), ends_on=date(2026, 11, 30), money=BUDGET, defence_places=PLACES,
        criteria=[*CRITERIA, *(one for one in template.CRITERIA if one["stage"] == "DEFENCE")],
    )  # fmt: skip
    say("批次 R2026 已发布")


def load_open_round(say: Say) -> None:
    """R2026B: its window is open on whatever day the demo is built."""
    today = clock.today()
    start = today - timedelta(days=12)
    publish_round(
        "R2026B", "镇海区2026年公益创投第二批（演示）",
        drafted=at_hour(start - timedelta(days=12), 10), published=at_hour(start - timedelta(days=5), 9),
        opens=at_hour(start, 9), closes=at_hour(today + timedelta(days=18), 17),
        starts_on=today + timedelta(days=60), ends_on=today + timedelta(days=60 + 360),
        number=78, money={"LOTTERY": 300_000_00}, applications_per_organization=2, awards_per_organization=1,
    )  # fmt: skip
    say("批次 R2026B 正在申报")


def at_hour(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), clock.ZONE)
