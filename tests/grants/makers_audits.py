"""An audit walked to any point by its real commands."""

from __future__ import annotations

from datetime import date

from grants.agreements.models import Project
from grants.audits import commands
from grants.audits.models import Engagement, Finding
from grants.spending import commands as spending
from grants.spending.models import Expenditure
from portal.access import Role
from portal.accounts.models import User
from tests.grants.makers_spending import People, image, record
from tests.makers import make_region, make_user

FACT = "2026年8月3日防滑条发票一张，1,280.00元，与另一项目的凭证为同一张，属重复列支。"
CLAUSE = "协议第六条第二款"
REPLY = "已将款项退回，并完善了票据登记制度。"


def make_auditor(name: str = "auditor") -> User:
    return User.objects.filter(username=name).first() or make_user(name, Role.AUDITOR)


def make_spent(project: Project, people: People, count: int = 10) -> list[Expenditure]:
    """Return `count` accepted vouchers of 100, 110, 120 … yuan."""
    return [
        spending.accept(
            record(project, people.admin, f"26330000{number:04d}", amount=(100 + 10 * number) * 100),
            by=people.officer,
        )
        for number in range(count)
    ]


def make_engagement(project: Project, *, status: str = "FIELDWORK") -> Engagement:
    auditor, second = make_auditor(), make_auditor("second")
    engagement = commands.open_engagement(
        by=auditor, title="2026年公益创投专项审计", region=make_region("330211"), projects=[project],
        period_from=date(2026, 4, 20), period_to=date(2026, 12, 31), auditors=[second],
    )  # fmt: skip
    if status == "PLANNED":
        return engagement
    engagement = commands.notify(engagement, by=auditor)
    return engagement if status == "NOTIFIED" else commands.start(engagement, by=auditor)


def make_finding(engagement: Engagement, expenditure: Expenditure | None = None, **values: object) -> Finding:
    project = engagement.projects.get()
    return commands.record_finding(
        engagement,
        by=make_auditor(),
        project=project,
        **{
            "code": "F06", "severity": "H", "fact": FACT, "clause": CLAUSE, "expenditure": expenditure,
            "amount": expenditure.amount if expenditure else 0, **values,
        },
    )  # fmt: skip


def walk(finding: Finding, people: People, to: str) -> Finding:
    """Walk a draft finding on to a state."""
    auditor, second = make_auditor(), make_auditor("second")
    steps = {
        "HEARD": lambda: commands.send_for_hearing(finding, by=auditor),
        "ISSUED": lambda: (
            commands.respond(finding, by=people.admin, text="情况属实，同意"),
            commands.issue(finding, by=auditor),
        ),
        "ORDERED": lambda: commands.order(finding, by=people.head, measures="退回款项，健全制度"),
        "REPLIED": lambda: commands.reply(finding, by=people.admin, text=REPLY, files=[image(4)]),
        "VERIFIED": lambda: commands.verify(finding, by=second, text="已核对银行回单"),
        "SETTLED": lambda: commands.settle(finding, by=people.head),
    }
    order = list(steps)
    for state in order[: order.index(to) + 1] if to in order else []:
        steps[state]()
    return Finding.objects.get(pk=finding.pk)
