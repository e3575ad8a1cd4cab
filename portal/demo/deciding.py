"""The panel, the meeting, the publicity and the approval of the demo's decided round."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from grants.applications import commands as applications
from grants.applications.models import Application
from grants.awards import commands as awards
from grants.awards.models import Award, Resolution
from grants.calls import commands as calls
from grants.calls.models import Round
from grants.publicity import commands as publicity
from grants.review import commands as review
from grants.review.models import Assignment, Conflict, Panel, PanelMember
from portal import clock, periods
from portal.demo.applying import hand_in
from portal.demo.base import Say, moment, person
from portal.demo.organizations import ORGANIZATIONS
from portal.demo.plan import PlannedApplication, r2026
from portal.demo.rounds import at_hour, publish_round

EXPERTS = ("expert1", "expert2", "expert3", "expert4", "expert5")
SUBSTITUTE = "expert6"
LEANINGS = {"expert1": 0, "expert2": 2, "expert3": -2, "expert4": 1, "expert5": -1, "expert6": 0}
"""Points that an expert gives above or below the plan, the same for every dossier."""

COMMENT = "需求依据清楚，服务对象明确，活动安排与预算对应；建议把满意度的测量办法写得更具体，并说明志愿者的培训安排。"


Plan = dict[tuple[str, str], PlannedApplication]


def planned() -> Plan:
    return {(one.organization.name, one.title): one for one in r2026()}


def load_review(say: Say) -> None:
    count = review_round(Round.objects.get(code="R2026"), moment("2026-03-09 09:00"), planned(), "expert5")
    say(f"评分表 {count}，评审汇总已封存")


def review_round(round: Round, start: datetime, plan: Plan, conflicted: str) -> int:
    """Run one panel of five and a substitute to its sealed summary in ten days; return the number of sheets.

    conflicted: the expert who declares a conflict with one applicant; the substitute takes over.
    """
    secretary, due_at = person("secretary"), start + timedelta(days=10)
    with clock.at(start):
        calls.mark_stage(round, "REVIEW")
        panel = review.make_panel(round, name="综合组", due_at=due_at, by=secretary)
        for username in EXPERTS:
            review.seat(panel, person(username), by=secretary)
        review.seat(panel, person(SUBSTITUTE), by=secretary, is_substitute=True)
        review.enter(panel, Application.objects.screened(round), by=secretary)
        review.assign(panel, by=secretary)
        review.open_panel(panel, by=secretary)
    organizations = sorted(set(panel.candidacies.values_list("application__organization", flat=True)))
    with clock.at(start + timedelta(days=1)):
        for member in panel.members.select_related("user"):
            answers = dict.fromkeys(organizations, "NONE")
            if member.user.username == conflicted:
                answers[organizations[-1]] = "CONFLICT"
            review.declare(member, answers, by=member.user)
        substitute = panel.members.get(is_substitute=True)
        for conflict in Conflict.objects.filter(member__panel=panel):
            review.substitute(conflict, substitute, by=secretary)
    with clock.at(start + timedelta(days=7)):
        count = score_all(panel, plan)
    with clock.at(due_at + timedelta(minutes=1)):
        review.lock(panel, by=secretary)
        review.seal(panel, by=secretary)
    return count


def score_all(panel: Panel, plan: Plan) -> int:
    count = 0
    for member in PanelMember.objects.filter(panel=panel).select_related("user"):
        rows = Assignment.objects.active().without_conflict().filter(member=member)
        mine = list(rows.select_related("candidacy__application__organization"))
        for one in mine:
            wanted = plan[one.candidacy.application.organization.name, one.candidacy.application.title].points
            points = spread(panel, wanted + LEANINGS[member.user.username])
            review.score(one, points=points, comment=COMMENT, by=member.user)
        if mine:
            review.submit_all(member, by=member.user)
        count += len(mine)
    return count


def spread(panel: Panel, total: int) -> dict[str, str]:
    """Return points per criterion that add up to `total` of 100, whole points, the last one takes the rest."""
    criteria = list(panel.round.criteria.filter(stage="PAPER"))
    points = {one.code: one.max_points * total // 100 for one in criteria}
    missing = total - sum(points.values())
    for one in criteria:
        more = min(missing, one.max_points - points[one.code])
        points[one.code] += more
        missing -= more
    return {code: str(value) for code, value in points.items()}


def load_decision(say: Say) -> None:
    """The meeting follows the ranking; 37 proposed, 4 in reserve; five working days of publicity; approved."""
    round = Round.objects.get(code="R2026")
    ranked = Panel.objects.get(round=round).ranking.rows
    by_pk = {one.pk: one for one in Application.objects.screened(round).select_related("organization")}
    with clock.at(moment("2026-03-30 15:00")):
        calls.mark_stage(round, "DECISION")
        resolution = meet(
            round, [by_pk[row["application"]] for row in ranked], date(2026, 3, 30), "镇民会纪〔2026〕3号"
        )
    publish_list(round, resolution, moment("2026-03-31 09:00"))
    with clock.at(moment("2026-04-10 00:05")):
        publicity.end_due()
    with clock.at(moment("2026-04-13 10:00")):
        for award in resolution.awards.filter(status="PROPOSED").order_by("position"):
            awards.confirm(award, document_number="镇民〔2026〕21号", by=person("leader"))
        calls.mark_stage(round, "CONTRACTING")
    say(f"立项 {Award.objects.filter(round=round, status='APPROVED').count()}")


def meet(round: Round, ranked: list[Application], met_on: date, number: str) -> Resolution:
    """Enter the meeting's list in the order of the ranking and have the leader record it."""
    plan = planned()
    verdicts = {"CONTRACTED": "PROPOSED", "RESERVE": "RESERVE"}
    items: list[Any] = []
    for one in ranked:
        wish = plan.get((one.organization.name, one.title))
        verdict = verdicts.get(wish.outcome, "NOT_PROPOSED") if wish else "PROPOSED"
        granted = wish.granted if wish else one.amount_requested
        amount = {"PROPOSED": granted, "RESERVE": one.amount_requested}.get(verdict, 0)
        items.append(awards.Item(application=one, verdict=verdict, amount=amount))
    resolution = awards.draft_resolution(
        round, kind="PARTY_GROUP", met_on=met_on, minutes_number=number,
        attendees="演示分管领导、演示科长、演示局财务、演示监督员", items=items, by=person("officer"),
    )  # fmt: skip
    return awards.record_resolution(resolution, by=person("leader"))


