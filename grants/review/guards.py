"""What stands against opening and locking a panel."""

from __future__ import annotations

from django.utils.translation import gettext as _

from grants.calls.rules import naming
from grants.review import queries, rules
from grants.review.models import Assignment, Conflict, Panel, ScoreSheet, Slot
from grants.review.states import ConflictState, Sheet
from portal import clock
from portal.lifecycle import Reason


def unready(panel: Panel) -> list[Reason]:
    """Five experts and a substitute, dossiers, an end that is still to come, everyone assigned."""
    found = []
    seats = list(panel.members.all())
    regular = [one for one in seats if not one.is_substitute]
    wanted = panel.round.experts
    if len(regular) < wanted:
        found.append(
            Reason(
                "experts",
                _("评审专家 %(count)s 人，应有 %(wanted)s 人，请补足。") % {"count": len(regular), "wanted": wanted},
            )
        )
    if len(seats) == len(regular):
        found.append(Reason("substitute", _("还没有替补专家，请至少加入 1 人。")))
    criteria = queries.criteria_of(panel)
    if not criteria:
        found.append(Reason("criteria", _("这个批次没有评分表，请先在批次中设置评分项。")))
    if any(one.for_finance for one in criteria) and not any(one.is_finance for one in regular):
        found.append(Reason("finance", _("评分表有财务专家的评分项，请加入财务专家。")))
    if panel.is_blind and (named := naming(one.name for one in criteria)):
        found.append(
            Reason(
                "blind",
                _("匿名评审不能评价申报单位，评分项：%(names)s。评分表发布后不能改，请取消本组，另建不匿名的评审组。")
                % {"names": "、".join(named)},
            )
        )
    if panel.due_at is None or panel.due_at <= clock.now():
        found.append(Reason("due", _("评分截止时间没有填写或已经过去，请重新设定。")))
    return found + dossier_reasons(panel)


def dossier_reasons(panel: Panel) -> list[Reason]:
    given = Assignment.objects.active().filter(member__panel=panel)
    if not panel.dossiers.exists():
        what = _("请先为入围项目安排答辩") if panel.is_defence else _("请先加入初审通过的项目")
        return [Reason("candidacies", _("评审组还没有项目，%(what)s。") % {"what": what})]
    found = []
    if panel.dossiers.exclude(pk__in=given.values("candidacy")).exists():
        found.append(Reason("assignments", _("还有项目没有分配给专家，请先分配。")))
    return found


def unfinished(panel: Panel) -> list[Reason]:
    """Before the printed end every sheet must be in; after it, what is missing does not count."""
    found = []
    pending = Assignment.objects.active().without_conflict().filter(member__panel=panel)
    missing = pending.exclude(sheet__status=Sheet.SUBMITTED).count()
    if missing and panel.due_at and clock.now() < panel.due_at:
        found.append(
            Reason(
                "missing", _("还有 %(missing)s 份评分没有提交，请催办，或等评分截止后再锁定。") % {"missing": missing}
            )
        )
    if unknown := queries.unattended(panel).count():
        found.append(
            Reason("attendance", _("还有 %(unknown)s 个项目没有登记到场或缺席，请先登记。") % {"unknown": unknown})
        )
    undecided = queries.undecided_conflicts(panel).count()
    if undecided:
        found.append(
            Reason(
                "conflicts", _("还有 %(undecided)s 条“不确定”的回避没有决定，请先决定。") % {"undecided": undecided}
            )
        )
    return found


def too_early(action: str, slot: Slot) -> list[Reason]:
    """Nobody signs in before the day, nobody is missed before the hour."""
    here, now = queries.when(slot), clock.now()
    if action == "attend" and clock.today() < slot.starts_at.astimezone(clock.ZONE).date():
        return [Reason("early", _("签到只能在答辩当天办理（%(here)s）。") % {"here": here})]
    if action == "miss" and now < slot.starts_at:
        return [Reason("early", _("还没有到答辩时间（%(here)s），不能登记缺席。") % {"here": here})]
    return []


def said_by_the_expert(conflict: Conflict) -> list[Reason]:
    """A plain conflict that the expert has named binds the secretary too; a doubt or a hit of the rule does not."""
    is_own_word = conflict.origin != Conflict.Origin.RULE and conflict.decided_at is None
    if conflict.status != ConflictState.OPEN or not is_own_word:
        return []
    return [Reason("own_word", _("专家本人已声明有利害关系，不能认定无需回避。请安排替补专家。"))]


def taken_over(conflict: Conflict) -> list[Reason]:
    if not (stand_in := queries.stand_in(conflict)):
        return []
    return [Reason("taken_over", _("%(expert)s 已递补评审这个项目，不再变动。") % {"expert": stand_in})]


def gaps(sheet: ScoreSheet) -> list[Reason]:
    """What an expert's sheet still lacks."""
    criteria = queries.criteria_for(sheet.assignment.member)
    points = {one.criterion.code: one.points for one in sheet.scores.select_related("criterion")}
    names = {one.code: one.name for one in criteria}
    most = sum(one.max_points for one in criteria)
    return [Reason(code, text) for code, text in rules.gaps(points, names, sheet.comment, most)]
