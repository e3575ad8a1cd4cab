"""Makers of applications, by the commands that screens call."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from grants.applications import commands
from grants.applications.models import Application
from grants.applications.queries import dossier
from orgs.registry.models import Organization
from portal import clock
from portal.accounts.models import User
from tests.grants.makers_calls import NOON, make_open_round
from tests.makers import make_organization, make_user

ANSWERS: dict[str, Any] = {
    "venture-problem": "老城区楼梯坡陡，独居老人下楼困难。" * 4,
    "venture-evidence": "2026年1月入户调查 60 户，九成以上要求加装扶手。",
    "venture-groups": ["老年人"],
    "venture-beneficiaries": 120,
    "venture-contacts": 1440,
    "venture-goals": "一年内为 120 位老人提供助行服务，满意度 90% 以上。",
    "venture-method": "社区",
    "venture-method_text": "由社工带领志愿者结对陪护，每月两次助行日活动。",
    "venture-indicators": [["助行服务", "人次", "1440", "签到表"], ["满意度", "%", "90", "问卷"], ["志愿者", "人", "30", "名册"]],
    "venture-minors": False,
    "venture-sustainability": "由社区志愿队长期承接助行日。",
    "venture-team": [["演示甲", "负责人", "社工师", "20"], ["演示乙", "社工", "助理社工师", "20"], ["演示丙", "财务", "会计", "5"]],
    "venture-other_money": False,
}  # fmt: skip

LINES: list[dict[str, Any]] = [
    {"category": "B1", "item": "助行物资包", "unit_price": 20_000, "quantity": Decimal(120), "unit": "份", "times": 1,
     "source": "GRANT", "basis": "120 户"},
    {"category": "B4", "item": "项目社工补贴", "unit_price": 120_000, "quantity": Decimal(1), "unit": "人", "times": 10,
     "source": "GRANT", "basis": "10 个月"},
    {"category": "B3", "item": "防跌倒培训", "unit_price": 40_000, "quantity": Decimal(1), "unit": "场", "times": 10,
     "source": "GRANT", "basis": "每月 1 场"},
    {"category": "B1", "item": "楼梯防滑条", "unit_price": 1_400, "quantity": Decimal(400), "unit": "份", "times": 1,
     "source": "SELF", "basis": "40 个楼道"},
]  # fmt: skip
"""Grant part 40,000 yuan, personnel exactly 30.00 %."""

ITEMS = [
    {
        "name": f"助行日第 {n} 期",
        "month": date(2026, 4 + n, 1),
        "times": 8,
        "persons": 60,
        "place": "后大街社区",
        "output": "签到表",
    }
    for n in range(3)
]
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\nxref\n0 1\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"


def scan(name: str = "证书.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, content_type="application/pdf")


def make_applicant(name: str = "applicant") -> tuple[Any, Organization]:
    """Return an administrator and the verified organization."""
    user = make_user(name)
    return user, make_organization(admin=user)


def make_application(
    round: Any = None, organization: Organization | None = None, by: Any = None, title: str = "老城梯坎助行计划"
) -> Application:
    """Return an empty draft in an open window."""
    if organization is None:
        by, organization = make_applicant()
    with clock.at(NOON):
        return commands.start(round or make_open_round(), organization, by=by, title=title)


def fill(
    application: Application, by: Any, lines: list[dict[str, Any]] | None = None, title: str = ""
) -> Application:
    """Write every section and call it done, as the screens do."""
    with clock.at(NOON):
        for code in ("organization", "eligibility"):
            commands.confirm(application, code, by=by)
        commands.save_overview(
            application, by=by, title=title or application.title, category="为老", region=application.region,
            starts_on=date(2026, 4, 1), ends_on=date(2027, 1, 31),
        )  # fmt: skip
        for section in application.form_version.schema["sections"]:
            answers = {one["id"]: ANSWERS[one["id"]] for one in section["questions"] if one["id"] in ANSWERS}
            commands.save_section(application, section["id"], answers, by=by)
        commands.save_plan(application, ITEMS, by=by)
        commands.save_budget(application, LINES if lines is None else lines, by=by)
        for code in ("certificate", "annual"):
            commands.attach(application, code, scan(), by=by)
        application.refresh_from_db()
        commands.set_done(application, *dossier(application).codes, by=by)
    return Application.objects.get(pk=application.pk)


def make_submitted(
    round: Any = None, organization: Organization | None = None, by: Any = None, title: str = "老城梯坎助行计划"
) -> Application:
    if organization is None:
        by, organization = make_applicant()
    application = fill(make_application(round, organization, by, title), by)
    with clock.at(NOON):
        return commands.submit(application, by=by)


def admin_of(application: Application) -> User:
    return User.objects.get(memberships__organization=application.organization, memberships__role="ADMIN")
