"""The contracted projects of R2026: agreements, instalments, activities, reports, evaluations, audits."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile

from grants.agreements import commands as agreements
from grants.agreements.models import Project
from grants.audits import commands as audits
from grants.awards.models import Award
from grants.calls import commands as calls
from grants.calls.models import Round
from grants.monitoring import commands as monitoring
from grants.monitoring import queries as monitored
from grants.payments import commands as payments
from grants.payments import rules as payment_rules
from grants.payments.models import Payment
from grants.spending import commands as spending
from orgs.registry.models import Membership
from portal import clock
from portal.demo.base import Say, moment, person, region
from portal.demo.registry import paper
from portal.files.commands import store
from portal.money import plain_yuan
from portal.spreadsheets.commands import csv_bytes

SIGNED = 37
PAID = 35
"""Two projects are still preparing; one payment of the others comes back from the bank."""
ACTIVE, REPORTED, PASSED, PAID_TWICE, FAILED = 24, 8, 5, 3, 2
AUDITED = 3


OPINION = (
    "实地查看了活动场地、签到表和全部支出凭证，电话回访了五位服务对象，并与社区负责人座谈。"
    "分项得分的依据见各项说明，需要改进的地方已当面反馈给项目负责人（演示）。"
)


def load_agreements(say: Say) -> None:
    """Every approved award gets its agreement; both sides accept, the signed copy is kept."""
    officer = person("officer")
    awards = list(Award.objects.filter(round__code="R2026", status="APPROVED").order_by("position"))
    for n, award in enumerate(awards[:SIGNED]):
        admin = admin_of(award.organization_id)
        with clock.at(moment("2026-04-15 09:00") + timedelta(minutes=20 * n)):
            agreement = agreements.draft_agreement(award, officer)
        if n >= PAID:
            continue
        with clock.at(moment("2026-04-17 09:00") + timedelta(minutes=20 * n)):
            agreements.accept(agreement, "ORGANIZATION", admin)
            agreements.accept(agreement, "BUREAU", officer)
            signed = store(paper("协议签署件"), purpose="agreements.signed", by=officer)
            agreements.store_signed(agreement, signed, officer)
    calls.mark_stage(Round.objects.get(code="R2026"), "RUNNING")
    say(f"协议 {len(awards)}")


def admin_of(organization: int) -> Any:
    return Membership.objects.active().get(organization_id=organization, role="ADMIN").user


def running() -> list[Project]:
    rows = Project.objects.filter(award__round__code="R2026", agreement__status="SIGNED")
    return list(rows.select_related("organization", "payee", "award").order_by("award__position"))


def pay(project: Project, number: int, start: datetime) -> Payment:
    """Walk one instalment to the bank: payee, officer, finance, treasury; receipt when it has arrived."""
    admin, tranche = admin_of(project.organization_id), project.tranches.get(number=number)
    with clock.at(start):
        payment = payments.request(tranche, by=admin)
    with clock.at(start + timedelta(days=1)):
        payment = payments.check(payment, person("officer"))
    with clock.at(start + timedelta(days=2)):
        payment = payments.approve(payment, person("bureau-finance"))
        if payment.status == "CHECKED":
            payment = payments.approve(payment, person("leader"))
    with clock.at(start + timedelta(days=4)):
        return payments.appropriate(
            payment, by=person("treasury"), document_number="镇财指〔2026〕1号", voucher_number=f"ZF-{payment.code}"
        )


def bank(rows: list[Payment], at: datetime, failing: set[int]) -> None:
    """Import the bank's result: one line a payment; what fails comes back with the bank's words."""
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
    """The first instalment of 35 projects; one is rejected by the bank."""
    rows = [pay(one, 1, moment("2026-04-22 10:00")) for one in running()]
    rows = list(Payment.objects.filter(pk__in=[one.pk for one in rows]).select_related("account").order_by("pk"))
    bank(rows, moment("2026-04-28 16:00"), failing={rows[-1].pk})
    receipts(rows[:-1], moment("2026-04-30 10:00"))
    say(f"第 1 期拨付 {len(rows)}，银行退票 1")


def receipts(rows: list[Payment], at: datetime) -> None:
    with clock.at(at):
        for one in rows:
            admin = admin_of(one.project.organization_id)
            file = store(paper("收款票据"), purpose="payments.receipt", by=admin)
            payments.receipt(Payment.objects.get(pk=one.pk), file, by=admin)


def load_work(say: Say) -> None:
    """Activities and vouchers over the summer; the officer accepts what is in order."""
    count = 0
    for number, project in enumerate(running()[:ACTIVE]):
        admin = admin_of(project.organization_id)
        received = project.tranches.get(number=1).amount
        share = 90 if number < REPORTED else 55
        for n, planned in enumerate(project.planned_activities.all()):
            held_on = date(2026, 5 + n, 16)
            with clock.at(datetime.combine(held_on, datetime.min.time(), clock.ZONE) + timedelta(days=1, hours=10)):
                monitoring.record_activity(
                    project, by=admin, name=planned.name, held_on=held_on, place="社区活动室（演示）",
                    persons=46 + n, planned=planned, staff_hours=Decimal(12), volunteer_hours=Decimal(20),
                    summary="按计划开展，秩序良好（演示）。", sheet=paper("签到表", f"签到表{number}-{n}"),
                )  # fmt: skip
        with clock.at(moment("2026-07-10 10:00")):
            for line in project.budget_lines.all():
                spent = line.amount * received // project.amount * share // 100 // 100 * 100
                if not spent:
                    continue
                made = spending.record(
                    project, by=admin, line=line, item=line.item, payee="演示供应商", amount=spent,
                    invoice_number=f"2633{number:06d}{line.pk:010d}", invoice_date=date(2026, 7, 1),
                    voucher=paper("发票", f"发票{number}-{line.pk}"), activity=None,
                )  # fmt: skip
                count += 1
                if number % 4 != 3:
                    spending.accept(made, by=person("officer"))
    say(f"活动 {ACTIVE * 3}，支出 {count}")


def load_midterm(say: Say) -> None:
    """Eight mid-term reports: five pass, two fail and must be put right, one waits for its evaluator."""
    officer, evaluator = person("officer"), person("evaluator")
    projects = [one for n, one in enumerate(running()[:ACTIVE]) if n % 4 != 3][:REPORTED]
    for number, project in enumerate(projects):
        admin = admin_of(project.organization_id)
        with clock.at(moment("2026-08-10 10:00") + timedelta(hours=number)):
            report = monitoring.start_report(project, by=admin, kind="MIDTERM")
            report = monitoring.save_report(
                report, by=admin,
                done="按计划完成三类活动的前半程，服务对象稳定，志愿者队伍已经建立，资料按次归档。" * 2,
                effect="参加者对服务的满意度在九成以上，家属反映老人出门次数增加。" * 2,
                problems="下半年雨季较多，部分户外活动改到室内；将增加一次家属小组。",
            )  # fmt: skip
            report = monitoring.file_report(report, by=admin)
        with clock.at(moment("2026-08-17 10:00")):
            report = monitoring.accept_report(report, by=officer)
            task = monitoring.assign(project, by=officer, kind="MIDTERM", evaluator=evaluator)
        if number >= PASSED + FAILED:
            continue
        percent = Decimal(84 - number) if number < PASSED else Decimal(52)
        with clock.at(moment("2026-08-27 15:00")):
            evaluation = task.evaluation
            points = {
                one.code: (one.max_points * percent / 100).quantize(Decimal(1))
                for one in monitored.rubric(project, "MIDTERM")
            }
            monitoring.evaluate(
                evaluation, by=evaluator, points=points,
                opinion=OPINION,
            )  # fmt: skip
    again = [pay(one, 2, moment("2026-09-07 10:00")) for one in projects[:PAID_TWICE]]
    rows = list(Payment.objects.filter(pk__in=[one.pk for one in again]).select_related("account"))
    bank(rows, moment("2026-09-15 16:00"), failing=set())
    receipts(rows, moment("2026-09-17 10:00"))
    say(f"中期报告 {len(projects)}，第 2 期拨付 {len(rows)}")


FINDINGS = (
    ("F10", "H", "两张发票缺少验收单，不能证明物资已经发放（演示）。", "资金管理办法第十二条（演示）", 1_200_00),
    ("F09", "H", "项目收支没有单独设账，与单位日常收支混记（演示）。", "协议第五条（演示）", 0),
    ("F20", "L", "三次活动的签到表缺少联系方式栏（演示）。", "项目管理规定第八条（演示）", 0),
)


def load_audit(say: Say) -> None:
    """One engagement over three projects: a seeded sample, three findings at three stages."""
    auditor, head = person("auditor"), person("head")
    projects = running()[:AUDITED]
    with clock.at(moment("2026-10-12 09:00")):
        engagement = audits.open_engagement(
            by=auditor, title="2026年公益创投项目抽查审计（演示）", region=region(), projects=projects,
            period_from=date(2026, 4, 20), period_to=date(2026, 9, 30), auditors=[auditor, person("auditor2")],
            firm="演示会计师事务所",
        )  # fmt: skip
        engagement = audits.notify(engagement, by=auditor)
        engagement = audits.start(engagement, by=auditor)
        audits.draw_sample(engagement, by=auditor, size=6, seed="2026-10-12 公开抽取")
    made = []
    with clock.at(moment("2026-10-20 10:00")):
        for project, (code, severity, fact, clause, amount) in zip(projects, FINDINGS, strict=True):
            made.append(
                audits.record_finding(
                    engagement,
                    by=auditor,
                    project=project,
                    code=code,
                    severity=severity,
                    fact=fact,
                    clause=clause,
                    amount=amount,
                    advice="补齐资料，说明情况。",
                )  # fmt: skip
            )
        made = [audits.send_for_hearing(one, by=auditor) for one in made]
    with clock.at(moment("2026-10-28 10:00")):
        first = audits.respond(
            made[0], by=admin_of(projects[0].organization_id), text="验收单遗漏在社区，已联系补齐，近期提交（演示）。"
        )
    with clock.at(moment("2026-11-06 10:00")):
        first = audits.issue(first, by=auditor)
        audits.order(first, by=head, measures="十日内补齐验收单并说明物资去向，逾期将追回（演示）。")
    say(f"审计问题 {len(made)}")
