"""Populations, samples, findings, and what is due."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, Q, QuerySet, When
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.agreements.models import Project
from grants.audits import rules
from grants.audits.models import Engagement, Finding, Sample, SampleItem
from grants.audits.models.engagement import named_engagements
from grants.audits.states import EngagementStatus, FindingStatus
from grants.funds import queries as funds
from grants.monitoring.models import Evidence
from grants.spending import queries as spending
from grants.spending.models import Expenditure
from grants.spending.states import Status
from orgs.registry.models import MemberRole, Organization
from portal import clock
from portal.access import Role
from portal.accounts.models import RoleGrant, User
from portal.components.rules import Due, due_of
from portal.money import yuan
from portal.regions.models import Region


@dataclass(frozen=True)
class Population:
    """The expenditures in scope now: rows of (key, fen) in key order, their sum and hash."""

    rows: list[tuple[str, int]]

    @property
    def count(self) -> int:
        return len(self.rows)

    @property
    def fen(self) -> int:
        return sum(fen for _key, fen in self.rows)

    @property
    def sha256(self) -> str:
        return rules.population_sha256(self.rows)


def population(engagement: Engagement) -> Population:
    """Return recorded and accepted expenditures of the scope, invoiced in the audited period. 1 query."""
    rows = (
        Expenditure.objects.filter(
            project__in=engagement.scope.values("project"),
            status__in=[Status.RECORDED, Status.ACCEPTED, Status.DISALLOWED],
            invoice_date__range=(engagement.period_from, engagement.period_to),
        )
        .order_by("key")
        .values_list("key", "amount")
    )
    return Population(list(rows))


def sample(engagement: Engagement) -> Sample | None:
    """Return the draw in force: the last one."""
    return engagement.samples.order_by("-number").first()


def recompute(drawn: Sample) -> list[str]:
    """Draw again from the stored population and seed: the proof that the sample is what it says."""
    rows = [(key, fen) for key, fen in drawn.population]
    return rules.draw(rows, method=drawn.method, size=drawn.size, seed=drawn.seed)


def is_true(drawn: Sample) -> bool:
    """Say whether the stored rows are exactly those that population and seed give. 1 query."""
    stored = list(drawn.items.order_by("position").values_list("expenditure__key", flat=True))
    rows = [(key, fen) for key, fen in drawn.population]
    return rules.population_sha256(rows) == drawn.population_sha256 and stored == recompute(drawn)


@dataclass(frozen=True)
class Bin:
    """One column of the histogram: expenditures below `limit` fen, and how many were drawn."""

    label: str
    count: int
    drawn: int


LIMITS = (
    (100_00, gettext_lazy("100 元以下")),
    (500_00, gettext_lazy("100 至 500 元")),
    (1_000_00, gettext_lazy("500 至 1,000 元")),
    (5_000_00, gettext_lazy("1,000 至 5,000 元")),
)


def histogram(drawn: Sample) -> list[Bin]:
    """Return the population by size, with the drawn part of each. 1 query."""
    chosen = set(drawn.items.values_list("expenditure__key", flat=True))
    labels = [*(label for _limit, label in LIMITS), _("5,000 元以上")]
    counts, parts = [0] * len(labels), [0] * len(labels)
    for key, fen in drawn.population:
        at = next((i for i, (limit, _label) in enumerate(LIMITS) if fen < limit), len(LIMITS))
        counts[at] += 1
        parts[at] += key in chosen
    return [Bin(str(label), count, part) for label, count, part in zip(labels, counts, parts, strict=True)]


def auditors(engagement: Engagement) -> QuerySet[User]:
    """Return the people named in the engagement."""
    return User.objects.filter(
        pk__in=engagement.engagementuserobjectpermission_set.filter(permission__codename="audit").values("user")
    ).order_by("pk")


def is_auditor(user: Any, engagement: Engagement) -> bool:
    return (
        bool(user.is_active) and Engagement.objects.filter(pk__in=named_engagements(user), pk=engagement.pk).exists()
    )


def belongs(user: Any, projects: Iterable[Project]) -> bool:
    """Say whether this person is or was a member of an organization that does or is paid for `projects`."""
    organizations = {pk for one in projects for pk in (one.organization_id, one.payee_id)}
    return user.memberships.filter(organization__in=organizations).exists()


def recoverable(project: Project) -> int:
    """Return the fen that the organization still has to give back."""
    return sum(funds.balance("recoverable", "award", project.award.code).values())


def has_earlier(organization_id: int, code: str) -> bool:
    """Say whether the organization had a finding of this code that was issued and stood."""
    own = Finding.objects.filter(project__organization=organization_id, code=code)
    return own.exclude(status__in=[FindingStatus.OPEN, FindingStatus.HEARD]).exclude(outcome="DROPPED").exists()


def next_number(model: type[Any], field: str, prefix: str) -> str:
    """Return "SJ-2026-0007": prefix, year, one above the highest so far."""
    head = f"{prefix}-{clock.today().year}-"
    last = (
        model.objects.filter(**{f"{field}__startswith": head})
        .order_by(f"-{field}")
        .values_list(field, flat=True)
        .first()
    )
    return f"{head}{int(last.rsplit('-', 1)[1]) + 1 if last else 1:04d}"


def due(user: Any) -> list[Due]:
    """Return hearings and rectifications of the person's organizations, and the auditor's and head's work.

    At most 6 queries.
    """
    rows = list(due_organization(user))
    if user.has_role(Role.AUDITOR, Role.BUREAU_OFFICER):
        rows += due_verifications(user)
    if user.has_role(Role.AUDITOR, Role.BUREAU_HEAD):
        rows += due_engagements(user)
    if user.has_role(Role.AUDITOR):
        rows += due_papers(user)
    if user.has_role(Role.BUREAU_HEAD):
        rows += due_head(user)
    return rows


TODO = {
    FindingStatus.OPEN: gettext_lazy("征求意见"),
    FindingStatus.HEARD: gettext_lazy("陈述意见"),
    FindingStatus.ORDERED: gettext_lazy("报送整改"),
    FindingStatus.ISSUED: gettext_lazy("签发整改通知"),
    FindingStatus.VERIFIED: gettext_lazy("销号"),
    FindingStatus.REPLIED: gettext_lazy("核查整改"),
}


def due_organization(user: Any) -> Iterable[Due]:
    signed = Organization.objects.of_member(user, MemberRole.ADMIN, MemberRole.WRITER)
    waiting = Finding.objects.filter(
        Q(status=FindingStatus.ORDERED) | Q(status=FindingStatus.HEARD) & ~Q(entries__kind="RESPONSE"),
        project__organization__in=signed,
    ).select_related("project")
    for one in waiting:
        yield finding_due(one, reverse("audits:finding", args=[one.key]))


def finding_due(finding: Finding, url: str, what: str = "") -> Due:
    status = FindingStatus(finding.status)
    title = _("%(what)s：%(name)s · %(project)s") % {
        "what": what or TODO[status],
        "name": finding.name,
        "project": finding.project.title,
    }
    return due_of(finding, title, url, f"audits.{status.lower()}", project=finding.project)


def due_papers(user: Any) -> Iterable[Due]:
    """Findings that their auditors must send for hearing, or issue once the organization has been heard."""
    mine = Finding.objects.filter(engagement__in=named_engagements(user)).select_related("project")
    heard = Q(status=FindingStatus.HEARD) & (Q(entries__kind="RESPONSE") | Q(due_on__lt=clock.today()))
    for one in mine.filter(Q(status=FindingStatus.OPEN) | heard).distinct():
        what = "" if one.status == FindingStatus.OPEN else _("出具问题单")
        yield finding_due(one, reverse("staff_findings:inspect", args=[one.pk]), what)


def due_verifications(user: Any) -> Iterable[Due]:
    waiting = Finding.objects.filter(
        Q(engagement__in=named_engagements(user)) | user.scope(Role.BUREAU_OFFICER, field="project__region"),
        status=FindingStatus.REPLIED,
    ).exclude(found_by=user)
    for one in waiting.select_related("project"):
        yield finding_due(one, reverse("staff_findings:inspect", args=[one.pk]))


def due_head(user: Any) -> Iterable[Due]:
    mine = Finding.objects.filter(user.scope(Role.BUREAU_HEAD, field="project__region"))
    waiting = mine.filter(status__in=[FindingStatus.ISSUED, FindingStatus.VERIFIED]).exclude(found_by=user)
    for one in waiting.select_related("project"):
        yield finding_due(one, reverse("staff_findings:inspect", args=[one.pk]))


STEPS = {
    EngagementStatus.PLANNED: gettext_lazy("发出审计通知"),
    EngagementStatus.NOTIFIED: gettext_lazy("进点实施"),
    EngagementStatus.FIELDWORK: gettext_lazy("抽样和测试"),
    EngagementStatus.DRAFT: gettext_lazy("征求意见"),
    EngagementStatus.RESPONDED: gettext_lazy("出具审计结论"),
    EngagementStatus.ISSUED: gettext_lazy("跟踪整改并办结"),
}


def due_engagements(user: Any) -> Iterable[Due]:
    """The named auditors work until the result is issued; the head closes it, and names whom nobody named."""
    over = (EngagementStatus.ISSUED, EngagementStatus.CLOSED)
    named = Q(pk__in=named_engagements(user)) & ~Q(status__in=over)
    planned = Q(planned_by=user, status=EngagementStatus.PLANNED)
    closing = user.scope(Role.BUREAU_HEAD) & Q(status=EngagementStatus.ISSUED)
    for one in Engagement.objects.filter(named | planned | closing):
        yield due_of(
            one,
            f"{STEPS[EngagementStatus(one.status)]} · {one.title}",
            reverse("staff_engagements:inspect", args=[one.pk]),
            "audits.engagement",
        )


def with_all(rows: Any) -> Any:
    """Join what a page of findings shows."""
    return rows.select_related(
        "engagement", "project__organization", "project__award", "expenditure__line", "hold", "order__signed_by", "found_by",
        "verified_by",
    )  # fmt: skip


def of_member(user: Any) -> Any:
    """Return the findings that the person's organizations were told of; ordered and heard ones first."""
    mine = Finding.objects.filter(
        project__organization__in=Organization.objects.of_member(user), sent_at__isnull=False
    )
    turn = Case(
        When(status__in=[FindingStatus.HEARD, FindingStatus.ORDERED], then=0),
        When(status=FindingStatus.SETTLED, then=2),
        default=1,
    )
    return mine.select_related("project", "order").order_by(turn, "due_on", "-pk")


