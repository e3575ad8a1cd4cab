"""Reading: my applications, the task list (A5), where it stands (A12), what was handed in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Case, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from grants.applications import queries, rules
from grants.applications.models import Application
from grants.applications.policies import policy
from grants.applications.states import S
from grants.calls.queries import notices
from orgs.registry.models import Membership, Organization
from orgs.registry.policies import policy as registry_policy

FIXED_URLS = {
    "overview": "applications:overview",
    "plan": "applications:plan",
    "budget": "applications:budget",
    "attachments": "applications:attachments",
}


def found(request: HttpRequest, key: str) -> Application:
    return get_object_or_404(Application.objects.visible_to(request.user).select_related(*queries.RELATED), key=key)


def section_url(application: Application, code: str) -> str:
    if code in ("organization", "eligibility"):
        return reverse("applications:confirm", args=[application.key, code])
    if code == "check":
        return reverse("applications:check", args=[application.key])
    if code in FIXED_URLS:
        return reverse(FIXED_URLS[code], args=[application.key])
    return reverse("applications:section", args=[application.key, code])


@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """The applications of my organizations, those that wait for us first; and what can be applied for now."""
    rows = Application.objects.filter(organization__in=Organization.objects.of_member(request.user))
    rows = rows.order_by(Case(When(status__in=(S.RETURNED, S.DRAFT), then=0), default=1), "-number")
    context = {"applications": rows.select_related("round", "organization"), "notices": notices("open")}
    return render(request, "applications/mine.html", context)


@login_required
def tasks(request: HttpRequest, key: str) -> HttpResponse:
    application = found(request, key)
    if application.status not in (S.DRAFT, S.RETURNED):
        return redirect("applications:detail", key)
    whole = queries.dossier(application)
    groups = queries.task_groups(whole)
    following = next(
        (task for _name, part in groups for task in part if task.status in ("fix", "doing", "todo")), None
    )
    groups = [(title, [looked_at(task, application, whole) for task in part]) for title, part in groups]
    rows = [task for _heading, part in groups for task in part]
    may_write = policy.user_has_permission_for_instance(request.user, "write", application)
    locked = queries.read_only_reason(application)
    context = {
        "application": application,
        "groups": [{"title": title, "tasks": [shown(application, whole, task, may_write and not locked) for task in part]}
                   for title, part in groups],
        "done": sum(task.status == "done" for task in rows),
        "total": len(rows),
        "minutes": whole.minutes_left(),
        "next": following and following.name,
        "next_url": following and section_url(application, following.code),
        "locked": locked,
        "may_write": may_write and not locked,
        "may_withdraw": policy.user_has_permission_for_instance(request.user, "withdraw", application),
        "may_invite": registry_policy.allows(request.user, "invite", application.organization),
        "people": Membership.objects.active().filter(organization=application.organization).select_related("user"),
        "saved_at": max((one.saved_at for one in whole.sections.values() if one.saved_at), default=None),
        "correction": application.correction if application.status == S.RETURNED else None,
    }  # fmt: skip
    return render(request, "applications/tasks.html", context)


def looked_at(task: queries.Task, application: Application, whole: queries.Dossier) -> queries.Task:
    """A confirmed self-check is not done while the portal finds a rule that is not met and can be mended."""
    if task.code != "eligibility" or task.status != "done":
        return task
    unmet = [one for one in queries.checks(application, whole) if one.verdict == rules.Verdict.NOT_MET]
    words = _("%(n)s 条未达到要求：“%(names)s”") % {"n": len(unmet), "names": "”“".join(one.text for one in unmet)}
    status = "doing" if any(one.code in rules.MENDED_IN for one in unmet) else "done"
    return replace(task, status=status, reason=words) if unmet else task


def shown(application: Application, whole: queries.Dossier, task: queries.Task, may_write: bool) -> dict[str, Any]:
    """Return a row of the task list; a section outside the correction is closed."""
    status, reason = task.status, task.reason
    if whole.returned and task.code not in (*whole.returned, "check"):
        status, reason = "done", ""
    url = (
        section_url(application, task.code)
        if may_write and (not whole.returned or task.code in whole.returned or task.code == "check")
        else ""
    )
    return {"name": task.name, "status": status, "reason": reason, "url": url}


@login_required
def detail(request: HttpRequest, key: str) -> HttpResponse:
    application = found(request, key)
    may = policy.user_has_permission_for_instance
    screening = getattr(application, "screening", None)
    context = {
        "application": application,
        "events": queries.timeline(application, request.user),
        "screening": screening,
        "reasons": [_(rules.CODES[code]) for code in screening.codes] if screening else [],
        "correction": application.correction if application.status == S.RETURNED else None,
        "versions": application.versions.all(),
        "may_recall": may(request.user, "recall", application),
        "may_withdraw": may(request.user, "withdraw", application),
    }
    return render(request, "applications/detail.html", context)


@login_required
def version(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """One handed-in version, read-only for ever; number 0 is the draft as it stands."""
    application = found(request, key)
    one = get_object_or_404(application.versions.select_related("form_version"), number=number) if number else None
    context = {"application": application, "version": one, "dossier": queries.content(application, one)}
    return render(request, "applications/version.html", context)
