"""一社一档: one organization from all sides (screens § 3.9). Staff only; each part shows what its reader may see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from grants.agreements.models import READERS, Hold, PlannedActivity, Project, ProjectQuerySet
from grants.agreements.states import CLOSED
from grants.applications.models import Application
from grants.audits.models import Finding
from grants.awards.models import Award
from grants.awards.states import S as AwardStatus
from grants.desk.queries.risk import lagging
from grants.desk.rules import Dots, Group, Share, dots, groups, shares
from grants.monitoring.models import Activity, Evaluation
from grants.payments.models import Payment, Refund
from grants.review.models import Panel, Ranking
from orgs.registry import queries as registry
from orgs.registry.models import BankAccount, Listing, Membership, Organization
from portal import clock
from portal.money import yuan
from portal.trail.queries import Entry, history

YEARS = 5
MOST = 30
REGISTER = ("registry.import", "registry.update", "registry.file", "registry.add")
"""Acts by which the register's facts came or changed."""


@dataclass(frozen=True)
class Work:
    """One application or grant. asked, granted, paid: fen, None for what was not. subject: whose state is shown."""

    title: str
    url: str
    year: int
    asked: int | None
    granted: int | None
    paid: int | None
    subject: Any
    on: date | None


@dataclass(frozen=True)
class Risk:
    """What to look at before the next grant, with its source and day."""

    text: str
    source: str
    on: date | None
    url: str = ""


@dataclass(frozen=True)
class Fact:
    """One datum of the register: where it comes from and when it was taken there."""

    name: str
    value: str
    source: str
    at: datetime | None


@dataclass(frozen=True)
class OrganizationFile:
    """money, scores, indicators: the three plots, empty where there is nothing that the reader may see."""

    organization: Organization
    risks: tuple[Risk, ...]
    works: tuple[Work, ...]
    money: tuple[Group, ...]
    money_ticks: tuple[tuple[int, str], ...]
    scores: tuple[Dots, ...]
    indicators: tuple[Share, ...]
    evaluations: tuple[Evaluation, ...]
    findings: tuple[Finding, ...]
    listings: tuple[Listing, ...]
    members: tuple[Membership, ...]
    facts: tuple[Fact, ...]
    taken_at: datetime | None
    related: tuple[tuple[Organization, list[str]], ...]
    groups: int
    log: tuple[Entry, ...]
    sees_money: bool

    @property
    def shown(self) -> tuple[Work, ...]:
        return self.works[:MOST]

    @property
    def more(self) -> int:
        return len(self.works) - len(self.shown)

    @property
    def granted(self) -> int:
        return sum(one.granted or 0 for one in self.works)

    @property
    def paid(self) -> int:
        return sum(one.paid or 0 for one in self.works)

    @property
    def span(self) -> str:
        years = sorted({one.year for one in self.works})
        return f"{years[0]}–{years[-1]}" if len(years) > 1 else str(years[0]) if years else ""

    @property
    def best(self) -> Dots | None:
        return max(self.scores, key=lambda one: one.score, default=None)

    @property
    def days_old(self) -> int:
        return (clock.now() - self.taken_at).days if self.taken_at else 0


def organization_file(organization: Organization, user: Any) -> OrganizationFile:
    """Return all sides of one organization. The number of queries does not grow with its rows."""
    projects = Project.objects.visible_to(user).filter(organization=organization)
    works = sorted(
        works_of(organization, projects, user), key=lambda one: (one.year, one.on or date.min), reverse=True
    )
    log = history(organization)
    taken_at = next((one.at for one in log if one.action in REGISTER), organization.created_at)
    plot, ticks = groups(by_year(works))
    return OrganizationFile(
        organization=organization,
        risks=tuple(risks(organization, projects, user)),
        works=tuple(works),
        money=plot,
        money_ticks=ticks,
        scores=dots(scores(organization, user)),
        indicators=shares(indicators(projects)),
        evaluations=tuple(evaluations(organization, user)[:MOST]),
        findings=tuple(findings(organization, user).select_related("project")[:MOST]),
        listings=tuple(organization.listings.all()),
        members=tuple(organization.memberships.active().select_related("user").order_by("role", "pk")),
        facts=tuple(facts(organization, user, log, taken_at)),
        taken_at=taken_at,
        related=tuple(registry.related(organization, user)),
        groups=organization.groups.public().count(),
        log=tuple(log[:10]),
        sees_money=user.has_role(*READERS),
    )


