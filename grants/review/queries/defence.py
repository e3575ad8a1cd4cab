"""The short list and the defence: what is waited for, who may speak when, what the figures are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from grants.applications.models import Application
from grants.applications.states import S as Screening
from grants.calls.models import Round
from grants.calls.queries import scoring
from grants.review import rules
from grants.review.models import Candidacy, Panel, Ranking, ScoreSheet, Shortlist, Slot
from grants.review.models.panel import Stage
from grants.review.queries.ranking import FinalRow, RankRow, paper_rows, ranking
from grants.review.states import Candidate, PanelState, Sheet
from orgs.registry.models import MemberRole, Membership
from portal import clock
from portal.access import Role
from portal.components.rules import Due, due_of
from portal.lifecycle import Reason
from portal.spreadsheets.rules import Sheet as Table


def cut(round: Round) -> tuple[list[dict[str, Any]], str]:
    """Return the paper ranking with `is_in` on every row, and why the line stands there. One query."""
    rows = [
        {**row, "is_in": row["rank"] is not None and row["rank"] <= round.defence_places} for row in paper_rows(round)
    ]
    scores = [Decimal(row["score"]) if row["score"] is not None else None for row in rows]
    return rows, rules.cut_words(round.defence_places, scores, [row["tie"] for row in rows])


def uncut(round: Round) -> list[Reason]:
    """Return what stands against cutting the short list of `round`. Four queries."""
    if not round.has_defence:
        return [Reason("no_defence", _("这个批次不设答辩，不需要确定入围名单。"))]
    if Shortlist.objects.filter(round=round).exists():
        return [Reason("cut", _("入围名单已经确定，不能再改。"))]
    found = []
    panels = Panel.objects.filter(round=round, stage=Stage.PAPER)
    if not panels.exclude(status=PanelState.CANCELLED).exists():
        found.append(Reason("panels", _("还没有初评评审组，请先组织初评。")))
    found += [
        Reason("unsealed", _("%(one)s的评审汇总还没有封存，请先封存。") % {"one": one}) for one in panels.unsealed()
    ]
    return [*found, *unassigned(round)]


def unassigned(round: Round) -> list[Reason]:
    """Return a reason when a screened application of the round stands before no panel. One query."""
    left = Application.objects.screened(round).filter(candidacy__isnull=True).count()
    return (
        [Reason("left", _("还有 %(left)s 个初审通过的项目没有进入评审组，请先评审。") % {"left": left})]
        if left
        else []
    )


def unscreened(round: Round) -> list[Reason]:
    """Return what stands against deciding case by case: the window, and what the officer has not screened. One query."""
    if not round.has_closed(clock.now()):
        return [Reason("window", _("申报还没有截止，截止并完成资格审查后才能录入会议结果。"))]
    left = Application.objects.filter(round=round, status__in=(Screening.SUBMITTED, Screening.RETURNED)).count()
    return (
        [Reason("unscreened", _("还有 %(left)s 个项目没有完成资格审查，请先审查。") % {"left": left})] if left else []
    )


def waiting(round: Round) -> list[Reason]:
    """Return what the review still owes before a body can decide. Four queries at most."""
    unsealed = Panel.objects.filter(round=round).unsealed()
    found = [
        Reason("unsealed", _("%(one)s的评审汇总还没有封存，封存后才能录入会议结果。") % {"one": one})
        for one in unsealed
    ]
    found += unassigned(round) if round.has_review else unscreened(round)
    if not round.has_defence:
        return found
    if not Shortlist.objects.filter(round=round).exists():
        return [*found, Reason("uncut", _("入围名单还没有确定，答辩结束后才能录入会议结果。"))]
    counts = Candidacy.objects.filter(application__round=round, status=Candidate.SHORTLISTED).count()
    return (
        [*found, Reason("unscheduled", _("还有 %(counts)s 个入围项目没有安排答辩。") % {"counts": counts})]
        if counts
        else found
    )


def review_ended_on(round: Round) -> date | None:
    """Return the day the last panel of the round was sealed; None without a sealed one."""
    last = Ranking.objects.filter(panel__round=round).aggregate(last=Max("sealed_at"))["last"]
    return last.astimezone(clock.ZONE).date() if last else None


def unscheduled(round: Round) -> QuerySet[Candidacy]:
    """Return the shortlisted that have no slot yet."""
    rows = Candidacy.objects.filter(application__round=round, status=Candidate.SHORTLISTED)
    return rows.select_related("application__organization").order_by("code")


def slots_of(panel: Panel) -> QuerySet[Slot]:
    """One query with candidacy, application and organization."""
    return panel.slots.select_related("candidacy__application__organization", "noted_by").order_by("position")


def unattended(panel: Panel) -> QuerySet[Slot]:
    """Return the slots of which nobody has said whether anyone came."""
    return panel.slots.filter(present_at__isnull=True, candidacy__status=Candidate.DEFENCE_SCHEDULED)


def speakers(organizations: Iterable[int]) -> dict[int, dict[int, str]]:
    """Return organization pk -> the people who may speak for it: 负责人 and 项目负责人, pk -> name. One query."""
    found: dict[int, dict[int, str]] = defaultdict(dict)
    rows = Membership.objects.active().filter(
        organization__in=list(organizations), role__in=[MemberRole.ADMIN, MemberRole.WRITER]
    )
    for organization, user, name in rows.values_list("organization_id", "user_id", "user__name"):
        found[organization][user] = name
    return found


def span(slot: Slot, people: dict[int, dict[int, str]], is_new: bool = True) -> rules.Span:
    app = slot.candidacy.application
    return rules.Span(
        f"{slot.candidacy.code} {app.title}", slot.room, people.get(app.organization_id, {}), slot.starts_at,
        slot.ends_at, is_new,
    )  # fmt: skip


def clashes(wanted: list[Slot]) -> list[Reason]:
    """Return why these slots cannot be held as they are: among each other and with those that stand. Two queries."""
    others = (
        Slot.objects.filter(
            starts_at__lt=max(one.ends_at for one in wanted), ends_at__gt=min(one.starts_at for one in wanted),
            candidacy__status=Candidate.DEFENCE_SCHEDULED,
        )
        .exclude(pk__in=[one.pk for one in wanted if one.pk])
        .select_related("candidacy__application")
    )  # fmt: skip
    standing = list(others)
    people = speakers({one.candidacy.application.organization_id for one in [*wanted, *standing]})
    spans = [*(span(one, people) for one in wanted), *(span(one, people, is_new=False) for one in standing)]
    return [Reason("clash", text) for text in rules.clashes(spans)]


def paper_comments(candidacy: Candidacy) -> list[str]:
    """Return the comments of the paper review, without names, in the order of their hashes. One query."""
    rows = ScoreSheet.objects.filter(
        assignment__candidacy=candidacy, assignment__member__panel__stage=Stage.PAPER,
        assignment__member__panel__status=PanelState.SEALED, assignment__removed_at__isnull=True,
        status=Sheet.SUBMITTED,
    )  # fmt: skip
    return sorted(rows.values_list("comment", flat=True), key=lambda text: rules.lot(candidacy.key, text))


def when(slot: Slot) -> str:
    """Write a slot as "2026年3月24日 09:00 区社会组织服务中心 201 室"."""
    return f"{formats.date_format(slot.starts_at.astimezone(clock.ZONE), _('Y年n月j日 H:i'))} {slot.room}"


FIGURES = (
    gettext_noop("名次"), gettext_noop("编号"), gettext_noop("申报编号"), gettext_noop("项目"), gettext_noop("申报单位"), gettext_noop("总成绩"), gettext_noop("初评成绩"), gettext_noop("答辩成绩"), gettext_noop("初评占比"), gettext_noop("有效总分"),
    gettext_noop("去掉的最高最低分"), gettext_noop("财务专家评分"), gettext_noop("需求与方案"), gettext_noop("人次成本（分）"), gettext_noop("抽签值"), gettext_noop("并列排定办法"),
)  # fmt: skip


def figures(panel: Panel) -> list[Table]:
    """Return everything that anybody needs to compute the ranking again: the marks, the weights, the lot, the hash."""
    sealed = panel.ranking
    rows = [figure_row(row) for row in ranking(panel)]
    method = [
        (_("计分办法"), scoring(panel.round, panel.stage)),
        (_("抽签种子"), panel.seed),
        (_("抽签值"), _("以半角冒号连接种子和申报编号，取 SHA-256")),
        (_("总成绩"), _("初评成绩 × 初评占比 + 答辩成绩 × 其余，四舍五入保留两位小数")),
        (_("并列"), _("依次比较初评的需求与方案得分（高者先）、人次成本（低者先）、抽签值（小者先）")),
        (_("答辩缺席"), str(panel.round.get_absence_display())),
        (_("封存时间"), formats.date_format(sealed.sealed_at.astimezone(clock.ZONE), "Y-m-d H:i")),
        (_("校验码"), sealed.sha256),
    ]
    return [Table(_("计分"), [_(one) for one in FIGURES], rows), Table(_("办法"), (_("项目"), _("说明")), method)]


def figure_row(row: RankRow) -> list[Any]:
    kept = [total for total, counts in row.marks if counts]
    gone = [total for total, counts in row.marks if not counts]
    parts = [row.paper, row.defence, row.paper_percent] if isinstance(row, FinalRow) else [row.score, None, 100]
    return [
        row.rank, row.code, row.number, row.title, row.organization, row.score, *parts,
        " ".join(kept), " ".join(gone), " ".join(row.finance), row.ab, row.unit_cost, row.lot, row.tie,
    ]  # fmt: skip


def shortlist_due(user: Any) -> list[Due]:
    """Rounds whose paper review is sealed and whose short list is not cut; shortlisted without a slot. Two queries."""
    if not user.has_role(Role.PANEL_SECRETARY):
        return []
    mine = Panel.objects.visible_to(user).filter(secretary=user, stage=Stage.PAPER, status=PanelState.SEALED)
    rounds = (
        Round.objects.filter(defence_places__gt=0, panels__in=mine)
        .annotate(
            is_open=Exists(Panel.objects.filter(round=OuterRef("pk"), stage=Stage.PAPER).unsealed()),
            waiting=Count(
                "applications__candidacy",
                filter=Q(applications__candidacy__status=Candidate.SHORTLISTED), distinct=True,
            ),
            first=Min(
                "applications__candidacy__due_on",
                filter=Q(applications__candidacy__status__in=[Candidate.IN_REVIEW, Candidate.SHORTLISTED]),
            ),
        )
        .filter(is_open=False)
        .filter(Q(shortlist__isnull=True) | Q(waiting__gt=0))
        .order_by("code")
    )  # fmt: skip
    found = []
    for one in rounds:
        url = reverse("staff_panels:shortlist", args=[one.pk])
        if one.waiting:
            text = _("安排答辩，%(count)d 个入围项目 · %(round)s") % {"count": one.waiting, "round": one}
            found.append(due_of(one, text, url, "review.schedule", due_on=one.first, state=_("待安排")))
        else:
            text = f"{_('确定入围名单')} · {one}"
            found.append(due_of(one, text, url, "review.shortlist", due_on=one.first, state=_("待确定")))
    return found


def applicant_due(user: Any) -> list[Due]:
    """Defences that the organizations of this person still have to attend. One query."""
    rows = Slot.objects.filter(
        candidacy__application__organization__memberships__in=Membership.objects.active().filter(
            user=user, role__in=[MemberRole.ADMIN, MemberRole.WRITER]
        ),
        candidacy__status=Candidate.DEFENCE_SCHEDULED,
        present_at__isnull=True,
    ).select_related("candidacy__application")
    return [
        due_of(
            one.candidacy,
            f"{_('参加答辩')} · {one.candidacy.application}",
            reverse("applications:detail", args=[one.candidacy.application.key]),
            "review.defend",
            due_on=one.starts_at.astimezone(clock.ZONE).date(),
            state=when(one),
        )
        for one in rows.distinct()
    ]