def publish_list(round: Round, resolution: Resolution, at: Any) -> None:
    with clock.at(at):
        calls.mark_stage(round, "PUBLICITY")
        made = awards.publicise(resolution, by=person("officer"), first_day=at.date())
        publicity.start(made, by=person("head"))


def load_objected_round(say: Say) -> None:
    """R2026C: one project in publicity on the day the demo is built, with one objection waiting."""
    first = clock.today()
    while not periods.is_working_day(first):
        first -= timedelta(days=1)
    start = first - timedelta(days=70)
    round = publish_round(
        "R2026C", "镇海区2026年公益创投应急专场（演示）",
        drafted=at_hour(start - timedelta(days=9), 10), published=at_hour(start - timedelta(days=2), 9),
        opens=at_hour(start, 9), closes=at_hour(start + timedelta(days=20), 17),
        starts_on=first + timedelta(days=30), ends_on=first + timedelta(days=300), money={"LOTTERY": 60_000_00},
    )  # fmt: skip
    only = PlannedApplication(
        0,
        ORGANIZATIONS[8],
        "静远认知障碍家庭喘息服务",
        "助残",
        ORGANIZATIONS[8].region,
        38_500_00,
        38_500_00,
        86,
        "PROPOSED",
    )
    application = hand_in(round, only, at_hour(start + timedelta(days=3), 10))
    closed = start + timedelta(days=21)
    with clock.at(at_hour(closed, 0)):
        calls.close_due()
    with clock.at(at_hour(closed + timedelta(days=4), 10)):
        applications.screen_pass(application, by=person("officer"), note="资料齐全（演示）")
    review_round(round, at_hour(closed + timedelta(days=6), 9), {(only.organization.name, only.title): only}, "")
    with clock.at(at_hour(first - timedelta(days=3), 15)):
        resolution = meet(round, [application], (first - timedelta(days=3)), "镇民会纪〔2026〕19号")
    publish_list(round, resolution, at_hour(first, 9))
    with clock.at(at_hour(first, 10)):
        publicity.object_to(
            Resolution.objects.get(pk=resolution.pk).publicity, row=first_row(resolution),
            kind="DUPLICATE", facts="该单位同类服务已由街道购买，请核实是否重复资助同一批家庭（演示异议）。",
            is_named=True, name="演示居民", phone="19900000001",
        )  # fmt: skip
    say("R2026C 公示中，异议 1 件")


def first_row(resolution: Resolution) -> Any:
    return Resolution.objects.get(pk=resolution.pk).publicity.rows.first()