def works_of(organization: Organization, projects: QuerySet[Project], user: Any) -> Iterator[Work]:
    """Yield what it asked for and what it was granted, the imported history included. Three queries."""
    paid = dict(
        Payment.objects.visible_to(user)
        .filter(project__in=projects.values("pk"), paid_at__isnull=False)
        .order_by()
        .values_list("project")
        .annotate(fen=Sum("amount"))
    )
    known = set()
    applications = Application.objects.visible_to(user).filter(organization=organization, submitted_at__isnull=False)
    for one in applications.select_related("round", "award__project"):
        award = getattr(one, "award", None)
        if award:
            known.add(award.pk)
        project = getattr(award, "project", None)
        yield Work(
            title=one.title,
            url=project_url(project) if project else reverse("staff_applications:inspect", args=[one.pk]),
            year=award.year if award else one.round.year,
            asked=one.amount_requested,
            granted=award.amount if award and award.status == AwardStatus.APPROVED else None,
            paid=paid.get(project.pk) if project else None,
            subject=project or award or one,
            on=one.submitted_at.astimezone(clock.ZONE).date() if one.submitted_at else None,
        )
    others = Award.objects.approved().filter(organization=organization).exclude(pk__in=known)
    for award in others.select_related("project"):
        project = getattr(award, "project", None)
        yield Work(
            title=award.title,
            url=project_url(project) if project else reverse("home:project", args=[award.key]),
            year=award.year,
            asked=None,
            granted=award.amount,
            paid=paid.get(project.pk) if project else None,
            subject=project or award,
            on=award.confirmed_at.astimezone(clock.ZONE).date() if award.confirmed_at else None,
        )


def project_url(project: Project) -> str:
    return reverse("desk:project", args=[project.key])


def by_year(works: list[Work]) -> list[tuple[str, tuple[int, int, int]]]:
    """Return (year, (asked, granted, paid)) of the last years with any of them, oldest first."""
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for one in works:
        for at, fen in enumerate((one.asked, one.granted, one.paid)):
            sums[one.year][at] += fen or 0
    return [(str(year), (asked, granted, paid)) for year, (asked, granted, paid) in sorted(sums.items())][-YEARS:]


