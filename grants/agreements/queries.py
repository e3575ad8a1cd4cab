"""Answers about projects: money, time, who is who, what is due."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from grants.agreements.models import (
    Acceptance,
    Agreement,
    Amendment,
    AmendmentKind,
    Party,
    PartyCode,
    Project,
    Tranche,
)
from grants.agreements.rules import NOT_MET
from grants.agreements.states import CLOSED, AgreementStatus, AmendmentStatus, ProjectStatus
from grants.awards.models import Award
from grants.calls.rules import BUDGET_CATEGORIES
from grants.funds.models import Account
from grants.funds.queries import balances_of, moved
from grants.funds.states import Kind
from orgs.registry.models import MemberRole, Organization
from portal import clock
from portal.access import Role
from portal.components.rules import Due, due_of
from portal.documents.models import Paper

BUREAU = (Role.BUREAU_OFFICER, Role.BUREAU_HEAD, Role.BUREAU_LEADER)
RECEIVED_KINDS = ("held", "spent", "recoverable", "returned", "written_off")


@dataclass(frozen=True)
class MoneyLine:
    """One budget category (or the total), in fen. left = approved − spent − pending; may be negative."""

    category: str
    label: str
    approved: int
    spent: int
    pending: int

    @property
    def used(self) -> int:
        return self.spent + self.pending

    @property
    def left(self) -> int:
        return self.approved - self.used

    @property
    def over(self) -> int:
        return max(-self.left, 0)

    @property
    def permille(self) -> int:
        return self.spent * 1000 // self.approved if self.approved else 0


@dataclass(frozen=True)
class SourceMoney:
    """One source of an award: fen per kind of account."""

    name: str
    year: int
    balances: Mapping[str, int]

    @property
    def amount(self) -> int:
        """Its part of the award: whatever station the money has reached."""
        return sum(self.balances.values())


@dataclass(frozen=True)
class ProjectMoney:
    """The grant part of one project. received: all that ever reached the payee; held: not yet accounted for."""

    amount: int
    received: int
    held: int
    spent: int
    returned: int
    recoverable: int
    lines: tuple[MoneyLine, ...]
    total: MoneyLine
    sources: tuple[SourceMoney, ...]

    @property
    def stations(self) -> Mapping[str, int]:
        """Kind of account -> fen of all sources together."""
        return sum((Counter(one.balances) for one in self.sources), Counter())

    @property
    def gone(self) -> int:
        """Fen of the award that no account of it holds any more."""
        return self.amount - sum(self.stations.values())


def spent_by_category(code: str) -> dict[str, int]:
    """Return budget category -> accepted fen of an award, disallowed money taken off. Four queries."""
    spent = moved("award", code, "held", "spent")
    for category, fen in moved("award", code, "spent", "recoverable").items():
        spent[category] = spent.get(category, 0) - fen
    return {category: fen for category, fen in spent.items() if fen}


def project_money(project: Project, pending: Mapping[str, int] | None = None) -> ProjectMoney:
    """Return the money of one project, read from the ledger. Six queries.

    pending: budget category -> fen handed in and not yet accepted; known one floor up (spending).
    """
    waiting = dict(pending or {})
    spent = spent_by_category(project.code)
    approved: dict[str, int] = defaultdict(int)
    for line in project.budget_lines.all():
        approved[line.category] += line.amount
    codes = [*approved, *sorted((set(spent) | set(waiting)) - set(approved))]
    lines = tuple(
        MoneyLine(
            code,
            _(BUDGET_CATEGORIES.get(code, gettext_noop("其他"))),
            approved.get(code, 0),
            spent.get(code, 0),
            waiting.get(code, 0),
        )
        for code in codes
    )
    sources = source_money(project.code)
    kinds: dict[str, int] = defaultdict(int)
    for source in sources:
        for kind, fen in source.balances.items():
            kinds[kind] += fen
    total = MoneyLine("", _("合计"), project.amount, sum(spent.values()), sum(waiting.values()))
    return ProjectMoney(
        amount=project.amount,
        received=sum(kinds[kind] for kind in RECEIVED_KINDS),
        held=kinds["held"],
        spent=kinds["spent"],
        returned=kinds["returned"],
        recoverable=kinds["recoverable"],
        lines=lines,
        total=total,
        sources=sources,
    )


def source_money(code: str) -> tuple[SourceMoney, ...]:
    """Return each source of an award with its balances. One query."""
    found: dict[tuple[str, int], dict[str, int]] = defaultdict(dict)
    accounts = Account.objects.of("award", code).select_related("source").order_by("year", "source__code")
    for one in accounts:
        found[(one.source.name, one.year)][one.kind] = one.balance
    return tuple(SourceMoney(name, year, balances) for (name, year), balances in found.items())


@dataclass(frozen=True)
class Moment:
    """One mark on the project's time line. state: planned, done or late; lane: milestone, agreement, hold, change."""

    on: date | None
    lane: str
    title: str
    state: str
    note: str = ""


