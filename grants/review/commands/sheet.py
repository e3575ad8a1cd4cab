"""The expert's acts: save, complete, skip, hand in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from grants.calls.models import Criterion
from grants.review import guards, notices, queries, rules
from grants.review.commands.conflict import asks_again, require_running
from grants.review.models import Assignment, Conflict, Panel, PanelMember, Score, ScoreSheet, Slot
from grants.review.states import BLOCKING, SHEET, Sheet
from portal import clock
from portal.access import Role
from portal.lifecycle import MoveNotAllowed, NotYet, Reason, Refused, require_moved, require_none
from portal.trail.commands import log


class SavedMeanwhile(Refused):
    """The sheet was saved elsewhere since this page was read."""


def own(assignment: Assignment, by: Any) -> Assignment:
    """Lock the assignment: declaring a conflict and scoring take turns on it."""
    assignment = (
        Assignment.objects.select_for_update(of=("self",))
        .select_related("member__panel__round", "member__user", "candidacy")
        .get(pk=assignment.pk)
    )
    require_running(assignment.member.panel)
    if assignment.member.user_id != by.pk or assignment.removed_at:
        raise MoveNotAllowed(_("这个项目没有分配给您。"))
    if assignment.member.declared_at is None:
        raise MoveNotAllowed(_("请先作出承诺和回避声明，再评审项目。"))
    panel, candidacy = assignment.member.panel, assignment.candidacy
    if panel.is_defence and not Slot.objects.filter(candidacy=candidacy, present_at__isnull=False).exists():
        raise MoveNotAllowed(_("%(code)s 还没有签到答辩，不能评分。") % {"code": candidacy.code})
    standing = Conflict.objects.filter(member=assignment.member, candidacy=assignment.candidacy, status__in=BLOCKING)
    if standing.exists():
        raise MoveNotAllowed(_("您已回避这个项目，不能评分。"))
    return assignment


def sheet_of(assignment: Assignment) -> ScoreSheet:
    ScoreSheet.objects.get_or_create(assignment=assignment)
    sheet = ScoreSheet.objects.select_for_update().get(assignment=assignment)
    sheet.assignment = assignment
    return sheet


def parsed(member: PanelMember, points: Mapping[str, Any]) -> tuple[dict[Criterion, Decimal | None], list[Reason]]:
    """Return criterion -> points, None for an unusable one, and a sentence for each of those."""
    found: dict[Criterion, Decimal | None] = {}
    faults = []
    for one in queries.criteria_for(member):
        try:
            found[one] = rules.parse_points(points.get(one.code, ""), one.max_points, one.name)
        except rules.NotPoints as fault:
            found[one] = None
            faults.append(Reason(one.code, fault.for_user()))
    return found, faults


def comment_of(text: str) -> str:
    """Return a comment as it is stored."""
    return text.replace("\r\n", "\n").strip()


def too_long(code: str, text: str, name: str, most: int) -> list[Reason]:
    """A cut comment would lose what the expert wrote: it is refused whole."""
    if len(text) <= most:
        return []
    told = _("%(name)s最多 %(most)s 字，现在是 %(count)s 字，没有保存。请删减。")
    return [Reason(code, told % {"name": name, "most": most, "count": len(text)})]


def comments_of(
    sheet: ScoreSheet, criteria: Iterable[Criterion], comments: Mapping[str, str]
) -> tuple[dict[Criterion, str], list[Reason]]:
    """Return criterion -> its comment, the stored one where the new one is too long, and a sentence for each of those."""
    stored = dict(sheet.scores.values_list("criterion_id", "comment"))
    found, faults = {}, []
    for one in criteria:
        text = comment_of(comments.get(one.code, ""))
        wrong = too_long(f"comment_{one.code}", text, _("“%(name)s”的评语") % {"name": one.name}, rules.MOST_ON_ONE)
        found[one] = stored.get(one.pk, "") if wrong else text
        faults += wrong
    return found, faults


@asks_again
@transaction.atomic
def save_scores(assignment: Assignment, *, points: Mapping[str, Any], by: Any, **given: Any) -> ScoreSheet:
    """Keep a draft: blanks are allowed and stay blank, wrong points are refused, with the whole sheet (X14).

    given: comment, comments, version, as of save_valid. Raises NotYet, SavedMeanwhile.
    """
    sheet, faults = write(assignment, points=points, by=by, **given)
    require_none(faults)
    return sheet


@asks_again
@transaction.atomic
def save_valid(
    assignment: Assignment, *, points: Mapping[str, Any], by: Any, **given: Any
) -> tuple[ScoreSheet, list[Reason]]:
    """Keep what is right of a draft and say what is not; a wrong score leaves its place blank. Raises SavedMeanwhile."""
    return write(assignment, points=points, by=by, **given)


def write(
    assignment: Assignment,
    *,
    points: Mapping[str, Any],
    by: Any,
    comment: str = "",
    comments: Mapping[str, str] | None = None,
    version: int | None = None,
) -> tuple[ScoreSheet, list[Reason]]:
    """Store the usable cells; return the sheet and the rest.

    points: criterion code -> text or number. version: of the sheet as the page read it; another one
    is refused with SavedMeanwhile.
    """
    assignment = own(assignment, by)
    sheet = sheet_of(assignment)
    if version is not None and version != sheet.version:
        raise SavedMeanwhile(_("这份评分在别处刚刚保存过，请刷新页面后再改，以免覆盖。"))
    target = SHEET.target("save", sheet.status)
    given, faults = parsed(assignment.member, points)
    words, long = comments_of(sheet, given, comments or {})
    whole = comment_of(comment)
    longer = too_long("comment", whole, _("总评语"), rules.MOST_COMMENT)
    put(sheet, given, words)
    scored = [value for value in given.values() if value is not None]
    require_moved(
        ScoreSheet.objects.filter(pk=sheet.pk, version=sheet.version).update(
            status=target, total=sum(scored, Decimal()) if len(scored) == len(given) else None,
            comment=sheet.comment if longer else whole, version=sheet.version + 1, saved_at=clock.now(),
        )
    )  # fmt: skip
    # Autosave writes one line of the trail per dossier, not one per keystroke.
    if sheet.version == 0:
        log(sheet, "review.save", by=by, role=Role.EXPERT)
    Assignment.objects.filter(pk=assignment.pk, is_skipped=True).update(is_skipped=False)
    sheet.refresh_from_db()
    return sheet, [*faults, *long, *longer]


def put(sheet: ScoreSheet, given: Mapping[Criterion, Decimal | None], words: Mapping[Criterion, str]) -> None:
    Score.objects.bulk_create(
        (
            Score(sheet=sheet, criterion=one, points=value, max_points=one.max_points, comment=words[one])
            for one, value in given.items()
        ),
        update_conflicts=True,
        unique_fields=["sheet", "criterion"],
        update_fields=["points", "max_points", "comment"],
    )


@asks_again
@transaction.atomic
def complete(assignment: Assignment, *, by: Any) -> ScoreSheet:
    """Say that the sheet is done. Raises NotYet with every gap: criteria without points, a comment too short."""
    assignment = own(assignment, by)
    sheet = sheet_of(assignment)
    target = SHEET.target("complete", sheet.status)
    require_none(SHEET.open_reasons("complete", guards, sheet))
    require_moved(ScoreSheet.objects.filter(pk=sheet.pk, status=sheet.status).update(status=target))
    log(sheet, "review.complete", by=by, role=Role.EXPERT, after={"version": sheet.version})
    sheet.refresh_from_db()
    return sheet


@transaction.atomic
def score(
    assignment: Assignment,
    *,
    points: Mapping[str, Any],
    comment: str,
    by: Any,
    comments: Mapping[str, str] | None = None,
    version: int | None = None,
) -> ScoreSheet:
    """Save and complete in one act."""
    save_scores(assignment, points=points, comment=comment, comments=comments, version=version, by=by)
    return complete(assignment, by=by)


@transaction.atomic
def skip(assignment: Assignment, *, by: Any) -> Assignment:
    """Put the dossier at the end of the queue."""
    assignment = own(assignment, by)
    Assignment.objects.filter(pk=assignment.pk).update(is_skipped=True)
    assignment.refresh_from_db()
    return assignment


@asks_again
@transaction.atomic
def submit_all(member: PanelMember, *, by: Any) -> PanelMember:
    """Hand in every sheet; nothing can be changed after. Raises NotYet naming each dossier that is not done."""
    panel = Panel.objects.select_for_update().get(pk=member.panel_id)
    require_running(panel)
    member = PanelMember.objects.select_for_update(of=("self",)).select_related("panel").get(pk=member.pk)
    if member.user_id != by.pk:
        raise MoveNotAllowed(_("评分只能由专家本人提交。"))
    mine = list(
        Assignment.objects.active().without_conflict().filter(member=member).select_related("candidacy", "sheet")
    )
    if not mine:
        raise NotYet([Reason("none", _("目前没有分配给您的项目。"))])
    states = {one: getattr(one, "sheet", None) for one in mine}
    require_none(
        Reason(one.candidacy.code, _("%(code)s 还没有评完，请先完成评分。") % {"code": one.candidacy.code})
        for one, sheet in states.items()
        if sheet is None or sheet.status not in (Sheet.COMPLETE, Sheet.SUBMITTED)
    )
    if all(sheet and sheet.status == Sheet.SUBMITTED for sheet in states.values()):
        raise MoveNotAllowed(_("评分已经提交，不用再次提交。"))
    for sheet in states.values():
        if sheet and sheet.status == Sheet.COMPLETE:
            require_moved(
                ScoreSheet.objects.filter(pk=sheet.pk, status=sheet.status).update(
                    status=SHEET.target("submit", sheet.status), submitted_at=clock.now()
                )
            )
            log(sheet, "review.submit", by=by, role=Role.EXPERT)
    PanelMember.objects.filter(pk=member.pk).update(submitted_at=clock.now())
    log(member, "review.hand_in", by=by, role=Role.EXPERT, after={"sheets": len(mine)})
    notices.handed_in(member)
    member.refresh_from_db()
    return member
