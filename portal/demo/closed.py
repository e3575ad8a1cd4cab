"""R2025: eighteen small projects of the year before, paid at once, finished, audited and closed."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from grants.agreements import commands as agreements
from grants.applications import commands as applications
from grants.audits import commands as audits
from grants.awards import commands as awards
from grants.awards.models import Award
from grants.calls import commands as calls
from grants.calls.models import Round
from grants.funds import commands as ledger
from grants.funds.models import FundSource
from grants.publicity import commands as publicity
from portal import clock
from portal.demo.applying import hand_in
from portal.demo.base import Say, moment, person, region
from portal.demo.deciding import meet, publish_list
from portal.demo.plan import CLOSED, r2025
from portal.demo.reviewing import Group, Marks, review_group
from portal.demo.rounds import publish_round
from portal.demo.running import accept, ask, bank, evaluate, hold, receipts, report, running, sign, spend, walk

MONEY = 200_000_00
DAYS = ((date(2025, 4, 26),), (date(2025, 5, 17), date(2025, 8, 16)), (date(2025, 9, 20),))
"""When the lines of a small plan take place."""

JURY = Group("评审组", ("expert14", "expert15", "expert16"), "expert17")


def load_last_year(say: Say) -> None:
    """From the call to 18 approved awards."""
    ledger.appropriate_budget(
        FundSource.objects.get(code="LOTTERY"), 2025, MONEY, "镇财指〔2025〕1号", by=person("bureau-finance"),
        approved_by=person("leader"), effective_date=date(2025, 1, 9),
    )  # fmt: skip
    round = publish_round(
        "R2025", "镇海区2025年公益创投微项目（演示）",
        drafted=moment("2025-01-13 10:00"), published=moment("2025-01-16 09:30"),
        opens=moment("2025-02-05 09:00"), closes=moment("2025-02-25 17:00"),
        starts_on=date(2025, 4, 10), ends_on=date(2025, 11, 10), money={"LOTTERY": MONEY}, year=2025, experts=3,
        summary="资助社会组织为社区办小事：扶手、坡道、路灯、理发和议事。每项不超过 1 万元，服务期 6 至 8 个月，签约后一次拨款。",
        ceiling=10_000_00, tranches=[(100, "agreement")],
    )  # fmt: skip
    officer = person("officer")
    made = []
    for one in r2025():
        made.append(
            hand_in(round, one, moment("2025-02-06 09:00") + timedelta(hours=6 * one.position), line(one.asked))
        )
    with clock.at(moment("2025-02-25 17:01")):
        calls.close_due()
    with clock.at(moment("2025-02-28 10:00")):
        for application in made:
            applications.screen_pass(application, by=officer, note="资料齐全（演示）")
    plan = {(one.organization.name, one.title): one for one in r2025()}
    review_group(round, JURY, made, moment("2025-03-03 09:00"), Marks(plan))
    decide(round, made, plan)
    say(f"R2025 立项 {len(made)}")


def line(asked: int) -> list[dict[str, Any]]:
    """Return a budget of one line."""
    return [
        {
            "category": "B1", "item": "活动物资和场地", "unit_price": asked, "unit": "项", "quantity": Decimal(1),
            "times": 1, "source": "GRANT", "basis": "按活动计划测算",
        }
    ]  # fmt: skip


def decide(round: Round, made: list[Any], plan: Any) -> None:
    with clock.at(moment("2025-03-17 15:00")):
        resolution = meet(round, made, plan, date(2025, 3, 17), "镇民会纪〔2025〕3号")
    publish_list(round, resolution, moment("2025-03-18 09:00"), "镇民公示〔2025〕3号")
    with clock.at(moment("2025-03-27 00:05")):
        publicity.end_due()
    with clock.at(moment("2025-03-27 10:00")):
        for award in resolution.awards.filter(status="PROPOSED").order_by("position"):
            awards.confirm(award, document_number="镇民〔2025〕21号", by=person("leader"))


def load_closed(say: Say) -> None:
    """Their year: agreement, one payment, the activities, one voucher, mid-term, final, audit, closing."""
    rows = list(Award.objects.filter(round__code="R2025", status="APPROVED").order_by("position"))
    for award in rows:
        with clock.at(moment("2025-03-28 09:00")):
            agreement = agreements.draft_agreement(award, person("officer"))
        sign(agreement, award.organization_id, moment("2025-04-01 09:00"))
    projects = running(code="R2025")
    asked = moment("2025-04-07 10:00")
    paid = walk([ask(one, 1, asked) for one in projects], asked)
    bank(paid, moment("2025-04-14 16:00"))
    receipts(paid, moment("2025-04-16 10:00"))
    for number, project in enumerate(projects):
        hold(project, DAYS, (0, 0, 0), (1, 1, 0), number)
        with clock.at(moment("2025-06-20 10:00")):
            spend(project, project.amount, date(2025, 6, 10))
        evaluate(accept(report(project, "MIDTERM", moment("2025-07-14 10:00")), moment("2025-07-16 10:00")), 84,
                 moment("2025-07-25 15:00"))  # fmt: skip
        hold(project, DAYS, (1, 1, 0), (1, 2, 1), number)
        evaluate(accept(report(project, "FINAL", moment("2025-11-12 10:00")), moment("2025-11-14 10:00")), 86,
                 moment("2025-11-24 15:00"))  # fmt: skip
    audit(projects)
    with clock.at(moment("2025-12-22 10:00")):
        for project in projects:
            agreements.close(project, person("officer"))
        calls.mark_stage(Round.objects.get(code="R2025"), "SETTLING")
    say(f"结项 {CLOSED}")


def audit(projects: list[Any]) -> None:
    """One engagement over all of them, without a finding."""
    auditor = person("auditor")
    with clock.at(moment("2025-12-01 09:00")):
        made = audits.open_engagement(
            by=auditor, title="2025年公益创投微项目专项审计（演示）", region=region(), projects=projects,
            period_from=date(2025, 4, 10), period_to=date(2025, 11, 10), auditors=[auditor], firm="演示会计师事务所",
        )  # fmt: skip
        made = audits.notify(made, by=auditor)
        made = audits.start(made, by=auditor)
        sample = audits.draw_sample(made, by=auditor, size=4, seed="2025-12-01 公开抽取")
        for item in sample.items.all():
            audits.test_item(item, by=auditor, result="OK", note="票据、签到和验收齐全（演示）")
        made = audits.draft(made, by=auditor)
        made = audits.respond_report(made, by=auditor)
        made = audits.issue_report(made, by=auditor, conclusion="收支真实、票据齐全，没有发现问题（演示）。")
    with clock.at(moment("2025-12-10 09:00")):
        audits.close(made, by=person("head"))
