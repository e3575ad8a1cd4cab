"""From an approved award to a signed agreement."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from grants.agreements import guards, notices, queries, rules
from grants.agreements.commands.mark import SamePerson, meet_milestone
from grants.agreements.commands.moving import locked, walk
from grants.agreements.models import (
    Acceptance,
    Agreement,
    BudgetLine,
    Milestone,
    Party,
    PartyCode,
    PlannedActivity,
    Project,
    Tranche,
)
from grants.agreements.states import AGREEMENT, PROJECT, SIGNING_DAYS, AgreementStatus
from grants.awards import commands as awards
from grants.awards.models import Award
from portal import clock, periods
from portal.documents import commands as documents
from portal.documents.models import Kind, Paper
from portal.files.models import StoredFile
from portal.lifecycle import MoveNotAllowed, Refused, require_none
from portal.money import capital, tranches, yuan
from portal.trail import commands as trail
from portal.workdays import queries as workdays

T1 = ((50, "agreement"), (40, "midterm"), (10, "final"))
"""The default plan for an award without a round (domain.md § 7.2)."""


class NotApproved(Refused):
    """An agreement is drafted for an approved award only."""


@transaction.atomic
def draft_agreement(
    award: Award, by: Any, *, operator: str = "", community: str = "", host: str = "", pay_after: bool | None = None
) -> Agreement:
    """Make the project of an approved award, with its agreement, budget, activities and tranche plan.

    operator, community: names of further parties; they are on the paper and need no acceptance.
    pay_after: money only after acceptance; the programme's payment mode where not said.
    Raises NotApproved, MoveNotAllowed (drafted before), ValueError for percents that are not 100.
    """
    award = Award.objects.select_for_update(of=("self",)).get(pk=award.pk)
    if award.status != "APPROVED":
        raise NotApproved(_("这个项目还没有正式立项，不能拟定协议。请等公示结束并下达立项文件。"))
    if Project.objects.filter(award=award).exists():
        raise MoveNotAllowed(_("这个项目已经拟定过协议，请在协议列表中查看。"))
    project = new_project(award, by)
    add_budget(project)
    add_activities(project)
    add_tranches(project, pay_after)
    add_milestones(project)
    agreement = Agreement.objects.create(
        project=project,
        number=f"XY-{award.code}",
        clauses=[{"title": one.title, "paragraphs": list(one.paragraphs)} for one in rules.CLAUSES],
        drafted_by=by,
        due_on=workdays.due_on(SIGNING_DAYS),
    )
    add_parties(agreement, host, operator, community)
    awards.mark_contracted(award)
    trail.log(agreement, "agreements.draft", by=by, after={"amount": project.amount})
    notices.agreement_drafted(agreement)
    return agreement


def new_project(award: Award, by: Any) -> Project:
    organization = award.organization
    if organization is None:
        raise NotApproved(_("这个项目的实施单位不在名册中，不能拟定协议。请先在名册中登记该单位。"))
    starts_on, ends_on = period(award)
    return Project.objects.create(
        code=award.code,
        award=award,
        organization=organization,
        payee=award.payee or organization,
        region=award.region,
        title=award.title,
        amount=award.amount,
        starts_on=starts_on,
        ends_on=ends_on,
        due_on=workdays.due_on(SIGNING_DAYS),
        created_by=by,
    )


def period(award: Award) -> tuple[date, date]:
    """The application's own dates, else the round's, else one year from today."""
    for one in (award.application, award.round):
        if one and one.starts_on and one.ends_on:
            return one.starts_on, one.ends_on
    today = clock.today()
    return today, today + timedelta(days=365)


def add_budget(project: Project) -> None:
    """The frozen budget of the award, grant part, scaled to the awarded amount."""
    asked = [
        rules.Line(str(one["category"]), str(one.get("item") or one["category"])[:120], int(one["amount"]))
        for one in project.award.budget or []
        if one.get("source", "GRANT") == "GRANT"
    ]
    BudgetLine.objects.bulk_create(
        BudgetLine(project=project, position=at, category=one.category, item=one.item, amount=one.amount)
        for at, one in enumerate(rules.scaled(asked, project.amount), start=1)
    )


def add_activities(project: Project) -> None:
    application = project.award.application
    if application is None:
        return
    PlannedActivity.objects.bulk_create(
        PlannedActivity(
            project=project,
            position=at,
            name=one.name,
            month=f"{one.month:%Y-%m}" if isinstance(one.month, date) else str(one.month),
            times=one.times,
            persons=one.times * one.persons,  # 服务人次, as the experts saw and the notice counts it
            place=one.place,
            output=one.output,
        )
        for at, one in enumerate(application.planned_items.all(), start=1)
    )


def add_tranches(project: Project, pay_after: bool | None) -> None:
    """Split the award by the round's template; a tranche that comes to nothing is not made."""
    round = project.award.round
    plan = [(one.percent, one.milestone) for one in round.tranche_rules.order_by("number")] if round else []
    plan = plan or list(T1)
    if pay_after is None:
        pay_after = bool(round and round.programme.payment == "AFTER")
    amounts = tranches(project.amount, [percent for percent, _word in plan])
    made = [(percent, word, fen) for (percent, word), fen in zip(plan, amounts, strict=True) if fen]
    Tranche.objects.bulk_create(
        Tranche(
            project=project,
            number=number,
            percent=percent,
            amount=fen,
            milestone=rules.TRANCHE_MILESTONES.get(word, word),
            is_pay_after=pay_after,
        )
        for number, (percent, word, fen) in enumerate(made, start=1)
    )