def thread(finding: Finding) -> Any:
    """Return every round of words between auditor and organization, with papers. 2 queries."""
    return finding.entries.select_related("by").prefetch_related("files__file")


def facts(one: Finding) -> list[tuple[str, str]]:
    """Return the rows of a finding's page."""
    rows = [
        (_("项目"), format_html('{}（<span class="nw">{}</span>）', one.project.title, one.project.code)),
        (_("问题类型"), one.name),
        (_("等级"), str(one.get_severity_display()) + (_("（屡查屡犯，提高一级）") if one.is_repeat else "")),
        (_("事实"), one.fact),
        (_("依据条款"), one.clause),
        (_("涉及金额"), _("%(yuan)s 元") % {"yuan": yuan(one.amount)} if one.amount else _("不涉及金额")),
    ]
    if one.expenditure:
        rows.append((_("支出"), f"{one.expenditure.item} · {one.expenditure.invoice_number}"))
    if one.advice:
        rows.append((_("处理建议"), one.advice))
    if one.disallowed:
        rows.append((_("剔除金额"), _("%(yuan)s 元，应予追回") % {"yuan": yuan(one.disallowed)}))
    if order := getattr(one, "order", None):
        rows.append((_("整改通知"), f"{order.number} · {order.signed_by} · {order.signed_at:%Y-%m-%d}"))
        rows.append((_("整改要求"), order.measures))
    if one.hold:
        rows.append((_("拨付"), _("已解除暂缓") if one.hold.lifted_at else _("暂缓拨付")))
    if one.outcome:
        rows.append((_("结果"), str(one.get_outcome_display())))
    return rows