def ended_on(changes: list[Amendment]) -> date | None:
    """Return the day on which the leader approved the end of the project, if any."""
    for one in changes:
        if one.kind == AmendmentKind.END and one.status == AmendmentStatus.APPROVED and one.decided_at:
            return one.decided_at.astimezone(clock.ZONE).date()
    return None


def timeline(project: Project) -> list[Moment]:
    """Return what happened and what is planned, oldest first, undated last. Four queries."""
    today = clock.today()
    changes = list(project.amendments.exclude(status=AmendmentStatus.REFUSED))
    ended = ended_on(changes)
    found = [Moment(project.starts_on, "agreement", _("开工"), "done" if project.starts_on <= today else "planned")]
    for acceptance in Acceptance.objects.filter(agreement__project=project).select_related("by"):
        accepted_on = acceptance.at.astimezone(clock.ZONE).date()
        found.append(Moment(accepted_on, "agreement", _("%s确认协议") % acceptance.get_party_display(), "done"))
    for one in project.milestones.all():
        if ended and not one.is_met:
            continue  # nobody waits for it any more
        late = one.due_on and not one.is_met and one.due_on < today and project.status not in CLOSED
        on = one.met_at.astimezone(clock.ZONE).date() if one.met_at else one.due_on
        state = "done" if one.is_met else "late" if late else "planned"
        found.append(Moment(on, "milestone", _(NOT_MET[one.code]) if late else str(one), state, one.path))
    for hold in project.holds.all():
        on = hold.placed_at.astimezone(clock.ZONE).date()
        found.append(Moment(on, "hold", _("暂缓拨付"), "done" if hold.lifted_at else "late", hold.reason))
    if ended:
        found.append(Moment(ended, "change", _("项目终止"), "done", _("未认定的资金转为应追回，未拨的不再拨付")))
    for change in changes:
        on = change.requested_at.astimezone(clock.ZONE).date()
        state = "planned" if change.status == AmendmentStatus.REQUESTED else "done"
        title = _("第 %(number)s 次变更：%(kind)s") % {"number": change.number, "kind": change.get_kind_display()}
        found.append(Moment(on, "change", title, state, change.reason))
    if project.closed_at:
        on = project.closed_at.astimezone(clock.ZONE).date()
        found.append(Moment(on, "agreement", _("结项"), "done", project.certificate_number or ""))
    return sorted(found, key=lambda one: (one.on is None, one.on or today))


def closing_paper(project: Project) -> Paper | None:
    """Return the certificate or letter of a closed project. One query."""
    return Paper.objects.filter(number=project.certificate_number or "").select_related("file").first()


def releasable(project: Project) -> list[Tranche]:
    """Return the tranches whose money has not been asked for payment: the last ones that `committed` still holds.

    Two queries.
    """
    found: list[Tranche] = []
    left = balances_of("award", project.code).get("committed", 0)
    for one in project.tranches.filter(released_at__isnull=True).order_by("-number"):
        if one.amount > left:
            break
        left -= one.amount
        found.insert(0, one)
    return found


def belongs_to(user: Any, *organization_ids: int) -> bool:
    """Say whether the person is an active member of one of the organizations."""
    return Organization.objects.of_member(user).filter(pk__in=organization_ids).exists()


def is_insider(user: Any, project: Project) -> bool:
    """Nobody of an office acts on a project of an organization that they belong to (ledger.md § 2, I10)."""
    return belongs_to(user, project.organization_id, project.payee_id)


LETTERS = (gettext_lazy("甲方"), gettext_lazy("乙方"), gettext_lazy("丙方"), gettext_lazy("丁方"))


def sides(agreement: Agreement) -> list[tuple[str, Party, Acceptance | None]]:
    """Return each party with its letter and role, as "乙方（实施单位）", and its acceptance. Two queries."""
    said = {one.party: one for one in agreement.acceptances.select_related("by")}
    parties = zip(LETTERS, agreement.parties.all(), strict=False)
    return [(f"{letter}（{one.get_code_display()}）", one, said.get(one.code)) for letter, one in parties]


def speaks_for(user: Any, agreement: Agreement) -> str:
    """Return the code of the party that this person may speak for, or "".

    负责人 speak for their organization; the bureau through an officer, head or leader of the region.
    """
    project = agreement.project
    if Organization.objects.of_member(user, MemberRole.ADMIN).filter(pk=project.organization_id).exists():
        return PartyCode.ORGANIZATION
    if is_insider(user, project):
        return ""
    roles = {Role.OPERATOR: PartyCode.OPERATOR, Role.COMMUNITY: PartyCode.COMMUNITY}
    roles |= dict.fromkeys(BUREAU, PartyCode.BUREAU)
    for grant in user.grants_now:
        if grant.role in roles and project.region.path.startswith(grant.region.path):
            return roles[grant.role]
    return ""


