"""A panel at work on whatever day the demo is built: one expert is half through, one has handed in, one is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from grants.applications import commands as applications
from grants.calls import commands as calls
from grants.review import commands as review
from grants.review import queries
from grants.review.models import Panel
from portal import clock
from portal.demo.applying import hand_in
from portal.demo.base import Say, person
from portal.demo.organizations import ORGANIZATIONS
from portal.demo.plan import PlannedApplication
from portal.demo.reviewing import COMMENT, SINGLE, Marks, declare_all, dossiers_of, seated
from portal.demo.rounds import at_hour, publish_round

ASKED = 18_000_00
ROWS = (
    (7, "残疾人居家就业微工坊", "助残", 88),
    (8, "认知障碍照护者互助学堂", "助残", 84),
    (10, "社区议事员成长营", "社区治理与其他公益", 81),
    (11, "高校志愿者助老培训班", "为老", 86),
    (12, "护河志愿队巡护能力提升", "社区治理与其他公益", 77),
    (16, "乡村阅读点管理员培训", "儿童青少年", 79),
)
"""Of each application: its organization's place in domain § 11.5 from 0, title, category, points."""

EXPERTS = replace(SINGLE, conflicted=("expert2",))
SILENT = ("expert5",)
SCORED = {"expert1": 3, "expert3": 1, "expert4": len(ROWS)}
"""How many sheets they have finished; who has not finished all has begun the next one."""


def planned() -> list[PlannedApplication]:
    return [
        PlannedApplication(at, one := ORGANIZATIONS[place], title, kind, one.region, ASKED, 0, points, "IN_REVIEW")
        for at, (place, title, kind, points) in enumerate(ROWS)
    ]


def load_panel_at_work(say: Say) -> None:
    """N2026, beside the three rounds of decision 0.19: closed a while ago, screened, with its experts now."""
    today = clock.today()
    opens, closed = at_hour(today - timedelta(days=41), 9), at_hour(today - timedelta(days=20), 17)
    round = publish_round(
        "N2026", "镇海区2026年社会组织能力建设专场（演示）",
        drafted=opens - timedelta(days=12), published=opens - timedelta(days=5), opens=opens, closes=closed,
        starts_on=today + timedelta(days=45), ends_on=today + timedelta(days=345),
        money={"LOTTERY": 90_000_00}, ceiling=20_000_00,
    )  # fmt: skip
    rows = [hand_in(round, one, opens + timedelta(days=2, hours=one.position)) for one in planned()]
    with clock.at(closed + timedelta(minutes=1)):
        calls.close_due()
        calls.mark_stage(round, "SCREENING")
    with clock.at(closed + timedelta(days=10)):
        for one in rows:
            applications.screen_pass(one, by=person("officer"), note="资料齐全（演示）")
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
    plan = {(one.organization.name, one.title): one for one in planned()}
    marks = Marks(plan, criteria=queries.criteria_of(panel))
    for seat, name in enumerate(EXPERTS.experts):
        member = panel.members.get(user=person(name))
        mine = dossiers_of(member)
        done = SCORED.get(name, 0)
        for one in mine[:done]:
            points = marks.points(one.candidacy.application, seat)
            review.score(one, points=points, comment=COMMENT, by=member.user)
        if done == len(ROWS):
            review.submit_all(member, by=member.user)
        elif done:
            points = marks.points(mine[done].candidacy.application, seat)
            begun = {one.code: points[one.code] for one in marks.criteria[:2]}
            review.save_scores(mine[done], points=begun, comment="", by=member.user)
    return sum(SCORED.values())
