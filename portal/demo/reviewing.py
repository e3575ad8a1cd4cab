"""Panels of the demo: seated, declared, scored, sealed; the short list and the defence of R2026."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from grants.applications.models import Application
from grants.calls import commands as calls
from grants.calls.models import Criterion, Round
from grants.review import commands as review
from grants.review import queries
from grants.review.models import Assignment, Conflict, Panel, PanelMember, Slot
from portal import clock
from portal.demo.base import Say, moment, person
from portal.demo.plan import PlannedApplication, r2026

WIDE = {1: 12, 2: -15}
"""What the second and the third expert add on the one dossier that they see differently: the spread alarm."""

COMMENTS = (
    "需求依据清楚，服务对象明确，活动安排与预算对应；建议把满意度的测量办法写得更具体，并说明志愿者的培训安排。",
    "走访和问卷的数据能支持需求判断，服务频次合理；预算中物资单价偏高，建议按市场询价核减后执行，节省部分用于增加服务次数。",
    "方案步骤清楚，分工到人，风险有预案；创新之处不多，希望结合社区现有场地和队伍，减少重复投入，并写清与已有服务的区别。",
    "服务对象找得准，与社区网格衔接好；中期指标偏保守，建议把受益人数和服务次数分月列出，便于中期检查时对照，也便于及时调整安排。",
    "团队有同类项目经验，进度安排可行；自筹和后续安排写得简单，请说明结项以后由谁继续服务、经费从哪里来。",
    "活动设计贴近居民，预算与内容一致；满意度和改善程度的测量没有基线，建议开始服务前先做一次调查，结项时用同样的问题再问一次。",
    "目标可以衡量，专业方法恰当；志愿者的招募和保险没有写明，签约前请补充，以免影响服务开展；应急联系人和保险凭证也请一并备案。",
)
"""Each of fifty characters and more, as a total under 60 asks for; a dossier's five differ."""
NOTE = "评审组复核了离散大的项目：两位专家对服务对象人数的理解不同，评分均按规则计入，去掉最高和最低分（演示）。"
ROOM = "区社会组织服务中心 201 室（演示）"


@dataclass(frozen=True)
class Group:
    """Experts and their substitute by user name. conflicted: who declares one conflict; declining: leaves late."""

    name: str
    experts: tuple[str, ...]
    substitute: str
    conflicted: tuple[str, ...] = ()
    declining: str = ""
    stage: str = "PAPER"


@dataclass
class Marks:
    """What the experts give: points of a dossier by (organization, title); wide: the title judged differently.

    leanings: points that each expert gives above or below the plan, the same for every dossier.
    """

    plan: dict[tuple[str, str], PlannedApplication]
    wide: str = ""
    leanings: tuple[int, ...] = (0, 2, -2, 1, -1)
    criteria: list[Criterion] = field(default_factory=list)

    def points(self, application: Application, seat: int) -> dict[str, str]:
        one = self.plan[application.organization.name, application.title]
        total = one.points + self.leanings[seat % len(self.leanings)]
        if application.title == self.wide and self.criteria[0].stage == "PAPER":
            total += WIDE.get(seat, 0)
        return spread(self.criteria, total, one.tilt)


FIRST = Group(
    "第一组", tuple(f"expert{n}" for n in range(1, 6)), "expert6", conflicted=("expert2", "expert4", "expert5")
)
SECOND = Group("第二组", tuple(f"expert{n}" for n in range(7, 12)), "expert12", declining="expert11")
DEFENCE = Group("答辩组", ("expert1", "expert3", "expert7", "expert8", "expert9"), "expert13", stage="DEFENCE")
SINGLE = Group("综合组", FIRST.experts, FIRST.substitute)


def planned() -> dict[tuple[str, str], PlannedApplication]:
    return {(one.organization.name, one.title): one for one in r2026()}


def load_review(say: Say) -> None:
    """The paper review in two groups, and the short list over both."""
    round = Round.objects.get(code="R2026")
    rows = list(Application.objects.screened(round).order_by("number"))
    plan = planned()
    marks = Marks(plan, wide=next(one.title for one in plan.values() if one.outcome == "RESERVE"))
    start = moment("2026-03-09 09:00")
    count = sum(review_group(round, group, rows[at::2], start, marks) for at, group in enumerate((FIRST, SECOND)))
    with clock.at(moment("2026-03-20 10:00")):
        made = review.cut_shortlist(round, by=person("secretary"))
    say(f"初评评分表 {count}，入围 {sum(row['is_in'] for row in made.rows)}")