def scores(organization: Organization, user: Any) -> list[tuple[str, float, int, int, float, float]]:
    """Return (year, best score, its rank, of how many, lowest, highest) a year, oldest first. Two queries.

    The last sealed stage of a round counts: the defence where there was one. Of two rounds of a year
    the one counts where the organization did best.
    """
    own = Application.objects.visible_to(user).filter(organization=organization)
    asked = dict(own.values_list("pk", "round__year"))
    sealed = Ranking.objects.filter(
        panel__in=Panel.objects.visible_to(user), panel__round__in=own.values("round")
    ).select_related("panel__round")
    stages: dict[tuple[int, str], dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for one in sealed.order_by("pk"):
        stages[(one.panel.round.year, one.panel.round.code)][one.panel.stage] += one.rows
    found: dict[int, tuple[str, float, int, int, float, float]] = {}
    for (year, _code), by_stage in sorted(stages.items()):
        rows = by_stage.get("DEFENCE") or by_stage.get("PAPER") or []
        marks = sorted((float(row["score"]) for row in rows if row.get("score") is not None), reverse=True)
        mine = [float(row["score"]) for row in rows if row["application"] in asked and row.get("score") is not None]
        best = max(mine, default=0.0)
        if mine and (year not in found or found[year][1] < best):
            found[year] = (str(year), best, marks.index(best) + 1, len(marks), marks[-1], marks[0])
    return list(found.values())[-YEARS:]


def indicators(projects: QuerySet[Project]) -> list[tuple[str, int, int, bool]]:
    """Return (year, persons served, persons promised, is closed) of each year with projects. Three queries."""
    here = projects.values("pk")
    planned = PlannedActivity.objects.filter(project__in=here).order_by()
    promised = dict(planned.values_list("project__award__year").annotate(n=Sum("persons")))
    held = Activity.objects.filter(project__in=here, planned__isnull=False).order_by()
    served = dict(held.values_list("project__award__year").annotate(n=Sum("persons")))
    running = set(projects.exclude(status__in=CLOSED).values_list("award__year", flat=True))
    rows = [(str(year), served.get(year, 0), n, year not in running) for year, n in sorted(promised.items()) if n]
    return rows[-YEARS:]


def evaluations(organization: Organization, user: Any) -> QuerySet[Evaluation]:
    rows = Evaluation.objects.visible_to(user).filter(project__organization=organization, submitted_at__isnull=False)
    return rows.select_related("project").order_by("-submitted_at", "-pk")


def findings(organization: Organization, user: Any) -> QuerySet[Finding]:
    return Finding.objects.visible_to(user).filter(project__organization=organization).order_by("-found_at", "-pk")


def risks(organization: Organization, projects: ProjectQuerySet, user: Any) -> Iterator[Risk]:
    """Say each risk by its rule, with its source; no score. Eight queries."""
    for listing in organization.listings.open():
        text = _("已列入%(kind)s：%(reason)s") % {"kind": listing.get_kind_display(), "reason": listing.reason}
        yield Risk(text, listing.decision, listing.listed_on)
    if organization.has_certificate_expired:
        yield Risk(_("证书（备案）已过有效期。"), _("登记名册"), organization.valid_to)
    for hold in Hold.objects.open().filter(project__in=projects.values("pk")).select_related("project"):
        text = _("项目“%(title)s”暂缓拨付：%(reason)s") % {"title": hold.project.title, "reason": hold.reason}
        yield Risk(text, _("审计"), hold.placed_at.astimezone(clock.ZONE).date(), project_url(hold.project))
    open_ones = Finding.objects.visible_to(user).unsettled().filter(project__organization=organization)
    for one in open_ones.order_by("-found_at", "-pk")[:MOST]:
        text = _("审计问题“%(name)s”未销号（%(state)s）") % {"name": one.name, "state": one.get_status_display()}
        yield Risk(
            text,
            one.number,
            one.found_at.astimezone(clock.ZONE).date(),
            reverse("staff_findings:inspect", args=[one.pk]),
        )
    for project, sentence in lagging(projects):
        text = _("项目“%(title)s”：%(text)s") % {"title": project.title, "text": sentence}
        yield Risk(text, _("活动记录"), clock.today(), project_url(project))
    late = Refund.objects.open().filter(project__in=projects.values("pk"), due_on__lt=clock.today())
    for refund in late.select_related("project"):
        text = _("项目“%(title)s”有 %(yuan)s 元逾期未退回") % {
            "title": refund.project.title,
            "yuan": yuan(refund.amount),
        }
        yield Risk(text, refund.code, refund.due_on, reverse("staff_refunds:inspect", args=[refund.pk]))


def facts(organization: Organization, user: Any, log: list[Entry], taken_at: datetime | None) -> Iterator[Fact]:
    """Yield what is registered, with its source and time. One query."""
    register, profile = _("登记名册"), _("单位填报")
    edited_at = next((one.at for one in log if one.action == "registry.edit_profile"), None)
    valid = organization.valid_to
    yield Fact(_("统一社会信用代码"), organization.uscc or _("备案组织没有信用代码"), register, taken_at)
    for name, value in (
        (_("法定代表人"), organization.legal_rep_name),
        (_("登记机关"), organization.authority),
        (_("备案号"), organization.filing_number),
        (_("住所"), organization.address),
        (_("证书（备案）有效期至"), valid.isoformat() if valid else ""),
        (_("评估等级"), organization.get_grade_display()),
        (_("归类"), organization.get_support_class_display() if organization.support_class else ""),
    ):
        if value:
            yield Fact(name, str(value), register, taken_at)
    for name, value in ((_("联系人"), organization.contact_name), (_("服务领域"), organization.service_field)):
        if value:
            yield Fact(name, value, profile if edited_at else register, edited_at or taken_at)
    account = BankAccount.objects.visible_to(user).usable().filter(organization=organization).first()
    if account:
        yield Fact(_("收款账户"), str(account), _("单位填报，局财务核对"), account.verified_at)
