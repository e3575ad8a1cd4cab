"""Steps 7 to 9: the agreement, the first instalment, the work and the second instalment."""

from __future__ import annotations

from datetime import date

from grants.agreements.models import Agreement, Project
from grants.awards.models import Award
from grants.monitoring.models import Evaluation, EvaluationTask, Report
from grants.payments import rules
from grants.payments.models import Payment
from grants.spending.models import Expenditure
from portal.money import plain_yuan
from portal.spreadsheets.commands import csv_bytes
from tests.journeys.acting import (
    ONE,
    TITLE,
    Calendar,
    People,
    do,
    fill,
    follow,
    from_work_list,
    press,
    shows,
)  # fmt: skip

LONG = "按计划完成三类活动的前半程，服务对象稳定，志愿者队伍已经建立，资料按次归档，家属反映老人出门次数增加。"


def agree(calendar: Calendar, people: People) -> None:
    """7. Drafted from the award, accepted by both sides, the signed copy stored: the instalments exist."""
    calendar.go("2026-04-15 09:00")
    officer = people("officer")
    officer.goto(f"/cms/agreements/drafts/inspect/{Award.objects.get().pk}/")
    do(officer, "拟定协议")
    agreement = Agreement.objects.get()
    lin = people("lin")
    from_work_list(lin, TITLE, staff=False)
    lin.goto(f"/agreements/{agreement.key}/")
    shows(lin, "40,000.00", "20,000.00", "16,000.00", "4,000.00")
    do(lin, "核对并确认协议", button="确认协议")
    officer.goto(f"/cms/agreements/inspect/{agreement.pk}/")
    do(officer, "确认协议")
    officer.goto(f"/cms/agreements/inspect/{agreement.pk}/")
    do(officer, "存入签署件", {"file": "协议签署件.pdf", "signed_on": "2026-04-15"})
    assert Project.objects.get().status == "ACTIVE"


def name_the_account(people: People) -> None:
    """The organization enters where the money goes; finance calls back and verifies."""
    lin, finance = people("lin"), people("bureau-finance")
    organization = Project.objects.get().payee
    lin.goto(f"/organizations/mine/{organization.key}/account/")
    fill(
        lin,
        {
            "holder": ONE.name,
            "number": "6222000011112222333",
            "bank": "演示银行镇海支行",
            "branch_code": "313332082001",
        },
    )
    press(lin, "提交账户")
    from_work_list(finance, ONE.name)
    do(finance, "核对账户", {"call_back": "按登记电话回访，法定代表人确认。"})


def pay_first(calendar: Calendar, people: People) -> None:
    """8. Four actors and the bank; the second instalment says why not yet."""
    calendar.go("2026-04-16 09:00")
    name_the_account(people)
    pay(calendar, people, 1, "2026-04-20", "2026-04-22", "2026-04-28")
    lin, project = people("lin"), Project.objects.get()
    lin.goto(f"/payments/{project.key}/")
    shows(lin, "不能拨付第 2 期", "中期")


def pay(calendar: Calendar, people: People, number: int, asked: str, handled: str, booked: str) -> None:
    """One instalment: asked for, checked, approved, appropriated, booked by the bank, receipted."""
    project = Project.objects.get()
    calendar.go(f"{asked} 09:30")
    lin = people("lin")
    lin.goto(f"/payments/{project.key}/")
    do(lin, f"申请第 {number} 期拨款", button="提交请款")
    payment = Payment.objects.get(tranche__number=number)
    calendar.go(f"{handled} 09:30")
    for username, words, values in (
        ("officer", "审核通过", {}),
        ("bureau-finance", "复核通过", {}),
        ("treasury", "登记拨款", {"document_number": "镇财指〔2026〕1号", "voucher_number": f"ZF-{payment.code}"}),
    ):
        page = people(username)
        from_work_list(page, TITLE)
        page.goto(f"/cms/payments/inspect/{payment.pk}/")
        do(page, words, values)
    payment.refresh_from_db()
    assert payment.status == "APPROPRIATED"
    calendar.go(f"{booked} 16:00")
    book(people, payment, booked)
    lin = people("lin")
    lin.goto(f"/payments/{project.key}/")
    do(lin, "上传收款回执", {"file": "收款收据.pdf"}, button="上传回执")
    payment.refresh_from_db()
    assert payment.status == "RECEIPTED"


def book(people: People, payment: Payment, booked: str) -> None:
    """The cashier imports the bank's statement; it finds its payment by code, amount and account."""
    account = payment.account
    line = [
        f"YH{payment.code}", booked, "支出", plain_yuan(payment.amount), account.number, account.holder, payment.code,
        "成功", "",
    ]  # fmt: skip
    import_statement(people, line, f"{booked}.csv")
    payment.refresh_from_db()
    assert payment.status == "PAID"


