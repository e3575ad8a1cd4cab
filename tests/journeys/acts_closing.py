"""Steps 10 to 12: the audit, the closing, the public record; and what the ledger says in the end."""

from __future__ import annotations

from django.core.management import call_command

from grants.agreements.models import Project
from grants.audits.models import Engagement, Finding, SampleItem
from grants.funds.queries import balances_of
from grants.payments.models import BankLine, Refund
from portal.money import plain_yuan, yuan
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
from tests.journeys.acts_money import import_statement, pay, report, spend

OPEN = ("reserved", "committed", "payable", "appropriated", "held", "recoverable")


def audit(calendar: Calendar, people: People) -> None:
    """10. Sample, finding, hearing, order with a hold, rectification, verified by another, settled."""
    calendar.go("2026-10-12 09:00")
    engagement = open_engagement(people)
    finding = find(people, engagement)
    calendar.go("2026-10-14 09:00")
    lin = people("lin")
    from_work_list(lin, TITLE, staff=False)
    lin.goto(f"/audits/findings/{finding.key}/")
    do(lin, "陈述意见", {"text": "验收单遗漏在社区，已联系补齐，近期提交。"})
    conclude(people, engagement, finding)
    lin.goto(f"/payments/{Project.objects.get().key}/")
    shows(lin, "不能拨付第 3 期", "暂缓")
    calendar.go("2026-10-26 09:00")
    rectify(people, engagement, finding)


def open_engagement(people: People) -> Engagement:
    auditor = people("auditor")
    auditor.goto("/cms/staff_engagements/")
    follow(auditor, "新建任务")
    fill(auditor, {"title": "2026年公益创投项目抽查审计（演示）", "region": "镇海区", "firm": "演示会计师事务所"})
    fill(auditor, {"period_from": "2026-04-20", "period_to": "2026-09-30"})
    auditor.get_by_label(TITLE).check()
    auditor.get_by_label("演示审计员乙").check()
    press(auditor, "新建审计任务")
    engagement = Engagement.objects.get()
    for words, values in (
        ("发出审计通知", {}),
        ("进点实施", {}),
        ("抽取并锁定", {"method": "RANDOM", "size": "2", "seed": "2026-10-12 公开抽取"}),
    ):
        auditor.goto(f"/cms/staff_engagements/inspect/{engagement.pk}/")
        do(auditor, words, values)
    return engagement


def find(people: People, engagement: Engagement) -> Finding:
    """Every drawn voucher is tested; one leads to a finding with an amount."""
    auditor = people("auditor")
    for item in SampleItem.objects.filter(sample__engagement=engagement):
        auditor.goto(f"/cms/staff_engagements/tests/{item.pk}/")
        fill(auditor, {"result": "OK"})
        press(auditor, "保存并下一笔")
    auditor.goto(f"/cms/staff_engagements/inspect/{engagement.pk}/")
    finding = {
        "project": TITLE, "code": "F10", "severity": "H", "fact": "一张发票缺少验收单，不能证明物资已经发放。",
        "clause": "资金管理办法第十二条（演示）", "amount": "1,200", "advice": "补齐资料，说明情况。",
    }  # fmt: skip
    do(auditor, "记录问题", finding)
    found = Finding.objects.get()
    auditor.goto(f"/cms/staff_findings/inspect/{found.pk}/")
    do(auditor, "征求意见")
    auditor.goto(f"/cms/staff_engagements/inspect/{engagement.pk}/")
    do(auditor, "结束实施，征求意见")
    return found


def conclude(people: People, engagement: Engagement, finding: Finding) -> None:
    """The auditor issues what the organization has answered; the head signs the order, which holds the money."""
    auditor, head = people("auditor"), people("head")
    auditor.goto(f"/cms/staff_findings/inspect/{finding.pk}/")
    do(auditor, "出具问题单")
    auditor.goto(f"/cms/staff_engagements/inspect/{engagement.pk}/")
    do(auditor, "意见已收齐")
    auditor.goto(f"/cms/staff_engagements/inspect/{engagement.pk}/")
    do(auditor, "出具审计结论", {"conclusion": "资金总体按预算使用，发现一个票据问题，已征求意见。"})
    from_work_list(head, TITLE)
    head.goto(f"/cms/staff_findings/inspect/{finding.pk}/")
    do(head, "签发整改通知", {"measures": "十日内补齐验收单并说明物资去向，逾期将追回。"})


