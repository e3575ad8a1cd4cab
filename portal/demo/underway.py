"""Three rounds in the middle of things on whatever day the demo is built, beside the three of decision 0.19.

M2026 is scored and sealed and waits for the meeting. N2026 has its panel at work: experts are half through, ready,
done, in conflict, silent. K2026 waits for the officer's screening.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import cycle
from typing import Any

from grants.applications import commands as applications
from grants.applications.models import Application
from grants.calls import commands as calls
from grants.calls.models import Round
from grants.review import commands as review
from grants.review import queries
from grants.review.models import Panel
from portal import clock
from portal.demo.applying import hand_in
from portal.demo.base import Say, person
from portal.demo.organizations import ORGANIZATIONS
from portal.demo.plan import PlannedApplication
from portal.demo.reviewing import SINGLE, Marks, comment, declare_all, dossiers_of, review_group, seated
from portal.demo.rounds import at_hour, publish_round

ASKED = (18_000_00,)
Row = tuple[int, str, str, int]
ROWS: tuple[Row, ...] = (
    (7, "居家就业师傅培养计划", "助残", 88),
    (8, "照护带头人培养计划", "助残", 84),
    (10, "楼组议事员成长营", "社区治理与其他公益", 81),
    (11, "大学生陪伴老人培训班", "为老", 86),
    (12, "河道巡查志愿者能力提升", "社区治理与其他公益", 77),
    (16, "乡村书屋管理员培训", "儿童青少年", 79),
)
"""Of each application: its organization's place in domain § 11.5 from 0, title, category, points."""

TO_SCREEN: tuple[Row, ...] = (
    (3, "楼组长互助热线", "社区治理与其他公益", 0),
    (9, "外来务工人员夜间学堂", "社区治理与其他公益", 0),
    (17, "村口助行辅具流动站", "助残", 0),
)
"""The second one's annual inspection is overdue: a rule that the portal finds not met."""

TO_DECIDE: tuple[Row, ...] = (
    (0, "电梯口邻里座椅共建", "社区治理与其他公益", 93),
    (1, "失能老人家属喘息互助", "为老", 91),
    (4, "新市民子女假期营", "儿童青少年", 89),
    (7, "听障居民就医陪同", "助残", 87),
    (8, "认知友好街区宣讲", "助残", 85),
    (10, "小区议事规则工作坊", "社区治理与其他公益", 82),
    (11, "银龄课堂进楼道", "为老", 82),
    (3, "社工减压加油站", "社区治理与其他公益", 79),
    (12, "河道垃圾分类宣讲队", "社区治理与其他公益", 77),
    (16, "乡村绘本流动车", "儿童青少年", 75),
    (2, "楼道矛盾早知道", "社区治理与其他公益", 72),
    (6, "金色合唱进病房", "为老", 70),
)
ASKED_THERE = (28_600_00, 31_200_00, 24_000_00, 36_800_00, 29_500_00, 22_400_00, 33_000_00, 19_800_00)
"""The money of M2026 ends between two projects of the same total: the need decides (decision 0.6)."""

EXPERTS = replace(SINGLE, conflicted=("expert2",))
SILENT, HANDED_IN = ("expert5",), "expert4"
SCORED = {"expert1": 3, "expert3": len(ROWS), HANDED_IN: len(ROWS)}
"""How many sheets they have finished; who has not finished all has begun the next one."""


def planned(rows: tuple[Row, ...], asked: Sequence[int] = ASKED) -> list[PlannedApplication]:
    """asked: fen, over and over. Of two with the same points the first gets more for the need."""
    points = [one[3] for one in rows]
    return [
        PlannedApplication(
            at, one := ORGANIZATIONS[place], title, kind, one.region, fen, 0, mark, "IN_REVIEW",
            tilt=2 if mark and mark in points[at + 1 :] else 0,
        )
        for at, ((place, title, kind, mark), fen) in enumerate(zip(rows, cycle(asked)))
    ]  # fmt: skip


def closed_round(
    code: str, title: str, closed: datetime, rows: list[PlannedApplication], **more: Any
) -> tuple[Round, list[Application]]:
    """Publish a small round, hand its applications in and close it at `closed`."""
    opens, starts_on = closed - timedelta(days=21, hours=8), closed.date() + timedelta(days=65)
    round = publish_round(
        code, title, drafted=opens - timedelta(days=12), published=opens - timedelta(days=5), opens=opens,
        closes=closed, starts_on=starts_on, ends_on=starts_on + timedelta(days=360), **more,
    )  # fmt: skip
    made = [hand_in(round, one, opens + timedelta(days=2, hours=one.position)) for one in rows]
    with clock.at(closed + timedelta(minutes=1)):
        calls.close_due()
        calls.mark_stage(round, "SCREENING")
    return round, made


