"""How projects of R2026 end: the final report, the audit's findings, a termination with its claw-back."""

from __future__ import annotations

from datetime import date, timedelta

from grants.agreements import commands as agreements
from grants.audits import commands as audits
from grants.payments import commands as payments
from grants.payments import queries as paid
from portal import clock
from portal.demo.base import Say, moment, person, region
from portal.demo.running import admin_of, report, running


def load_finals(say: Say) -> None:
    """Three final reports are in and wait for the officer."""
    projects = running("FINAL")
    for number, project in enumerate(projects):
        report(project, "FINAL", moment("2026-11-16 10:00") + timedelta(minutes=10 * number))
    say(f"末期报告 {len(projects)}")


def load_termination(say: Say) -> None:
    """The officer asks, the organization is heard, the leader decides; the claim is registered and not paid."""
    (project,) = running("TERMINATED")
    with clock.at(moment("2026-09-01 10:00")):
        asked = agreements.request_termination(
            project, "项目负责人离职，服务停止两个月，催办无果（演示）。", person("officer")
        )
    with clock.at(moment("2026-09-08 10:00")):
        agreements.approve_amendment(asked, person("leader"), "同意终止，追回未认定的资金（演示）。")
    with clock.at(moment("2026-09-09 10:00")):
        owed = {code: fen for code, (_name, fen) in paid.refundable(project, "RECOVERY").items()}
        refund = payments.register_refund(
            project, owed, by=person("officer"), reason="终止项目，追回未认定的资金（演示）", kind="RECOVERY"
        )
    say(f"终止 1，应追回 {refund.amount / 100:,.2f} 元")


FINDINGS = (
    ("F10", "H", "两张发票缺少验收单，不能证明物资已经发放（演示）。", "资金管理办法第十二条（演示）", 1_200_00),
    ("F09", "H", "项目收支没有单独设账，与单位日常收支混记（演示）。", "协议“资金使用”条款（演示）", 0),
    ("F20", "L", "三次活动的签到表缺少联系方式栏（演示）。", "项目管理规定第八条（演示）", 0),
)


def load_audit(say: Say) -> None:
    """One engagement over three projects: a seeded sample, three findings at three stages."""
    auditor, head = person("auditor"), person("head")
    projects = running("AUDIT")
    with clock.at(moment("2026-10-12 09:00")):
        engagement = audits.open_engagement(
            by=auditor, title="2026年公益创投项目抽查审计（演示）", region=region(), projects=projects,
            period_from=date(2026, 4, 20), period_to=date(2026, 9, 30), auditors=[auditor, person("auditor2")],
            firm="演示会计师事务所",
        )  # fmt: skip
        engagement = audits.notify(engagement, by=auditor)
        engagement = audits.start(engagement, by=auditor)
        sample = audits.draw_sample(engagement, by=auditor, size=6, seed="2026-10-12 公开抽取")
    with clock.at(moment("2026-10-16 15:00")):
        for item in sample.items.select_related("expenditure")[:4]:
            lacks = item.expenditure.project_id == projects[0].pk
            audits.test_item(
                item, by=auditor, result="MISMATCH" if lacks else "OK",
                note="缺少验收单（演示）" if lacks else "票据、签到和验收齐全（演示）",
            )  # fmt: skip
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
                    advice="项目收支单独设账，20个工作日内改正。" if code == "F09" else "补齐资料，说明情况。",
                )  # fmt: skip
            )
        made = [audits.send_for_hearing(one, by=auditor) for one in made]
    with clock.at(moment("2026-10-28 10:00")):
        first = audits.respond(
            made[0], by=admin_of(projects[0].organization_id), text="验收单遗漏在社区，已联系补齐，近期提交（演示）。"
        )
    with clock.at(moment("2026-11-06 10:00")):
        first = audits.issue(first, by=auditor)
        audits.order(first, by=head, measures="限期补齐验收单并说明物资去向，逾期将追回（演示）。")
    say(f"审计问题 {len(made)}")
