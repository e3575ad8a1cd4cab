"""The expert's screens: tasks (E1), declaration (E2), scoring desk (E3), overview (E4)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from grants.review import commands, forms, queries, rules
from grants.review.models import Assignment, PanelMember
from grants.review.policies import seats as policy
from grants.review.states import UNSEEN, PanelState, Sheet
from portal.lifecycle import NotYet, Refused


def seat_of(request: HttpRequest, key: str) -> PanelMember:
    """Return my seat, 404 for anybody else's; 403 without the expert's role."""
    mine = PanelMember.objects.filter(user=request.user).exclude(panel__status__in=UNSEEN)
    member = get_object_or_404(mine.select_related("panel__round", "panel__secretary", "user"), key=key)
    policy.require(request.user, "score", member)
    commands.look_again(member.panel, member)
    return member


def assignment_of(request: HttpRequest, key: str) -> Assignment:
    """Return a dossier I may see now: a standing conflict takes it out of `visible_to`."""
    for one in Assignment.objects.filter(key=key, member__user=request.user).select_related("member__panel"):
        commands.look_again(one.member.panel, one.member)
    rows = Assignment.objects.visible_to(request.user).select_related(
        "member__panel__round", "member__panel__secretary", "member__user", "sheet", "candidacy__defence",
        "candidacy__application__organization", "candidacy__application__version__form_version",
        "candidacy__application__round__region",
    )  # fmt: skip
    assignment = get_object_or_404(rows, key=key)
    policy.require(request.user, "score", assignment.member)
    return assignment


def complain(request: HttpRequest, refusal: Refused) -> None:
    for reason in getattr(refusal, "reasons", ()) or (refusal.for_user(),):
        messages.error(request, str(reason))


@login_required
def tasks(request: HttpRequest, key: str = "") -> HttpResponse:
    """E1: my panels, and the queue of one of them."""
    mine = queries.seats(request.user)
    current = next((one for one in mine if one.member.key == key), None)
    if key and current is None:
        raise Http404
    current = current or next((one for one in mine if one.is_open), mine[0] if mine else None)
    if current:
        commands.look_again(current.panel, current.member)
    rows = queries.queue(current.member) if current and current.member.declared_at else []
    wanted = request.GET.get("state", "")
    counts = {}
    for row in rows:
        counts[row.state] = counts.get(row.state, 0) + 1
    unfinished = [row for row in rows if row.status in ("", Sheet.DRAFT)]
    context = {
        "seats": mine,
        "current": current,
        "rows": [row for row in rows if wanted in ("", row.state)],
        "all": len(rows),
        "counts": counts.items(),
        "wanted": wanted,
        "following": unfinished[0] if unfinished else None,
    }
    return render(request, "review/tasks.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def declare(request: HttpRequest, key: str) -> HttpResponse:
    """E2: the promise, and every applicant of the round by name."""
    member = seat_of(request, key)
    if member.declared_at:
        return redirect("review:queue", key)
    organizations = list(queries.organizations_to_declare(member.panel))
    form = forms.DeclarationForm(request.POST or None, organizations=organizations)
    if request.method == "POST" and form.is_valid():
        try:
            commands.declare(member, form.answers(), notes=form.notes(), by=request.user)
        except Refused as refusal:
            complain(request, refusal)
        else:
            messages.success(request, _("承诺和回避声明已记录，可以开始评审。"))
            return redirect("review:queue", key)
    context = {"member": member, "panel": member.panel, "form": form}
    return render(request, "review/declare.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def decline(request: HttpRequest, key: str) -> HttpResponse:
    """不能参加: give the seat back, with a reason."""
    member = seat_of(request, key)
    policy.require(request.user, "decline", member)
    form = forms.DeclineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            commands.decline(member, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.for_user())
        else:
            messages.success(request, _("已谢绝这次评审，评审秘书会安排替补。"))
            return redirect("review:tasks")
    context = {"member": member, "panel": member.panel, "form": form}
    return render(request, "review/decline.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def desk(request: HttpRequest, key: str) -> HttpResponse:
    """E3: the dossier on the left, the rubric on the right. POST: save, complete, next."""
    assignment = assignment_of(request, key)
    errors: list[Any] = []
    given = None
    if request.method == "POST":
        given = answers(request, assignment)
        try:
            _sheet, errors = commands.save_valid(assignment, by=request.user, **given)
            if not errors:
                if request.POST.get("then") != "save":
                    commands.complete(assignment, by=request.user)
                return redirect(following(assignment))
        except NotYet as refusal:
            errors = list(refusal.reasons)
        except Refused as refusal:
            errors = [refusal.for_user()]
        assignment = assignment_of(request, key)
    return render(request, "review/desk.html", screen(assignment, given, errors), status=422 if errors else 200)


def answers(request: HttpRequest, assignment: Assignment) -> dict[str, Any]:
    codes = [one.code for one in queries.criteria_for(assignment.member)]
    version = request.POST.get("version", "")
    return {
        "points": {code: request.POST.get(f"points_{code}", "") for code in codes},
        "comments": {code: request.POST.get(f"comment_{code}", "") for code in codes},
        "comment": request.POST.get("comment", ""),
        "version": int(version) if version.isdecimal() else None,
    }


def following(assignment: Assignment) -> Any:
    """Return where an expert goes after a dossier is done: the next undone, else the overview."""
    for row in queries.queue(assignment.member):
        if row.status in ("", Sheet.DRAFT) and row.key != assignment.key:
            return redirect("review:desk", row.key).url
    return redirect("review:overview", assignment.member.key).url


def screen(assignment: Assignment, given: dict[str, Any] | None, errors: list[Any]) -> dict[str, Any]:
    rows = queries.queue(assignment.member)
    keys = [row.key for row in rows if row.is_visible]
    at = keys.index(assignment.key)
    sheet = getattr(assignment, "sheet", None)
    rubric = queries.rubric(assignment, given)
    slot = getattr(assignment.candidacy, "defence", None) if assignment.member.panel.is_defence else None
    most = sum(line.criterion.max_points for line in rubric)
    return {
        "assignment": assignment,
        "panel": assignment.member.panel,
        "member": assignment.member,
        "dossier": queries.dossier(assignment),
        "rubric": rubric,
        "most": most,
        "sheet": sheet,
        "comment": given["comment"] if given else (sheet.comment if sheet else ""),
        "version": sheet.version if sheet else 0,
        "rows": rows,
        "all": len(rows),
        "done": sum(row.status in (Sheet.COMPLETE, Sheet.SUBMITTED) for row in rows),
        "number": at + 1,
        "visible": len(keys),
        "earlier": keys[at - 1] if at else "",
        "later": keys[at + 1] if at + 1 < len(keys) else "",
        "errors": errors,
        "slot": queries.when(slot) if slot else "",
        "is_present": bool(slot and slot.present_at),
        "is_open": (slot is None or slot.present_at is not None)
        and assignment.member.panel.status == PanelState.OPEN
        and (sheet is None or sheet.status in (Sheet.DRAFT, Sheet.COMPLETE)),
        "short": rules.SHORT_COMMENT,
        "long": rules.LONG_COMMENT,
        "low": f"{rules.low_total(most).normalize():f}",
    }


@login_required
@require_POST
def save(request: HttpRequest, key: str) -> HttpResponse:
    """Autosave. 409 when the sheet was saved elsewhere.

    422 when something is wrong: with a version where all the rest was saved, and each fault by the code of its place.
    """
    assignment = assignment_of(request, key)
    try:
        sheet, faults = commands.save_valid(assignment, by=request.user, **answers(request, assignment))
    except commands.SavedMeanwhile as refusal:
        return JsonResponse({"reasons": [refusal.for_user()]}, status=409)
    except NotYet as refusal:
        return JsonResponse({"reasons": [str(one) for one in refusal.reasons]}, status=422)
    except Refused as refusal:
        return JsonResponse({"reasons": [refusal.for_user()]}, status=422)
    if not faults:
        return JsonResponse({"version": sheet.version})
    told = {
        "version": sheet.version,
        "reasons": [str(one) for one in faults],
        "faults": {one.code: str(one) for one in faults},
    }
    return JsonResponse(told, status=422)


@login_required
@require_POST
def skip(request: HttpRequest, key: str) -> HttpResponse:
    assignment = assignment_of(request, key)
    try:
        commands.skip(assignment, by=request.user)
    except Refused as refusal:
        complain(request, refusal)
    return redirect(following(assignment))


@login_required
@require_http_methods(["GET", "POST"])
def recuse(request: HttpRequest, key: str) -> HttpResponse:
    """我要回避: reasons, and what happens then."""
    assignment = assignment_of(request, key)
    form = forms.RecusalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            commands.recuse(assignment, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.for_user())
        else:
            messages.success(request, _("已回避这个项目，评审秘书会安排替补。"))
            return redirect("review:queue", assignment.member.key)
    context = {"assignment": assignment, "form": form, "panel": assignment.member.panel}
    return render(request, "review/recuse.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def overview(request: HttpRequest, key: str) -> HttpResponse:
    """E4: my own totals, and handing in."""
    member = seat_of(request, key)
    errors: list[Any] = []
    if request.method == "POST":
        try:
            commands.submit_all(member, by=request.user)
        except NotYet as refusal:
            errors = list(refusal.reasons)
        except Refused as refusal:
            errors = [refusal.for_user()]
        else:
            messages.success(request, _("全部评分已提交。锁定前看不到其他专家的评分。"))
            return redirect("review:overview", key)
    rows = sorted(queries.queue(member), key=lambda row: (row.total is None, -(row.total or 0)))
    totals = queries.totals(rows)
    context = {
        "member": member,
        "panel": member.panel,
        "rows": rows,
        "errors": errors,
        "spread": rules.spread(totals),
        "low": min(totals, default=None),
        "high": max(totals, default=None),
        "ties": sum(totals.count(one) > 1 for one in totals),
        "missing": [row for row in rows if row.is_visible and row.status in ("", Sheet.DRAFT)],
        "is_open": member.panel.status == PanelState.OPEN and member.submitted_at is None,
    }
    return render(request, "review/overview.html", context, status=422 if errors else 200)