def items(engagement: Engagement) -> QuerySet[SampleItem]:
    """Return the rows of the draw in force."""
    drawn = sample(engagement)
    rows = SampleItem.objects.filter(sample=drawn) if drawn else SampleItem.objects.none()
    return rows.select_related("expenditure").order_by("position")


def nameable(region: Region) -> QuerySet[User]:
    """Return the auditors whose grant covers the region. 2 queries."""
    near = [*region.get_ancestors().values_list("path", flat=True), region.path]
    grants = RoleGrant.objects.in_force(clock.today()).filter(role=Role.AUDITOR, region__path__in=near)
    return User.objects.filter(is_active=True, pk__in=grants.values("user")).order_by("name", "pk")


def choices(user: Any) -> dict[str, Any]:
    """Return what a new engagement may name: regions of the person's grants, their projects, auditors."""
    mine = [grant.region for grant in user.grants_now if grant.role in (Role.AUDITOR, Role.BUREAU_HEAD)]
    auditors_ = User.objects.none()
    for region in mine:
        auditors_ = auditors_ | nameable(region)
    return {
        "regions": Region.objects.filter(pk__in=[one.pk for one in mine]),
        "projects": Project.objects.filter(user.scope(Role.AUDITOR, Role.BUREAU_HEAD))
        .exclude(status="PREPARING")
        .order_by("code"),
        "auditors": auditors_.exclude(pk=user.pk),
    }