def add_milestones(project: Project) -> None:
    """All codes, each with the day it is planned for."""
    middle = project.starts_on + (project.ends_on - project.starts_on) / 2
    report = project.ends_on + timedelta(days=30)
    known = workdays.overrides()
    days = {
        rules.AGREEMENT: project.due_on,
        rules.MIDTERM: middle,
        rules.FINAL_REPORT: report,
        rules.EVALUATION: report + timedelta(days=30),
        rules.AUDIT: report + timedelta(days=60),
    }
    Milestone.objects.bulk_create(
        Milestone(project=project, code=code, due_on=periods.working_day_from(on, known) if on else None)
        for code, on in days.items()
    )


def add_parties(agreement: Agreement, host: str, operator: str, community: str) -> None:
    project = agreement.project
    round = project.award.round
    host = host or (round.host if round else "") or f"{project.region.get_ancestors().last() or project.region}民政局"
    rows = [
        (PartyCode.BUREAU, host, "", True),
        (PartyCode.OPERATOR, operator, "", False),
        (PartyCode.ORGANIZATION, project.organization.name, project.organization.uscc or "", True),
        (PartyCode.COMMUNITY, community, "", False),
    ]
    Party.objects.bulk_create(
        Party(agreement=agreement, code=code, name=name[:80], uscc=uscc, is_required=required)
        for code, name, uscc, required in rows
        if name
    )


@transaction.atomic
def accept(agreement: Agreement, party: str, by: Any) -> Agreement:
    """Say yes for `party`. When all required parties have, the agreement is ACCEPTED.

    Raises MoveNotAllowed, SamePerson, NotYet (sums that do not agree), Refused (not this person's party).
    """
    locked(agreement.project)
    agreement = Agreement.objects.select_for_update(of=("self",)).select_related("project").get(pk=agreement.pk)
    AGREEMENT.target("accept", agreement.status)
    if queries.speaks_for(by, agreement) != party or not agreement.parties.filter(code=party).exists():
        raise Refused(_("您不能代表%s确认协议。") % PartyCode(party).label)
    if agreement.acceptances.filter(by=by).exists():
        raise SamePerson(_("您已代表另一方确认，须由他人代表这一方。"))
    if agreement.acceptances.filter(party=party).exists():
        raise MoveNotAllowed(_("这一方已经确认过。"))
    Acceptance.objects.create(agreement=agreement, party=party, by=by)
    trail.log(agreement, "agreements.accept_party", by=by, after={"party": str(party)})
    waiting = set(agreement.parties.filter(is_required=True).values_list("code", flat=True))
    if waiting <= set(agreement.acceptances.values_list("party", flat=True)):
        due = workdays.due_on(AGREEMENT.moves["accept"].days)
        agreement = walk(AGREEMENT, "accept", agreement, by=by, due_on=due)
        notices.agreement_accepted(agreement)
    return agreement


@transaction.atomic
def store_signed(agreement: Agreement, file: StoredFile, by: Any, signed_on: date | None = None) -> Agreement:
    """Keep the signed copy: the agreement is in force, the project becomes ACTIVE."""
    project = locked(agreement.project)
    agreement = Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
    on = signed_on or clock.today()
    if on > clock.today():
        raise Refused(_("签署日期不能晚于今天。"))
    drafted = agreement.drafted_at.astimezone(clock.ZONE).date()
    if on < drafted:
        raise Refused(_("签署日期不能早于协议起草的 %(day)s，请按签署件核对。") % {"day": drafted})
    agreement = walk(
        AGREEMENT,
        "store_signed",
        agreement,
        by=by,
        signed_copy=file,
        signed_stored_by=by,
        signed_on=on,
        due_on=None,
    )
    walk(PROJECT, "activate", project, by=by, due_on=None)
    meet_milestone(project, rules.AGREEMENT, agreement.number, by)
    notices.agreement_signed(agreement)
    return agreement


@translation.override(settings.LANGUAGE_CODE)  # a paper is Chinese, whoever asks for it
def paper_values(agreement: Agreement) -> dict[str, Any]:
    """The values of the agreement's paper, the amount in capitals too."""
    project = agreement.project
    return {
        "title": f"{project.title} 项目协议",
        "unit": project.organization.name,
        "parties": [[label, one.name] for label, one, _said in queries.sides(agreement)],
        "project": project.title,
        "amount": yuan(project.amount),
        "amount_capital": capital(project.amount),
        "starts_on": f"{project.starts_on:%Y-%m-%d}",
        "ends_on": f"{project.ends_on:%Y-%m-%d}",
        "tranches": [
            [f"第 {one.number} 期", f"{one.percent}%", yuan(one.amount), rules.MILESTONES[one.milestone] + "后"]
            for one in project.tranches.all()
        ],
        "clauses": agreement.clauses,
    }


@transaction.atomic
def issue_paper(agreement: Agreement, by: Any) -> Paper:
    """Return the agreement's PDF, made once: from the first acceptance of all sides it never changes."""
    Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
    if found := Paper.objects.filter(number=agreement.number).first():
        return found
    if agreement.status == AgreementStatus.DRAFT:
        require_none(guards.everyone_accepted(agreement))
    return documents.issue(Kind.AGREEMENT, agreement.number, agreement.project.code, paper_values(agreement), by)


def preview(agreement: Agreement) -> bytes:
    """Return the draft as a PDF, not kept."""
    values = {
        **paper_values(agreement),
        "number": agreement.number,
        "title": f"{agreement.project.title} 项目协议（稿）",
    }
    return documents.pdf("agreement", values)
