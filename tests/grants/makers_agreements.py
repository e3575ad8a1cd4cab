"""Makers of awards with money behind them, projects and signed agreements."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from grants.agreements import commands as agreements
from grants.agreements.models import Agreement, PartyCode, Project
from grants.awards.models import Award, AwardShare
from grants.funds import commands as ledger
from grants.funds.models import FundSource
from orgs.registry.models import BankAccount, MemberRole, Membership, Organization
from orgs.registry.rules import usable_from
from portal import clock
from portal.access import Role
from portal.accounts.models import User
from portal.files.commands import store
from portal.files.models import StoredFile
from tests.grants.makers_funds import make_envelope, make_source
from tests.makers import make_organization, make_region, make_user

YUAN = 100
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj 3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 3 3]>>endobj\nxref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000053 00000 n \n0000000102 00000 n \ntrailer<</Size 4/Root 1 0 R>>\nstartxref\n160\n%%EOF"
BUDGET = [
    {"category": "B1", "item": "活动", "amount": 20_300 * YUAN},
    {"category": "B2", "item": "宣传", "amount": 9_700 * YUAN},
    {"category": "B4", "item": "人员补贴", "amount": 8_500 * YUAN},
]


def make_people() -> SimpleNamespace:
    """Return one person for each chair of the four-actor chain, and the two of the organization."""
    return SimpleNamespace(
        officer=make_user("officer", Role.BUREAU_OFFICER),
        head=make_user("head", Role.BUREAU_HEAD),
        leader=make_user("leader", Role.BUREAU_LEADER),
        finance=make_user("bureau_finance", Role.BUREAU_FINANCE),
        treasury=make_user("treasury", Role.FINANCE),
        cashier=make_user("cashier", Role.CASHIER),
        admin=make_user("org_admin"),
        accountant=make_user("org_accountant"),
    )


def make_payee(people: SimpleNamespace, **values: object) -> Organization:
    """Return a verified organization with its two people."""
    payee = make_organization(admin=people.admin, **values)
    Membership.objects.create(organization=payee, user=people.accountant, role=MemberRole.ACCOUNTANT)
    return payee


def make_account(payee: Organization, by: User, verified_by: User, hours: int = 100, **values: object) -> BankAccount:
    """Return a bank account that was entered and verified so many hours ago; a second one is a change."""
    at = clock.now() - timedelta(hours=hours)
    is_change = payee.bank_accounts.exists()
    return BankAccount.objects.create(
        organization=payee,
        entered_by=by,
        entered_at=at,
        verified_by=verified_by,
        verified_at=at,
        is_change=is_change,
        usable_from=usable_from(at, is_change),
        **{
            "holder": payee.name,
            "number": "6222000000001234",
            "bank": "演示银行镇海支行",
            "branch_code": "102332000018",
            **values,
        },
    )


@transaction.atomic
def make_award(
    payee: Organization,
    people: SimpleNamespace,
    *,
    code: str = "VEN-2026-000118",
    fen: int = 38_500 * YUAN,
    shares: dict[str, int] | None = None,
    holder: str = "TREASURY",
    **values: object,
) -> Award:
    """Return an approved award whose money stands in `committed`, split over its sources."""
    round = values.get("round")
    envelope = round.code if round else f"R-{code}"
    shares = shares or {"LOTTERY": fen * 4 // 5, "FISCAL": fen - fen * 4 // 5}
    award = Award.objects.create(
        **{
            "code": code,
            "programme": "VENTURE",
            "organization": payee,
            "payee": payee,
            "organization_name": payee.name,
            "region": make_region("330211001"),
            "title": "老城梯坎助行计划",
            "year": 2026,
            "amount": fen,
            "status": "APPROVED",
            "budget": BUDGET,
            "document_number": "镇民〔2026〕12号",
            "confirmed_by": people.leader,
            "confirmed_at": clock.now(),
            **values,
        }
    )
    for source_code, part in shares.items():
        source = FundSource.objects.filter(code=source_code).first() or make_source(source_code, holder=holder)
        AwardShare.objects.create(award=award, source=source, year=2026, amount=part)
        make_envelope(source, part, (people.finance, people.leader), code=envelope)
    moves = [
        ledger.move(
            ledger.account("envelope", "round", envelope, share.source, share.year),
            ledger.account("reserved", "award", code, share.source, share.year),
            share.amount,
        )
        for share in award.shares.select_related("source")
    ]
    ledger.post("propose", key=f"{code}:propose", transfers=moves, by=people.officer)
    ledger.post(
        "confirm",
        key=f"{code}:confirm",
        transfers=ledger.along("award", code, "reserved", "committed", fen),
        by=people.officer,
        approved_by=people.leader,
    )
    return award


def make_agreement(people: SimpleNamespace, award: Award | None = None, **values: object) -> Agreement:
    """Return a drafted agreement."""
    award = award or make_award(make_payee(people), people, **values)
    return agreements.draft_agreement(award, people.officer)


def make_project(people: SimpleNamespace, award: Award | None = None, **values: object) -> Project:
    """Return an ACTIVE project: both sides accepted, the signed copy is stored."""
    agreement = make_agreement(people, award, **values)
    agreements.accept(agreement, PartyCode.ORGANIZATION, people.admin)
    agreements.accept(agreement, PartyCode.BUREAU, people.head)
    agreements.store_signed(agreement, make_file(people.officer), people.officer)
    return Project.objects.get(pk=agreement.project_id)


def make_file(by: User, purpose: str = "agreements.signed", name: str = "paper.pdf") -> StoredFile:
    return store(SimpleUploadedFile(name, PDF), purpose=purpose, by=by)