def import_statement(people: People, line: list[str], name: str) -> None:
    cashier = people("cashier")
    cashier.goto("/cms/payments/import/")
    content = csv_bytes(rules.COLUMNS, [line])
    cashier.set_input_files("[name=file]", {"name": name, "mimeType": "text/csv", "buffer": content})
    press(cashier, "导入")


def work(calendar: Calendar, people: People) -> None:
    """9. An activity and its vouchers, the report, an independent evaluation: the second instalment is free."""
    calendar.go("2026-06-20 10:00")
    project = Project.objects.get()
    record_activity(people, project)
    spend(people, project, 80)
    report(calendar, people, project, "MIDTERM", "2026-08-10", "2026-08-27")
    pay(calendar, people, 2, "2026-09-07", "2026-09-09", "2026-09-15")


def record_activity(people: People, project: Project) -> None:
    lin = people("lin")
    lin.goto(f"/monitoring/projects/{project.key}/")
    activity = {
        "planned": "助行日", "name": "六月助行日", "held_on": "2026-06-16", "place": "后大街社区活动室", "persons": "58",
        "staff_hours": "12", "volunteer_hours": "20", "summary": "按计划开展，秩序良好。", "sheet": "签到表.pdf",
    }  # fmt: skip
    do(lin, "记录活动", activity)
    shows(lin, "六月助行日")


def spend(people: People, project: Project, percent: int) -> None:
    """Spend so much of each line's share of what has come in, with a voucher each; the officer accepts."""
    received = sum(one.amount for one in Payment.objects.filter(status="RECEIPTED"))
    for line in project.budget_lines.all():
        done = sum(one.amount for one in Expenditure.objects.filter(line=line))
        fen = (line.amount * received // project.amount * percent // 100 - done) // 100 * 100
        lin = people("lin")
        lin.goto(f"/spending/projects/{project.key}/")
        follow(lin, "登记支出")
        lin.select_option("[name=line]", str(line.pk))
        count = Expenditure.objects.count()
        fill(
            lin,
            {
                "item": line.item, "payee": "演示供应商", "amount": plain_yuan(fen), "voucher": f"发票{count}.pdf",
                "invoice_number": f"26330000000{count:09d}", "invoice_date": f"{date.today():%Y-%m-%d}",
            },
        )  # fmt: skip
        press(lin, "登记支出")
        officer = people("officer")
        officer.goto(f"/cms/staff_expenditures/inspect/{Expenditure.objects.latest('pk').pk}/")
        do(officer, "认定支出")


def report(calendar: Calendar, people: People, project: Project, kind: str, filed: str, scored: str) -> None:
    """Filed by the organization, accepted by the officer, scored by somebody who belongs to neither."""
    calendar.go(f"{filed} 10:00")
    lin = people("lin")
    lin.goto(f"/monitoring/projects/{project.key}/reports/{kind.lower()}/")
    fill(lin, {"done": LONG, "effect": LONG, "problems": "下半年雨季较多，部分户外活动改到室内。"})
    press(lin, "保存，去提交")
    press(lin, "提交报告")
    officer = people("officer")
    made = Report.objects.get(kind=kind)
    from_work_list(officer, TITLE)
    officer.goto(f"/cms/staff_reports/inspect/{made.pk}/")
    do(officer, "审核通过")
    officer.goto(f"/cms/staff_reports/inspect/{made.pk}/")
    do(officer, "安排评估", {"evaluator": "演示评估机构"})
    evaluate(calendar, people, kind, scored)


def evaluate(calendar: Calendar, people: People, kind: str, scored: str) -> None:
    calendar.go(f"{scored} 10:00")
    task = EvaluationTask.objects.get(kind=kind)
    evaluator = people("evaluator")
    from_work_list(evaluator, TITLE, staff=False)
    evaluation = Evaluation.objects.get(task=task)
    evaluator.goto(f"/monitoring/evaluations/{evaluation.key}/sheet/")
    for one in evaluation.scores.all():
        evaluator.fill(f"[name=p_{one.code}]", str(int(one.max_points * 84 / 100)))
    fill(
        evaluator,
        {"opinion": "实地查看了活动场地、签到表和全部支出凭证，电话回访了五位服务对象，得分依据见各项说明。"},
    )
    press(evaluator, "提交评估")
    evaluation.refresh_from_db()
    assert evaluation.status == "PASSED" and evaluation.total >= 60