def load_defence(say: Say) -> None:
    """Two days of defences, one project stays away; the final ranking is sealed."""
    round = Round.objects.get(code="R2026")
    secretary, plan = person("secretary"), planned()
    due_at = moment("2026-03-26 12:00")
    with clock.at(moment("2026-03-20 11:00")):
        panel = seated(round, DEFENCE, due_at)
        rows = list(queries.unscheduled(round))
        halves = [moment(f"2026-03-{day} {hour}") for day in (24, 25) for hour in ("09:00", "13:30")]
        size = -(-len(rows) // len(halves))
        for at, begin in enumerate(halves):
            part = rows[at * size : (at + 1) * size]
            review.schedule(panel, part, starts_at=begin, minutes=12, room=ROOM, by=secretary)
        review.assign(panel, by=secretary)
        review.open_panel(panel, by=secretary)
    with clock.at(moment("2026-03-23 09:00")):
        declare_all(panel, DEFENCE)
        replace_all(panel)
    for slot in Slot.objects.filter(panel=panel).select_related("candidacy__application__organization"):
        app = slot.candidacy.application
        if plan[app.organization.name, app.title].outcome == "DEFENCE_ABSENT":
            with clock.at(slot.starts_at + timedelta(minutes=11)):
                review.miss(slot, by=secretary)
        else:
            with clock.at(slot.starts_at - timedelta(minutes=5)):
                review.attend(slot, by=secretary)
    with clock.at(moment("2026-03-25 17:00")):
        count = score_all(panel, Marks(plan))
    finish(panel, due_at)
    say(f"答辩评分表 {count}，最终排名已封存")


def review_group(round: Round, group: Group, rows: Iterable[Application], start: datetime, marks: Marks) -> int:
    """Run one panel to its sealed summary in ten days; return the number of sheets."""
    due_at = start + timedelta(days=10)
    secretary = person("secretary")
    with clock.at(start):
        calls.mark_stage(round, "REVIEW")
        panel = seated(round, group, due_at)
        review.enter(panel, rows, by=secretary)
        review.assign(panel, by=secretary)
        review.open_panel(panel, by=secretary)
    with clock.at(start + timedelta(days=1)):
        declare_all(panel, group)
        replace_all(panel)
    if group.declining:
        with clock.at(start + timedelta(days=4)):
            leaving = panel.members.get(user=person(group.declining))
            review.decline(leaving, reason="临时参加上级督查，不能完成评审（演示）。", by=leaving.user)
            review.step_in(leaving, panel.members.get(is_substitute=True), by=secretary)
    with clock.at(start + timedelta(days=7)):
        count = score_all(panel, marks)
    finish(panel, due_at)
    return count


def seated(round: Round, group: Group, due_at: datetime) -> Panel:
    secretary = person("secretary")
    panel = review.make_panel(round, name=group.name, stage=group.stage, due_at=due_at, by=secretary)
    for username in group.experts:
        review.seat(panel, person(username), by=secretary)
    review.seat(panel, person(group.substitute), by=secretary, is_substitute=True)
    return panel


def declare_all(panel: Panel, group: Group, silent: tuple[str, ...] = ()) -> None:
    """Everybody but `silent` answers for every applicant; a conflict is with the applicants of the fewest dossiers."""
    organizations = list(queries.organizations_to_declare(panel).values_list("pk", flat=True))
    here = Counter(panel.dossiers.order_by("pk").values_list("application__organization", flat=True))
    rare = sorted(here, key=lambda pk: (here[pk], pk))
    mine = dict(zip(group.conflicted, rare, strict=False))
    for member in panel.members.exclude(user__username__in=silent).select_related("user"):
        answers = dict.fromkeys(organizations, "NONE")
        if member.user.username in mine:
            answers[mine[member.user.username]] = "CONFLICT"
        review.declare(member, answers, by=member.user)


def replace_all(panel: Panel) -> None:
    substitute = panel.members.get(is_substitute=True)
    for conflict in Conflict.objects.filter(member__panel=panel).order_by("pk"):
        held = Assignment.objects.active().filter(member=substitute, candidacy=conflict.candidacy)
        if not held.exists():
            review.substitute(conflict, substitute, by=person("secretary"))


def score_all(panel: Panel, marks: Marks) -> int:
    count = 0
    marks.criteria = queries.criteria_of(panel)
    members = list(PanelMember.objects.filter(panel=panel).select_related("user").order_by("pk"))
    seats = {member.pk: at for at, member in enumerate(members)}
    left = Assignment.objects.filter(member__panel=panel, removed_at__isnull=False)
    replaced = dict(left.values_list("candidacy_id", "member_id"))
    for member in members:
        mine = dossiers_of(member)
        for one in mine:
            # A substitute gives what the expert would have given, so that the means stay those of the plan.
            seat = seats[replaced.get(one.candidacy_id, member.pk) if member.is_substitute else member.pk]
            points = marks.points(one.candidacy.application, seat)
            review.score(one, points=points, comment=comment(one, seat), by=member.user)
        if mine:
            review.submit_all(member, by=member.user)
        count += len(mine)
    return count


def comment(assignment: Assignment, seat: int) -> str:
    return COMMENTS[(assignment.candidacy_id + seat) % len(COMMENTS)]


def dossiers_of(member: PanelMember) -> list[Assignment]:
    rows = Assignment.objects.active().without_conflict().filter(member=member)
    return list(rows.select_related("candidacy__application__organization", "member__panel"))


def finish(panel: Panel, due_at: datetime) -> None:
    with clock.at(due_at + timedelta(minutes=1)):
        review.lock(panel, by=person("secretary"))
        panel.refresh_from_db()
        note = NOTE if any(row.is_wide for row in queries.ranking(panel)) else ""
        review.seal(panel, note=note, by=person("secretary"))


def spread(criteria: list[Any], total: int, tilt: int = 0) -> dict[str, str]:
    """Return whole points per criterion that add up to `total` of 100. tilt: points moved from the last to the first."""
    points = {one.code: one.max_points * total // 100 for one in criteria}
    missing = total - sum(points.values())
    for one in criteria:
        more = min(missing, one.max_points - points[one.code])
        points[one.code] += more
        missing -= more
    points[criteria[0].code] += tilt
    points[criteria[-1].code] -= tilt
    return {code: str(value) for code, value in points.items()}