def rectify(people: People, engagement: Engagement, finding: Finding) -> None:
    """The finder may not verify; the other auditor does, and the hold goes with it."""
    lin = people("lin")
    lin.goto(f"/audits/findings/{finding.key}/")
    do(lin, "提交整改", {"text": "验收单已补齐，物资发放名册附后。", "files": "验收单.pdf"})
    finder = people("auditor")
    assert finder.goto(f"/cms/staff_findings/{finding.pk}/verify/").status == 403
    other = people("auditor2")
    from_work_list(other, TITLE)
    other.goto(f"/cms/staff_findings/inspect/{finding.pk}/")
    do(other, "核查通过", {"text": "查看了补齐的验收单和发放名册，与发票一致。"})
    finding.refresh_from_db()
    assert finding.hold.lifted_at
    head = people("head")
    head.goto(f"/cms/staff_findings/inspect/{finding.pk}/")
    do(head, "销号")
    head.goto(f"/cms/staff_engagements/inspect/{engagement.pk}/")
    do(head, "办结")
    engagement.refresh_from_db()
    assert engagement.status == "CLOSED"


def close(calendar: Calendar, people: People) -> None:
    """11. The last report and evaluation, the last instalment, the surplus back; closing is refused until then."""
    project = Project.objects.get()
    calendar.go("2026-11-02 10:00")
    spend(people, project, 95)
    report(calendar, people, project, "FINAL", "2026-11-05", "2026-11-09")
    pay(calendar, people, 3, "2026-11-10", "2026-11-12", "2026-11-16")
    officer = people("officer")
    officer.goto(f"/cms/projects/inspect/{project.pk}/")
    shows(officer, "现在还不能办理", "项目单位持有还有")
    give_back(people, project)
    officer = people("officer")
    officer.goto(f"/cms/projects/inspect/{project.pk}/")
    do(officer, "结项（通过）", button="结项")
    project.refresh_from_db()
    assert project.status == "CLOSED_PASS"


def give_back(people: People, project: Project) -> None:
    """Registered by one, matched by another to the line that the bank booked."""
    officer = people("officer")
    officer.goto(f"/cms/payments/refund/{project.pk}/")
    press(officer, "登记退款")
    refund = Refund.objects.get()
    line = ["YHTK2026001", "2026-11-16", "收入", plain_yuan(refund.amount), "6222000011112222333", ONE.name, refund.code,
            "成功", ""]  # fmt: skip
    import_statement(people, line, "退款.csv")
    finance = people("bureau-finance")
    finance.goto(f"/cms/refunds/inspect/{refund.pk}/")
    do(finance, "核对到账", {"line": str(BankLine.objects.get(reference="YHTK2026001").pk)})


def look(calendar: Calendar, people: People) -> None:
    """12. Anyone reads the project, its money and its result."""
    calendar.go("2026-11-18 09:00")
    visitor = people()
    visitor.goto("/projects/?q=梯坎")
    follow(visitor, TITLE)
    shows(visitor, ONE.name, "40,000.00", "已结项")


def check_the_books() -> None:
    """Nothing of the award is left anywhere but spent and returned; ledger and trail are whole."""
    project = Project.objects.get()
    balances = balances_of("award", project.code)
    assert {kind: balances.get(kind, 0) for kind in OPEN} == dict.fromkeys(OPEN, 0)
    assert balances["spent"] + balances["returned"] == project.amount, {k: yuan(v) for k, v in balances.items()}
    call_command("verify_ledger")
    call_command("verify_trail")