ABILITY = (
    "资助社会组织培养自己的骨干：带教、跟岗、实务培训和案例整理。每项不超过 2 万元，服务期约 12 个月，分三期拨款。"
)
MUTUAL = "资助居民身边的互助小项目：结对、值守、课堂和辅具借用。每项不超过 2 万元，服务期约 12 个月，分三期拨款。"
AUTUMN = (
    "资助社会组织在秋冬两季做为老、助残、儿童青少年和社区治理服务。每项不超过 4 万元，服务期约 12 个月，分三期拨款。"
)
SMALL: dict[str, Any] = {"money": {"LOTTERY": 90_000_00}, "ceiling": 20_000_00}
LARGE: dict[str, Any] = {"money": {"LOTTERY": 150_000_00, "FISCAL": 50_000_00}, "ceiling": 40_000_00}


def screen_all(rows: list[Application]) -> None:
    for one in rows:
        applications.screen_pass(one, by=person("officer"), note="资料齐全（演示）")


def load_ranked(say: Say) -> None:
    """M2026: scored by five experts and sealed some days ago; the meeting comes next."""
    today = clock.today()
    closed = at_hour(today - timedelta(days=26), 17)
    plan = planned(TO_DECIDE, ASKED_THERE)
    round, rows = closed_round(
        "M2026", "镇海区2026年公益创投秋季专场（演示）", closed, plan, summary=AUTUMN, number=65, **LARGE
    )
    with clock.at(closed + timedelta(days=8)):
        screen_all(rows)
    by_title = {(one.organization.name, one.title): one for one in plan}
    marks = Marks(by_title, wide=TO_DECIDE[7][1], leanings=(1, 3, -6, 2, -3))
    count = review_group(round, SINGLE, rows, at_hour(today - timedelta(days=13), 9), marks)
    say(f"M2026 待开会，评分表 {count}")


def load_screening(say: Say) -> None:
    """K2026: closed some days ago; nobody has looked at its applications yet."""
    closed = at_hour(clock.today() - timedelta(days=4), 17)
    _round, rows = closed_round(
        "K2026",
        "镇海区2026年邻里互助小额项目（演示）",
        closed,
        planned(TO_SCREEN),
        summary=MUTUAL,
        number=75,
        **SMALL,
    )
    say(f"K2026 待资格审查 {len(rows)}")


def load_panel_at_work(say: Say) -> None:
    """N2026: closed a while ago, screened, with its experts now."""
    today = clock.today()
    closed = at_hour(today - timedelta(days=20), 17)
    round, rows = closed_round(
        "N2026",
        "镇海区2026年社会组织能力建设专场（演示）",
        closed,
        planned(ROWS),
        summary=ABILITY,
        number=67,
        **SMALL,
    )
    with clock.at(closed + timedelta(days=10)):
        screen_all(rows)
    secretary = person("secretary")
    with clock.at(at_hour(today - timedelta(days=3), 10)):
        panel = seated(round, EXPERTS, at_hour(today + timedelta(days=7), 17))
        review.enter(panel, rows, by=secretary)
        review.assign(panel, by=secretary)
        review.open_panel(panel, by=secretary)
    with clock.at(at_hour(today - timedelta(days=1), 9)):
        declare_all(panel, EXPERTS, SILENT)
    with clock.at(at_hour(today - timedelta(days=1), 14)):
        count = score_some(panel)
    say(f"N2026 评审进行中，评分表 {count}")


def score_some(panel: Panel) -> int:
    plan = {(one.organization.name, one.title): one for one in planned(ROWS)}
    marks = Marks(plan, criteria=queries.criteria_of(panel))
    for seat, name in enumerate(EXPERTS.experts):
        member = panel.members.get(user=person(name))
        mine = dossiers_of(member)
        done = SCORED.get(name, 0)
        for one in mine[:done]:
            points = marks.points(one.candidacy.application, seat)
            review.score(one, points=points, comment=comment(one, seat), by=member.user)
        if name == HANDED_IN:
            review.submit_all(member, by=member.user)
        elif 0 < done < len(ROWS):
            points = marks.points(mine[done].candidacy.application, seat)
            begun = {one.code: points[one.code] for one in marks.criteria[:2]}
            review.save_scores(mine[done], points=begun, comment="", by=member.user)
    return sum(SCORED.values())
