"""A running project with an advance in the ledger, its people, and vouchers for tests."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from grants.agreements.models import BudgetLine, Milestone, PlannedActivity, Project
from grants.agreements.states import ProjectStatus
from grants.awards.models import Award, AwardShare
from grants.awards.states import S as AwardStatus
from grants.funds import commands as ledger
from grants.funds.models import FundSource
from grants.spending import commands as spending
from grants.spending.models import Expenditure
from orgs.registry.models import MemberRole, Membership
from portal.access import Role
from portal.accounts.models import User
from tests.grants.makers_funds import make_budget, make_source
from tests.makers import make_organization, make_region, make_user

TODAY = datetime(2026, 8, 14, 9, 0, tzinfo=UTC)
"""The moment of these tests: a Friday within the project."""

LINES = (("B1", "活动物资", 20_000_00), ("B2", "宣传折页", 2_000_00), ("B4", "人员补贴", 8_000_00))


@dataclass
class People:
    admin: User
    accountant: User
    reader: User
    officer: User
    head: User


def make_people(region: str = "330211", suffix: str = "") -> People:
    return People(
        admin=make_user(f"admin{suffix}"),
        accountant=make_user(f"accountant{suffix}"),
        reader=make_user(f"reader{suffix}"),
        officer=make_user(f"officer{suffix}", Role.BUREAU_OFFICER, region=region),
        head=make_user(f"head{suffix}", Role.BUREAU_HEAD, region=region),
    )


def make_project(
    people: People,
    code: str = "VEN-2026-000118",
    *,
    held: int = 20_000_00,
    uscc: str | None = "52330211MJ0DEM016A",
    street: str = "330211001",
    sources: tuple[str, str] = ("LOTTERY", "FISCAL"),
) -> Project:
    """Return an ACTIVE project of 30,000 yuan (two thirds lottery, one third fiscal) with `held` fen advanced."""
    organization = make_organization(name=f"单位{code}", uscc=uscc, admin=people.admin, region=street)
    for user, role in ((people.accountant, MemberRole.ACCOUNTANT), (people.reader, MemberRole.READER)):
        Membership.objects.create(organization=organization, user=user, role=role)
    region = make_region(street)
    amount = sum(line[2] for line in LINES)
    award = Award.objects.create(
        code=code, programme="VENTURE", organization=organization, payee=organization,
        organization_name=organization.name, region=region, title="老城梯坎助行计划", year=2026, amount=amount,
        status=AwardStatus.APPROVED, document_number="镇民〔2026〕18号", confirmed_by=people.officer,
        confirmed_at=datetime(2026, 4, 10, tzinfo=UTC),
    )  # fmt: skip
    project = Project.objects.create(
        code=code, award=award, organization=organization, payee=organization, region=region, title=award.title,
        amount=amount, status=ProjectStatus.ACTIVE, starts_on=date(2026, 4, 20), ends_on=date(2026, 12, 20),
        created_by=people.officer,
    )  # fmt: skip
    for position, (category, item, fen) in enumerate(LINES):
        BudgetLine.objects.create(project=project, position=position, category=category, item=item, amount=fen)
    PlannedActivity.objects.create(project=project, position=0, name="助行服务", times=40, persons=2000)
    PlannedActivity.objects.create(project=project, position=1, name="志愿者培训", times=2, persons=40)
    for one in ("agreement", "midterm", "final_report", "evaluation", "audit"):
        Milestone.objects.create(project=project, code=one)
    advance(award, amount, held, sources)
    return project


def advance(award: Award, amount: int, held: int, sources: tuple[str, str] = ("LOTTERY", "FISCAL")) -> None:
    """Post the whole award as committed and `held` of it as paid to the payee."""
    finance = User.objects.filter(username="finance").first() or make_user("finance", Role.BUREAU_FINANCE)
    leader = User.objects.filter(username="leader").first() or make_user("leader", Role.BUREAU_LEADER)
    owner = ("award", award.code)
    for source_code, part in zip(sources, (amount * 2 // 3, amount - amount * 2 // 3), strict=True):
        source = FundSource.objects.filter(code=source_code).first() or make_source(source_code)
        AwardShare.objects.create(award=award, source=source, year=2026, amount=part)
        make_budget(source, part, (finance, leader), number=f"镇财〔2026〕{award.code}-{source_code}")
        envelope = ledger.account("envelope", "round", "R2026", source, 2026)
        ledger.allocate(source, 2026, envelope, part, by=finance, approved_by=leader)
        reserved = ledger.account("reserved", *owner, source, 2026)
        ledger.post(
            "propose",
            key=f"p.{award.code}.{source_code}",
            transfers=[ledger.move(envelope, reserved, part)],
            by=finance,
        )
    steps = [("confirm", "reserved", "committed", amount)]
    if held:
        steps += [
            ("approve_tranche", "committed", "payable", held),
            ("appropriate", "payable", "appropriated", held),
            ("pay", "appropriated", "held", held),
        ]
    for event, src, dst, fen in steps:
        ledger.post(
            event, key=f"{event}.{award.code}", transfers=ledger.along(*owner, src, dst, fen), by=finance,
            approved_by=leader,
        )  # fmt: skip


def image(colour: int = 0) -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", (40, 30), (colour % 256, 80, 120)).save(content, "PNG")
    return SimpleUploadedFile(f"照片{colour}.png", content.getvalue(), content_type="image/png")


def record(project: Project, by: User, number: str = "26332000000012345678", **values: object) -> Expenditure:
    line = values.pop("line", None) or project.budget_lines.order_by("position").first()
    return spending.record(
        project,
        by=by,
        line=line,
        **{
            "item": "防滑条",
            "payee": "镇海演示建材店",
            "amount": 1_280_00,
            "invoice_number": number,
            "invoice_date": date(2026, 8, 3),
            "voucher": image(),
            **values,
        },
    )


def balances(project: Project) -> dict[str, int]:
    """Return the award's accounts that are not empty, in fen."""
    from grants.funds.queries import balances_of

    return {kind: fen for kind, fen in balances_of("award", project.award.code).items() if fen}
