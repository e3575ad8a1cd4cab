"""The contracted projects of R2026: agreements, instalments, activities, reports, evaluations."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile

from grants.agreements import commands as agreements
from grants.agreements.models import Project
from grants.awards.models import Award
from grants.calls import commands as calls
from grants.calls.models import Round
from grants.monitoring import commands as monitoring
from grants.monitoring import queries as monitored
from grants.monitoring.models import EvaluationTask
from grants.payments import commands as payments
from grants.payments import rules as payment_rules
from grants.payments.models import Payment
from grants.spending import commands as spending
from orgs.registry.models import Membership
from portal import clock, periods
from portal.demo import texts
from portal.demo.applying import place
from portal.demo.base import Say, moment, person
from portal.demo.plan import project_kinds
from portal.demo.registry import paper
from portal.files.commands import store
from portal.money import plain_yuan
from portal.spreadsheets.commands import csv_bytes

WORK = {
    "GREEN": ((2, 2, 1), 90), "FINAL": ((2, 2, 1), 90), "AUDIT": ((2, 2, 1), 90), "YELLOW": ((2, 1, 0), 50),
    "MIDTERM_DUE": ((2, 2, 1), 75), "MIDTERM_FAILED": ((1, 0, 0), 30), "RED": ((2, 0, 0), 0),
    "MIDTERM_OVERDUE": ((1, 0, 0), 0), "TERMINATED": ((1, 0, 0), 20),
}  # fmt: skip
"""Kind of project -> how often each line of its plan took place before the mid-term, and percent of the first instalment
spent on accepted vouchers."""

SINCE = {
    "GREEN": (4, 4, 1), "FINAL": (4, 4, 2), "AUDIT": (4, 3, 1), "YELLOW": (3, 2, 1), "MIDTERM_DUE": (4, 3, 1),
}  # fmt: skip
"""The same up to November; the other kinds have done nothing since."""

DAYS = (
    (date(2026, 5, 16), date(2026, 7, 11), date(2026, 9, 5), date(2026, 10, 17)),
    (date(2026, 6, 6), date(2026, 7, 25), date(2026, 9, 19), date(2026, 10, 31)),
    (date(2026, 6, 27), date(2026, 11, 7)),
)
"""When each line of a plan takes place."""

REPORTED = ("GREEN", "YELLOW", "RED", "FINAL", "AUDIT", "MIDTERM_FAILED", "MIDTERM_DUE")
PERCENT = {"GREEN": 86, "FINAL": 88, "AUDIT": 80, "YELLOW": 72, "RED": 61, "MIDTERM_FAILED": 52}
GOOD = 70
PAID_TWICE = ("GREEN", "FINAL", "AUDIT")

SLOW_UNDER = 30
"""Percent of the plan under which a report admits that it is behind."""


def load_agreements(say: Say) -> None:
    """Every approved award gets its agreement; both sides accept, the signed copy is kept. Two still prepare."""
    kinds = project_kinds()
    awards = list(Award.objects.filter(round__code="R2026", status="APPROVED").order_by("position"))
    for n, award in enumerate(awards):
        with clock.at(moment("2026-04-15 09:00") + timedelta(minutes=5 * n)):
            agreement = agreements.draft_agreement(award, person("officer"))
        if kinds[award.organization_name, award.title] != "PREPARING":
            sign(agreement, award.organization_id, moment("2026-04-17 09:00") + timedelta(minutes=5 * n))
    calls.mark_stage(Round.objects.get(code="R2026"), "RUNNING")
    say(f"协议 {len(awards)}")


def sign(agreement: Any, organization: int, at: datetime) -> None:
    with clock.at(at):
        agreements.accept(agreement, "ORGANIZATION", admin_of(organization))
        agreements.accept(agreement, "BUREAU", person("officer"))
        signed = store(paper("协议签署件"), purpose="agreements.signed", by=person("officer"))
        agreements.store_signed(agreement, signed, person("officer"))


def admin_of(organization: int) -> Any:
    return Membership.objects.active().get(organization_id=organization, role="ADMIN").user


def running(*kinds: str, code: str = "R2026") -> list[Project]:
    """Return the projects of R2026 of these kinds, or all that are signed, in the order of the meeting."""
    rows = Project.objects.filter(award__round__code=code, agreement__status="SIGNED")
    found = list(rows.select_related("organization", "payee", "award").order_by("award__position"))
    if not kinds:
        return found
    return [one for one in found if kind_of(one) in kinds]


def kind_of(project: Project) -> str:
    return project_kinds()[project.organization.name, project.title]


def ask(project: Project, number: int, at: datetime, explanation: str = "") -> Payment:
    """The payee asks for one instalment."""
    with clock.at(at):
        tranche = project.tranches.get(number=number)
        return payments.request(tranche, by=admin_of(project.organization_id), explanation=explanation)


def check(payment: Payment) -> Payment:
    return payments.check(payment, person("officer"))


def approve(payment: Payment) -> Payment:
    """Finance approves; the leader too, where the amount asks for it."""
    payment = payments.approve(payment, person("bureau-finance"))
    return payments.approve(payment, person("leader")) if payment.status == "CHECKED" else payment


def appropriate(payment: Payment) -> Payment:
    number = f"镇财指〔{clock.today().year}〕1号"
    return payments.appropriate(
        payment, by=person("treasury"), document_number=number, voucher_number=f"ZF-{payment.code}"
    )


def walk(rows: list[Payment], start: datetime, steps: int = 3) -> list[Payment]:
    """Take what was asked at `start` to the bank, or the first `steps` of the way, a working day each.

    Each desk does all of them on its day: the vouchers run in the order of their dates.
    """
    for day, step in enumerate((check, approve, appropriate)[:steps], start=1):
        with clock.at(worked(start, day)):
            rows = [step(one) for one in rows]
    return rows


def worked(start: datetime, days: int) -> datetime:
    """Return the same hour so many working days later: nobody signs on a Sunday."""
    return datetime.combine(periods.add_working_days(start.date(), days), start.timetz())


def bank(rows: list[Payment], at: datetime, failing: set[int] | None = None) -> None:
    """Import the bank's result: one line a payment; what fails comes back with the bank's words."""
    rows = list(Payment.objects.filter(pk__in=[one.pk for one in rows]).select_related("account").order_by("pk"))
    failing = failing or set()
    lines = [
        [
            f"YH{one.code}{one.pk:06d}", at.date().isoformat(), "支出", plain_yuan(one.amount), one.account.number,
            one.account.holder, one.code, "失败" if one.pk in failing else "成功",
            "户名与账号不符（演示）" if one.pk in failing else "",
        ]
        for one in rows
    ]  # fmt: skip
    data = csv_bytes(payment_rules.COLUMNS, lines)
    with clock.at(at):
        payments.import_statement(ContentFile(data, name=f"银行回单-{at:%Y%m%d}.csv"), by=person("cashier"))


def load_payments(say: Say) -> None:
    """The first instalment of the 35 projects that have signed."""
    asked = moment("2026-04-22 10:00")
    rows = walk([ask(one, 1, asked) for one in running()], asked)
    bank(rows, moment("2026-04-28 16:00"))
    receipts(rows, moment("2026-04-30 10:00"))
    say(f"第 1 期拨付 {len(rows)}")


def receipts(rows: list[Payment], at: datetime) -> None:
    with clock.at(at):
        for one in rows:
            admin = admin_of(one.project.organization_id)
            file = store(paper("收款票据"), purpose="payments.receipt", by=admin)
            payments.receipt(Payment.objects.get(pk=one.pk), file, by=admin)


def load_work(say: Say) -> None:
    """Activities and vouchers over the summer, as each kind of project has them."""
    count = 0
    for number, project in enumerate(running()):
        held, percent = WORK[kind_of(project)]
        hold(project, DAYS, (0, 0, 0), held, number)
        received = project.tranches.get(number=1).amount
        with clock.at(moment("2026-07-10 10:00")):
            count += len(spend(project, received * percent // 100, date(2026, 7, 1)))
    say(f"活动和支出 {count}")


def load_autumn(say: Say) -> None:
    """The activities after the mid-term: the good ones come to the end of their plans, the late ones stay behind."""
    for number, project in enumerate(running(*SINCE)):
        kind = kind_of(project)
        hold(project, DAYS, WORK[kind][0], SINCE[kind], number)
    with clock.at(moment("2026-10-10 10:00")):
        for one in running(*PAID_TWICE):
            spend(one, one.tranches.get(number=2).amount * 90 // 100, date(2026, 10, 1))
    say("秋季活动和支出")


def hold(project: Project, days: Any, before: tuple[int, ...], until: tuple[int, ...], number: int) -> None:
    """Record what each line of the plan held after `before` times, up to `until` times."""
    for planned, on, first, last in zip(project.planned_activities.all(), days, before, until, strict=True):
        for at in range(first, last):
            activity(project, planned, on[at], number + at)


def activity(project: Project, planned: Any, held_on: date, number: int) -> None:
    """Record one event; of the planned persons 97 to 105 percent come."""
    persons = planned.persons // planned.times * (97 + number * 4 % 9) // 100
    with clock.at(datetime.combine(held_on, datetime.min.time(), clock.ZONE) + timedelta(days=1, hours=10)):
        monitoring.record_activity(
            project, by=admin_of(project.organization_id), name=planned.name, held_on=held_on,
            place=f"{place(planned.name)}（演示）", persons=persons, planned=planned, staff_hours=Decimal(12),
            volunteer_hours=Decimal(20), summary=texts.SUMMARIES[number % len(texts.SUMMARIES)],
            sheet=paper("签到表", f"签到表-{project.code}-{planned.position}-{held_on:%m%d}"),
        )  # fmt: skip


def spend(project: Project, fen: int, on: date) -> list[Any]:
    """Record and accept a voucher for each budget line, its share of `fen` in whole yuan; the first takes the rest."""
    lines = list(project.budget_lines.all())
    parts = [line.amount * fen // project.amount // 100 * 100 for line in lines]
    if sum(one.amount for one in lines) == fen:
        parts = [line.amount for line in lines]
    made = []
    for line, part in zip(lines, parts, strict=True):
        if not part:
            continue
        one = spending.record(
            project, by=admin_of(project.organization_id), line=line, item=line.item, payee="演示供应商", amount=part,
            invoice_number=f"{on:%y%m}{project.pk:06d}{line.pk:010d}", invoice_date=on,
            voucher=paper("发票", f"发票{project.pk}-{line.pk}-{on:%m}"), activity=None,
        )  # fmt: skip
        made.append(spending.accept(one, by=person("officer")))
    return made


def report(project: Project, kind: str, at: datetime) -> Any:
    """Write and submit a report, as the wizard does."""
    admin = admin_of(project.organization_id)
    with clock.at(at):
        made = monitoring.start_report(project, by=admin, kind=kind)
        made = monitoring.save_report(made, by=admin, **words(project, kind))
        return monitoring.file_report(made, by=admin)


def words(project: Project, kind: str) -> dict[str, str]:
    """Return the texts of a report, as far as its activities have come."""
    rows = monitored.indicators(project)
    percent = sum(one.persons for one in rows) * 100 // sum(one.planned.persons for one in rows)
    if percent < SLOW_UNDER:
        return {"done": texts.SLOW, "effect": texts.SLOW_EFFECT, "problems": texts.SLOW_PROBLEMS}
    names = "、".join(one.planned.name for one in rows if one.times)
    who = texts.story_of(project.title).groups[0]
    return {
        "done": texts.DONE.format(names=names, percent=percent),
        "effect": texts.EFFECT.format(who=who),
        "problems": texts.PROBLEMS[kind],
    }


def accept(report: Any, at: datetime) -> EvaluationTask:
    """Accept a report and send the evaluator."""
    with clock.at(at):
        report = monitoring.accept_report(report, by=person("officer"))
        return monitoring.assign(
            report.project, by=person("officer"), kind=report.kind, evaluator=person("evaluator")
        )


def evaluate(task: EvaluationTask, percent: int, at: datetime) -> None:
    """Score every item with the same share of its points."""
    rubric = monitored.rubric(task.project, task.kind)
    points = {one.code: (one.max_points * percent / 100).quantize(Decimal(1)) for one in rubric}
    opinion = texts.GOOD_OPINION if percent >= GOOD else texts.LOW_OPINION
    with clock.at(at):
        monitoring.evaluate(task.evaluation, by=person("evaluator"), points=points, opinion=opinion)


def load_midterm(say: Say) -> None:
    """The mid-term of all but one, who is late; two fail, three still wait for their evaluation."""
    projects = running(*REPORTED)
    for number, project in enumerate(projects):
        made = report(project, "MIDTERM", moment("2026-08-10 10:00") + timedelta(minutes=10 * number))
        task = accept(made, moment("2026-08-17 10:00"))
        if percent := PERCENT.get(kind_of(project)):
            evaluate(task, percent, moment("2026-08-27 15:00"))
    say(f"中期报告 {len(projects)}")


def load_second_payments(say: Say) -> None:
    """The second instalment where the mid-term is passed and the first is spent; the bank sends one back."""
    asked = moment("2026-09-07 10:00")
    rows = [ask(one, 2, asked) for one in running(*PAID_TWICE)]
    rejected = ask(running("YELLOW")[0], 2, asked, "场地装修推迟了活动，九月底前补齐（演示）。")
    bank(walk([*rows, rejected], asked), moment("2026-09-15 16:00"), failing={rejected.pk})
    receipts(rows, moment("2026-09-17 10:00"))
    say(f"第 2 期拨付 {len(rows)}，银行退票 1")


def load_payments_under_way(say: Say) -> None:
    """Late spenders ask for their second instalment: one waits at each desk, the last for its receipt."""
    starts = ("2026-11-12 10:00", "2026-11-13 10:00", "2026-11-16 10:00", "2026-11-17 10:00", "2026-11-18 10:00")
    late = list(reversed(running("YELLOW")[1:]))
    rows = []
    for steps, (project, start) in zip((3, 3, 2, 1, 0), zip(late, map(moment, starts), strict=True), strict=True):
        asked = ask(project, 2, start, "秋季活动集中在十一月，票据月底前补齐（演示）。")
        rows += walk([asked], start, steps)
    bank(rows[:1], moment("2026-11-18 16:00"))
    say(f"第 2 期在途 {len(rows)}")