def voucher_facts(one: Expenditure) -> list[tuple[str, Any]]:
    return [(_("项目"), one.project.title), (_("单位"), one.project.organization.name), *spending.facts(one)]


@dataclass(frozen=True)
class Link:
    """One link of the evidence chain. state: word with its tone."""

    name: str
    text: str
    state: str
    tone: str


def link(name: str, text: str, *, is_there: bool, is_right: bool = True) -> Link:
    if not is_there:
        return Link(name, text, _("缺"), "danger")
    return Link(name, text, _("✓ 有") if is_right else _("不符"), "success" if is_right else "danger")


def chain(one: Expenditure) -> list[Link]:
    """Return budget → contract → invoice → payment → photographs of a voucher, each there, missing or wrong. 2 queries."""
    project, agreement, line = one.project, getattr(one.project, "agreement", None), one.line
    budget = _("%(item)s，核定 %(yuan)s 元") % {"item": line.item, "yuan": yuan(line.amount)}
    signed = agreement and agreement.signed_on
    in_time = project.starts_on <= one.invoice_date <= project.ends_on
    invoice = f"{one.invoice_number} · {one.invoice_date:%Y-%m-%d}"
    how = _("现金") if one.is_cash else _("转账或刷卡")
    posted = _("%(how)s，认定记账凭证 %(number)s") % {"how": how, "number": one.posting_id}
    return [
        link(_("预算"), budget, is_there=True, is_right=not one.is_over_line),
        link(
            _("合同"),
            f"{agreement.number} · {signed:%Y-%m-%d}" if agreement and signed else _("协议没有签署"),
            is_there=bool(signed),
        ),
        link(_("发票"), invoice if in_time else _("%s，不在项目期间") % invoice, is_there=True, is_right=in_time),
        link(_("付款"), posted if one.posting_id else _("%s，还没有认定记账") % how, is_there=bool(one.posting_id)),
        photos(one),
    ]


def photos(one: Expenditure) -> Link:
    """Return what the planned activity of a voucher has to show. 1 query."""
    if one.activity_id is None:
        return Link(_("照片"), _("不对应单项活动"), _("不适用"), "neutral")
    rows = Evidence.objects.filter(activity__planned=one.activity_id)
    found = rows.aggregate(photos=Count("pk", filter=Q(kind="PHOTO")), sheets=Count("pk", filter=Q(kind="SHEET")))
    text = _("%(name)s：照片 %(photos)s 张，签到表 %(sheets)s 份") % {"name": one.activity, **found}
    return link(_("照片"), text, is_there=bool(found["photos"] or found["sheets"]), is_right=bool(found["photos"]))


def same_papers(one: Expenditure, user: Any) -> list[Expenditure]:
    """Return other vouchers with the same file (by hash) in any project that `user` may see. 1 query."""
    twins = Expenditure.objects.visible_to(user).filter(voucher__sha256=one.voucher.sha256).exclude(pk=one.pk)
    return list(twins.select_related("project").order_by("pk")[:20])
