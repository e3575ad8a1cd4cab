"""The secretary's acts: make a panel, seat experts, assign, open, chase, lock, seal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from grants.applications import commands as applications
from grants.applications.models import Application
from grants.applications.states import S as Screened
from grants.calls import commands as calls
from grants.calls.models import Round
from grants.review import guards, notices, queries, rules
from grants.review.models import Assignment, Candidacy, Conflict, Panel, PanelMember, Ranking, Shortlist
from grants.review.models.panel import Stage
from grants.review.queries.ranking import as_rows, hash_of
from grants.review.states import BLOCKING, CANDIDACY, PANEL, Candidate, ConflictState, PanelState
from orgs.registry.models import Membership
from portal import clock
from portal.access import Role
from portal.lifecycle import MoveNotAllowed, NotYet, Reason, require_moved, require_none
from portal.trail.commands import log
from portal.workdays.queries import due_on

EMPLOYED = "登记为申报单位的成员"
SHORTLIST_DAYS = 3
"""Working days from the sealed paper review to the short list."""


def locked(panel: Panel) -> Panel:
    return Panel.objects.select_for_update(of=("self",)).select_related("round").get(pk=panel.pk)


def require_draft(panel: Panel) -> None:
    if panel.status != PanelState.DRAFT:
        raise MoveNotAllowed(_("评分已经开始，评审组不能再改。要换人请在回避登记中递补。"))


@transaction.atomic
def make_panel(
    round: Any, *, name: str, due_at: datetime, by: Any, stage: str = "PAPER", is_blind: bool = True
) -> Panel:
    """Set up an empty panel whose secretary is `by`; for a defence, once the short list is cut. Raises NotYet."""
    if stage == Stage.DEFENCE:
        is_blind = False  # applicants come in person
        if not Shortlist.objects.filter(round=round).exists():
            raise NotYet([Reason("stage", _("入围名单还没有确定，不能成立答辩组。请先确定入围名单。"))])
    require_none(past(due_at))
    if Panel.objects.filter(round=round, name=name, stage=stage).exclude(status=PanelState.CANCELLED).exists():
        raise NotYet([Reason("name", _("这个批次已有评审组“%(name)s”，请换一个名称。") % {"name": name})])
    panel = Panel.objects.create(
        round=round, name=name, stage=stage, is_blind=is_blind, secretary=by, due_at=due_at, due_on=due_on(5)
    )
    log(panel, "review.make", by=by, role=Role.PANEL_SECRETARY, after={"name": name, "due_at": due_at})
    return panel


def past(due_at: datetime) -> list[Reason]:
    return [Reason("due_at", _("评分截止时间已经过去，请填写以后的时间。"))] if due_at <= clock.now() else []


@transaction.atomic
def seat(panel: Panel, user: Any, *, by: Any, is_substitute: bool = False, is_finance: bool = False) -> PanelMember:
    """Give an expert a seat. Who holds no expert role, or runs the panel, gets none."""
    panel = locked(panel)
    require_draft(panel)
    if not user.has_role(Role.EXPERT, Role.EXPERT_FIN):
        raise NotYet([Reason("role", _("%(user)s 不是评审专家，请先由管理员授予角色。") % {"user": user})])
    if user.pk == panel.secretary_id:
        raise NotYet([Reason("secretary", _("评审秘书不参加评分，请另选专家。"))])
    if panel.members.filter(user=user).exists():
        raise NotYet([Reason("twice", _("%(user)s 已在评审组中。") % {"user": user})])
    finance = is_finance or not user.has_role(Role.EXPERT)
    member = PanelMember.objects.create(panel=panel, user=user, is_substitute=is_substitute, is_finance=finance)
    log(
        panel,
        "review.seat",
        by=by,
        role=Role.PANEL_SECRETARY,
        after={"expert": str(user), "substitute": is_substitute},
    )
    return member


@transaction.atomic
def enter(panel: Panel, applications_: Iterable[Application], *, by: Any) -> list[Candidacy]:
    """Bring screened applications before the panel; codes P-01 … run through the round, drawn by the seed."""
    panel = locked(panel)
    require_draft(panel)
    if panel.is_defence:
        raise MoveNotAllowed(_("答辩组的项目由“安排答辩”加入。"))
    # The round's row carries the condition "a code once a round".
    Round.objects.select_for_update(of=("self",)).get(pk=panel.round_id)
    ids = [one.pk for one in applications_]
    rows = list(Application.objects.filter(pk__in=ids, round=panel.round_id).order_by("number"))
    unfit = [one.number for one in rows if one.status != Screened.SCREEN_PASSED]
    if len(rows) != len(set(ids)) or unfit:
        raise NotYet(
            [
                Reason(
                    "unfit",
                    _("只能加入本批次初审通过的项目：%(names)s。")
                    % {"names": "、".join(unfit) or _("有项目不属于本批次")},
                )
            ]
        )
    if taken := Candidacy.objects.filter(application__in=ids).values_list("application__number", flat=True):
        raise NotYet([Reason("taken", _("已在评审组中：%(names)s。") % {"names": "、".join(taken)})])
    codes = Candidacy.objects.filter(panel__round=panel.round_id).values_list("code", flat=True)
    first = max((int(one.removeprefix("P-")) for one in codes), default=0) + 1
    made = []
    for at, one in enumerate(rules.shuffled(rows, f"{panel.seed}:{first}"), first):
        candidacy = Candidacy.objects.create(
            application=one, panel=panel, code=f"P-{at:02d}", status=Candidate.IN_REVIEW, due_on=due_on(10)
        )
        log(candidacy, "review.enter", by=by, role=Role.PANEL_SECRETARY, after={"number": one.number})
        applications.mark_stage(one, Candidate.IN_REVIEW)
        made.append(candidacy)
    return sorted(made, key=lambda one: one.code)


@transaction.atomic
def assign(panel: Panel, *, by: Any) -> int:
    """Give every regular expert every dossier, in an order of their own; return how many were added.

    An expert who is a member of the applicant gets a conflict by rule instead.
    """
    panel = locked(panel)
    require_draft(panel)
    candidacies = list(panel.dossiers.select_related("application", "defence"))
    if not candidacies:
        what = _("请先为入围项目安排答辩") if panel.is_defence else _("请先加入初审通过的项目")
        raise MoveNotAllowed(_("评审组还没有项目，%(what)s。") % {"what": what})
    added = 0
    for member in panel.members.filter(is_substitute=False):
        added += len(give(member, candidacies, panel, by))
    log(panel, "review.assign", by=by, role=Role.PANEL_SECRETARY, after={"assignments": added})
    return added


def give(member: PanelMember, candidacies: list[Candidacy], panel: Panel, by: Any) -> list[Assignment]:
    """Assign what the expert has not got yet; find conflicts by rule."""
    has = set(member.assignments.values_list("candidacy_id", flat=True))
    own = set(Membership.objects.filter(user=member.user_id).values_list("organization_id", flat=True))
    if panel.is_defence:
        order = {one.pk: one.defence.position for one in candidacies}
    else:
        order = {one.pk: at for at, one in enumerate(rules.shuffled(candidacies, f"{panel.seed}:{member.pk}"), 1)}
    earlier = dict(
        Conflict.objects.filter(member__user=member.user_id, candidacy__in=candidacies, status__in=BLOCKING)
        .exclude(member=member)
        .values_list("candidacy_id", "reason")
    )
    for one in candidacies:
        if one.application.organization_id in own:
            by_rule(member, one, Conflict.Reason.EMPLOYER, EMPLOYED)
        elif one.pk in earlier:
            by_rule(member, one, earlier[one.pk], "初评时已回避")
    return [
        Assignment.objects.create(member=member, candidacy=one, position=order[one.pk], assigned_by=by)
        for one in candidacies
        if one.pk not in has
    ]


def by_rule(member: PanelMember, candidacy: Candidacy, reason: str, note: str) -> None:
    values = {
        "status": ConflictState.OPEN, "reason": reason, "origin": Conflict.Origin.RULE, "note": note, "due_on": due_on(2),
    }  # fmt: skip
    Conflict.objects.get_or_create(member=member, candidacy=candidacy, defaults=values)


@transaction.atomic
def open_panel(panel: Panel, *, by: Any) -> Panel:
    """Let the experts in: first the promise and conflicts, then the dossiers."""
    panel = locked(panel)
    target = PANEL.target("open", panel.status)
    require_none(PANEL.open_reasons("open", guards, panel))
    last = panel.due_at.astimezone(clock.ZONE).date() if panel.due_at else None
    require_moved(
        Panel.objects.filter(pk=panel.pk, status=panel.status).update(
            status=target, opened_at=clock.now(), due_on=last
        )
    )
    panel.refresh_from_db()
    log(panel, "review.open", by=by, role=Role.PANEL_SECRETARY)
    calls.mark_stage(panel.round, "REVIEW")
    notices.panel_opened(panel)
    return panel


@transaction.atomic
def remind(panel: Panel, *, by: Any) -> int:
    """Write to every expert who has not handed in; return how many."""
    panel = locked(panel)
    if panel.status != PanelState.OPEN:
        raise MoveNotAllowed(_("评分没有在进行，不需要催办。"))
    late = [one.member.user for one in queries.progress(panel) if one.assigned and not one.is_done]
    notices.remind(panel, late)
    log(panel, "review.remind", by=by, role=Role.PANEL_SECRETARY, after={"experts": len(late)})
    return len(late)


@transaction.atomic
def mark_meeting(round: Any, *, is_held: bool) -> None:
    """The meeting has taken up the sealed panels, or not after all: it has the clock. Called by awards."""
    day = None if is_held else due_on(PANEL.moves["seal"].days)
    Panel.objects.filter(round=round, status=PanelState.SEALED).update(due_on=day)


@transaction.atomic
def seal(panel: Panel, *, by: Any, note: str = "") -> Ranking:
    """Freeze the summary by its hash. Before a defence the short list is next, else the deciding body.

    note: what the panel says to marks that lie far apart; wanted when there are such. Raises NotYet.
    """
    panel = locked(panel)
    target = PANEL.target("seal", panel.status)
    with translation.override(settings.LANGUAGE_CODE):  # what is sealed is sealed in the language of the house
        found = queries.ranking(panel)
    wide = [one.code for one in found if one.is_wide]
    if wide and len(note.strip()) < rules.SHORT_COMMENT:
        text = _("%(names)s 的评分相差超过 %(most)s 分，请写明评审组的说明，至少 %(least)s 个字。") % {
            "names": "、".join(wide),
            "most": rules.SPREAD_ALARM,
            "least": rules.SHORT_COMMENT,
        }
        raise NotYet([Reason("note", text)])
    rows = as_rows(found)
    made = Ranking.objects.create(
        panel=panel, rule=panel.round.score_rule, rows=rows, sha256=hash_of(panel, rows), note=note.strip()[:500],
        sealed_by=by, sealed_at=clock.now(),
    )  # fmt: skip
    is_last = panel.is_defence or not panel.round.has_defence
    day = due_on(PANEL.moves["seal"].days) if is_last else None
    require_moved(Panel.objects.filter(pk=panel.pk, status=panel.status).update(status=target, due_on=day))
    if is_last:
        settle(panel, by)
    else:
        panel.candidacies.update(due_on=due_on(SHORTLIST_DAYS))
    log(panel, "review.seal", by=by, role=Role.PANEL_SECRETARY, after={"sha256": made.sha256})
    if not queries.waiting(panel.round):
        calls.mark_stage(panel.round, "DECISION")
    notices.panel_sealed(panel)
    return made


def settle(panel: Panel, by: Any) -> None:
    """The dossiers count as scored; who missed the defence stays absent."""
    rows = panel.dossiers.exclude(status=Candidate.DEFENCE_ABSENT).select_related("application")
    days = due_on(CANDIDACY.moves["score"].days)
    for one in rows.select_for_update(of=("self",)).order_by("pk"):
        after = CANDIDACY.target("score", one.status)
        require_moved(Candidacy.objects.filter(pk=one.pk, status=one.status).update(status=after, due_on=days))
        log(one, "review.score", by=by, role=Role.PANEL_SECRETARY, before={"status": one.status})
        applications.mark_stage(one.application, Candidate.SCORED)
