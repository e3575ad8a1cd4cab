"""The meeting, the publicity and the approval of the demo's decided round."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from grants.applications import commands as applications
from grants.applications.models import Application
from grants.awards import commands as awards
from grants.awards.models import Award, Resolution
from grants.calls import commands as calls
from grants.calls.models import Round
from grants.publicity import commands as publicity
from grants.review import queries
from portal import clock, periods
from portal.demo.applying import hand_in
from portal.demo.base import Say, moment, person
from portal.demo.organizations import ORGANIZATIONS
from portal.demo.plan import PlannedApplication
from portal.demo.reviewing import SINGLE, Marks, planned, review_group
from portal.demo.rounds import at_hour, publish_round

URGENT = "资助社会组织解决照护者急难愁盼的问题，每项不超过 5 万元，服务期约 9 个月，分三期拨款。"
Plan = dict[tuple[str, str], PlannedApplication]


def load_decision(say: Say) -> None:
    """The meeting follows the ranking; 37 proposed, 4 in reserve; five working days of publicity; approved."""
    round = Round.objects.get(code="R2026")
    ranked = queries.final_rows(round)
    by_pk = {one.pk: one for one in Application.objects.screened(round).select_related("organization")}
    with clock.at(moment("2026-03-30 15:00")):
        calls.mark_stage(round, "DECISION")
        rows = [by_pk[row["application"]] for row in ranked]
        resolution = meet(round, rows, planned(), date(2026, 3, 30), "镇民会纪〔2026〕3号")
    publish_list(round, resolution, moment("2026-03-31 09:00"), "镇民公示〔2026〕4号")
    with clock.at(moment("2026-04-10 00:05")):
        publicity.end_due()
    with clock.at(moment("2026-04-13 10:00")):
        for award in resolution.awards.filter(status="PROPOSED").order_by("position"):
            awards.confirm(award, document_number="镇民〔2026〕21号", by=person("leader"))
        calls.mark_stage(round, "CONTRACTING")
    say(f"立项 {Award.objects.filter(round=round, status='APPROVED').count()}")


def meet(round: Round, ranked: list[Application], plan: Plan, met_on: date, number: str) -> Resolution:
    """Enter the meeting's list in the order of the ranking and have the leader record it."""
    verdicts = {"CONTRACTED": "PROPOSED", "RESERVE": "RESERVE"}
    items: list[Any] = []
    for one in ranked:
        wish = plan[one.organization.name, one.title]
        verdict = verdicts.get(wish.outcome, "NOT_PROPOSED")
        granted = wish.granted
        amount = {"PROPOSED": granted, "RESERVE": one.amount_requested}.get(verdict, 0)
        items.append(awards.Item(application=one, verdict=verdict, amount=amount))
    resolution = awards.draft_resolution(
        round, kind="PARTY_GROUP", met_on=met_on, minutes_number=number,
        attendees="演示分管领导、演示科长、演示局财务、演示监督员", items=items, by=person("officer"),
    )  # fmt: skip
    return awards.record_resolution(resolution, by=person("leader"))


def publish_list(round: Round, resolution: Resolution, at: Any, number: str) -> None:
    with clock.at(at):
        calls.mark_stage(round, "PUBLICITY")
        made = awards.publicise(resolution, by=person("officer"), first_day=at.date(), document_number=number)
        publicity.start(made, by=person("head"))


ONLY = PlannedApplication(
    0, ORGANIZATIONS[8], "金华社区照护者周末喘息驿站", "助残", ORGANIZATIONS[8].region, 38_500_00, 38_500_00, 86, "CONTRACTED"
)  # fmt: skip
ONLY_PLAN = {(ONLY.organization.name, ONLY.title): ONLY}


def publicised_on() -> date:
    """Return the first day of R2026C's publicity: its list and objection lie behind us."""
    first = (clock.now().astimezone(clock.ZONE) - timedelta(hours=10)).date()
    while not periods.is_working_day(first):
        first -= timedelta(days=1)
    return first


def load_urgent_round(say: Say) -> None:
    """R2026C: one application, handed in, screened and scored."""
    first = publicised_on()
    start = first - timedelta(days=70)
    round = publish_round(
        "R2026C", "镇海区2026年公益创投应急专场（演示）",
        drafted=at_hour(start - timedelta(days=9), 10), published=at_hour(start - timedelta(days=2), 9),
        opens=at_hour(start, 9), closes=at_hour(start + timedelta(days=20), 17),
        starts_on=first + timedelta(days=30), ends_on=first + timedelta(days=300), money={"LOTTERY": 60_000_00},
        number=52, summary=URGENT,
    )  # fmt: skip
    application = hand_in(round, ONLY, at_hour(start + timedelta(days=3), 10))
    closed = start + timedelta(days=21)
    with clock.at(at_hour(closed, 0)):
        calls.close_due()
    with clock.at(at_hour(closed + timedelta(days=4), 10)):
        applications.screen_pass(application, by=person("officer"), note="资料齐全（演示）")
    review_group(round, SINGLE, [application], at_hour(closed + timedelta(days=6), 9), Marks(ONLY_PLAN))
    say("R2026C 评审结束")


def load_objected_round(say: Say) -> None:
    """R2026C: its project is in publicity on the day the demo is built, with one objection waiting."""
    first, round = publicised_on(), Round.objects.get(code="R2026C")
    with clock.at(at_hour(first - timedelta(days=3), 15)):
        resolution = meet(
            round, list(round.applications.all()), ONLY_PLAN, first - timedelta(days=3), "镇民会纪〔2026〕19号"
        )
    publish_list(round, resolution, at_hour(first, 9), f"镇民公示〔{first.year}〕17号")
    with clock.at(at_hour(first, 10)):
        publicity.object_to(
            Resolution.objects.get(pk=resolution.pk).publicity, row=first_row(resolution),
            kind="DUPLICATE", facts="该单位同类服务已由街道购买，请核实是否重复资助同一批家庭（演示异议）。",
            is_named=True, name="演示居民", phone="19900000001",
        )  # fmt: skip
    say("R2026C 公示中，异议 1 件")


def first_row(resolution: Resolution) -> Any:
    return Resolution.objects.get(pk=resolution.pk).publicity.rows.first()