def due(user: Any) -> list[Due]:
    """Return what this person must do about agreements, changes and closings. Constant number of queries."""
    if not user.is_authenticated or not user.is_active:
        return []
    return [*drafts_due(user), *agreements_due(user), *amendments_due(user), *closings_due(user)]


def drafts_due(user: Any) -> list[Due]:
    """Approved awards that nobody has drafted an agreement for."""
    if not user.has_role(Role.BUREAU_OFFICER):
        return []
    rows = Award.objects.approved().filter(user.scope(Role.BUREAU_OFFICER), is_historic=False, project__isnull=True)
    return [
        due_of(
            one,
            _("拟定协议 · %s") % one.title,
            reverse("staff_drafts:inspect", args=[one.pk]),
            "agreements.draft",
            state=_("待拟定协议"),
        )
        for one in rows
    ]


def agreements_due(user: Any) -> list[Due]:
    drafts = Agreement.objects.filter(status=AgreementStatus.DRAFT).select_related("project")
    mine = Organization.objects.of_member(user, MemberRole.ADMIN).values("pk")
    asked = drafts.filter(project__organization__in=mine).exclude(acceptances__party=PartyCode.ORGANIZATION)
    found = [
        due_of(
            one,
            _("确认协议 · %s") % one.project.title,
            reverse("agreements:detail", args=[one.key]),
            "agreements.accept",
            project=one.project,
        )
        for one in asked
    ]
    if not user.has_role(*BUREAU):
        return found
    scope = user.scope(*BUREAU, field="project__region")
    theirs = drafts.filter(scope).exclude(acceptances__party=PartyCode.BUREAU)
    waiting = Agreement.objects.filter(
        user.scope(Role.BUREAU_OFFICER, field="project__region"), status=AgreementStatus.ACCEPTED
    ).select_related("project")
    for name, rows, kind in (
        (_("确认协议 · %s"), theirs, "agreements.accept"),
        (_("存签署件 · %s"), waiting, "agreements.store_signed"),
    ):
        found += [
            due_of(
                one,
                name % one.project.title,
                reverse("staff_agreements:inspect", args=[one.pk]),
                kind,
                project=one.project,
            )
            for one in rows
        ]
    return found


def termination_effects(amendment: Amendment) -> list[tuple[str, int]]:
    """Return what ending the project does with its money, in words and fen: done, or as it would be now."""
    done = amendment.amounts
    if not done:
        money = project_money(amendment.project)
        committed = sum(source.balances.get("committed", 0) for source in money.sources)
        done = {"recoverable": money.held, "envelope": committed}
    words = {"recoverable": _("单位持有，转为应追回"), "envelope": _("未拨，回到批次额度")}
    return [(words[kind], fen) for kind, fen in done.items() if kind in words]


def amendments_due(user: Any) -> list[Due]:
    if not user.has_role(*BUREAU):
        return []
    rows = Amendment.objects.filter(
        user.scope(*BUREAU, field="project__region"), status=AmendmentStatus.REQUESTED
    ).exclude(requested_by=user)
    return [
        due_of(
            one,
            _("批复变更 · %s") % one.project.title,
            reverse("staff_amendments:inspect", args=[one.pk]),
            "agreements.approve",
            project=one.project,
        )
        for one in rows.select_related("project")
    ]


TURNS = {
    Role.BUREAU_OFFICER: (
        (ProjectStatus.FINISHING, ProjectStatus.TERMINATED),
        gettext_lazy("办理结项 · %s"),
        "agreements.close",
    ),
    Role.BUREAU_HEAD: ((ProjectStatus.SUSPENDED,), gettext_lazy("决定恢复或终止 · %s"), "agreements.resume"),
}
"""Role -> the states of a project that wait for it, the words, the kind."""


def closings_due(user: Any) -> list[Due]:
    """Projects whose next step is this person's. One that was ended waits until its money has been claimed back."""
    owing = Account.objects.filter(owner_kind="award", kind=Kind.RECOVERABLE, balance__gt=0).values("owner_code")
    return [
        due_of(one, words % one.title, reverse("staff_projects:inspect", args=[one.pk]), kind, project=one)
        for role, (states, words, kind) in TURNS.items()
        if user.has_role(role)
        for one in Project.objects.filter(user.scope(role), status__in=states).exclude(
            status=ProjectStatus.TERMINATED, code__in=owing
        )
    ]
