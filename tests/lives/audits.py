from __future__ import annotations

from grants.audits import commands
from grants.audits.models import Engagement, Finding
from grants.audits.states import ENGAGEMENT, FINDING, FindingStatus
from tests.grants.makers_audits import REPLY, make_auditor, make_engagement, make_finding, make_spent
from tests.grants.makers_review import someone
from tests.grants.makers_spending import TODAY, image, make_people, make_project
from tests.lives import Act, Life

DUES = ("grants.audits",)


def begin() -> Engagement:
    people = make_people()
    project = make_project(people)
    make_spent(project, people, 1)
    return make_engagement(project, status="PLANNED")


def draft(one: Engagement) -> Act:
    if one.status == "FIELDWORK":
        sample = commands.draw_sample(one, by=make_auditor(), size=1)
        commands.test_item(sample.items.get(), by=make_auditor(), result="OK")
    return Act(commands.draft, one, by=make_auditor())


def begin_finding() -> Finding:
    people = make_people()
    return make_finding(make_engagement(make_project(people)))


def issue(one: Finding) -> Act:
    if one.status == FindingStatus.HEARD:
        commands.respond(one, by=someone("admin"), text="情况属实，同意")
    return Act(commands.issue, one, by=make_auditor())


def settle_minor(one: Finding) -> Act:
    Finding.objects.filter(pk=one.pk).update(severity="L")
    return Act(commands.settle_minor, one, by=someone("head"), reason="提示即可")


LIVES = {
    "grants.audits.ENGAGEMENT": Life(
        ENGAGEMENT,
        begin=begin,
        moves={
            "notify": lambda one: Act(commands.notify, one, by=make_auditor()),
            "start": lambda one: Act(commands.start, one, by=make_auditor()),
            "draft": draft,
            "respond": lambda one: Act(commands.respond_report, one, by=make_auditor()),
            "issue": lambda one: Act(
                commands.issue_report, one, by=make_auditor(), conclusion="账目清楚，没有发现问题。"
            ),
            "close": lambda one: Act(commands.close, one, by=someone("head")),
        },
        dues=DUES,
        at=TODAY,
    ),
    "grants.audits.FINDING": Life(
        FINDING,
        begin=begin_finding,
        moves={
            "send_for_hearing": lambda one: Act(commands.send_for_hearing, one, by=make_auditor()),
            "drop": lambda one: Act(commands.drop, one, by=make_auditor(), reason="查无实据"),
            "issue": issue,
            "order": lambda one: Act(commands.order, one, by=someone("head"), measures="退回款项"),
            "settle_minor": settle_minor,
            "reply": lambda one: Act(commands.reply, one, by=someone("admin"), text=REPLY, files=[image(1)]),
            "send_back": lambda one: Act(commands.send_back, one, by=make_auditor("second"), reason="缺少回单"),
            "verify": lambda one: Act(commands.verify, one, by=make_auditor("second"), text="已核对银行回单"),
            "settle": lambda one: Act(commands.settle, one, by=someone("head")),
        },
        dues=DUES,
        at=TODAY,
    ),
}
