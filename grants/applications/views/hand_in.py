"""Check and promise (A9), submit, receipt (A11)."""

from __future__ import annotations

import base64
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from grants.applications import commands, queries
from grants.applications.commands.submission import COMMITMENT, receipt_number
from grants.applications.forms import CommitmentForm
from grants.applications.models import Application
from grants.applications.policies import is_member, policy
from grants.applications.states import HANDED_IN, S
from grants.applications.views.read import found, section_url
from grants.applications.views.section import late_page
from grants.calls.models import Round
from orgs.registry.models import MemberRole
from portal import clock
from portal.documents.commands import check_url, qr_svg
from portal.lifecycle import MoveNotAllowed, NotYet, Refused


@login_required
def check(request: HttpRequest, key: str) -> HttpResponse:
    """Everything once more, the promise, and the one button. A second click finds the receipt."""
    application = found(request, key)
    if application.status not in (S.DRAFT, S.RETURNED):
        return redirect("applications:receipt" if application.status in HANDED_IN else "applications:detail", key)
    form = CommitmentForm(request.POST if request.method == "POST" else None)
    reasons: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            commands.submit(application, by=request.user)
            return redirect("applications:receipt", key)
        except commands.Late as late:
            return late_page(request, application, late, [])
        except MoveNotAllowed:
            return redirect("applications:receipt", key)
        except NotYet as refusal:
            reasons = [str(one.text) for one in refusal.reasons]
        except Refused as refusal:
            reasons = [refusal.for_user()]
    return render(
        request,
        "applications/check.html",
        check_context(request, application, form, reasons),
        status=422 if reasons or form.errors else 200,
    )


def check_context(request: HttpRequest, application: Application, form: Any, reasons: list[str]) -> dict[str, Any]:
    whole = queries.dossier(application)
    groups = queries.task_groups(whole)[:-1]
    open_tasks = [task for _heading, part in groups for task in part if task.status != "done"]
    if whole.returned:
        open_tasks = [task for task in open_tasks if task.code in whole.returned]
    dossier = queries.content(application)
    for section in dossier["sections"]:
        section["url"] = section_url(application, section["id"])
    return {
        "application": application,
        "dossier": dossier,
        "urls": {code: section_url(application, code) for code in ("overview", "plan", "budget", "attachments")},
        "open_tasks": [
            {"name": one.name, "reason": one.reason, "url": section_url(application, one.code)} for one in open_tasks
        ],
        "is_admin": is_member(request.user, application.organization, MemberRole.ADMIN),
        "locked": queries.read_only_reason(application),
        "form": form,
        "errors": reasons,
        "commitment": COMMITMENT,
        "legal_rep": application.organization.legal_rep_name,
    }


@login_required
def receipt(request: HttpRequest, key: str) -> HttpResponse:
    """The proof. Bookmarked, it shows the state of that later day."""
    application = found(request, key)
    one = application.version
    if one is None:
        return redirect("applications:detail", key)
    number = receipt_number(one)
    svg = base64.b64encode(qr_svg(check_url(number)).encode()).decode()
    context = {
        "application": application,
        "version": one,
        "number": number,
        "qr": f"data:image/svg+xml;base64,{svg}",
        "steps": steps(application),
        "events": queries.timeline(application, request.user) if application.status == S.SCREEN_PASSED else [],
        "may_recall": policy.user_has_permission_for_instance(request.user, "recall", application),
        "pages": len(one.attachments),
    }
    return render(request, "applications/receipt.html", context)


def steps(application: Application) -> list[dict[str, Any]]:
    """Return the steps up to the decision, with the dates that are known."""
    round, failed = application.round, application.status == S.SCREEN_FAILED
    submitted = f"{application.submitted_at.astimezone(clock.ZONE):%Y-%m-%d}"
    by = _("%(day)s 前") % {"day": application.due_on} if application.due_on else ""
    correction = _("如需补正，会一次告知全部内容，您有 %(days)s 个工作日。") % {"days": round.correction_days}
    if hasattr(application, "correction"):
        correction = _("已经补正，审查结果在站内消息告知。")
    rows = [
        {"title": _("提交申报书"), "when": submitted, "text": _("回执已发到站内消息。"), "state": "done"},
        {"title": _("资格审查"), "when": by, "text": correction, "state": "done" if failed else "now"},
    ]
    if failed:
        return [*rows, {"title": _("初审不通过"), "when": "", "text": _("原因见申报详情。"), "state": "now"}]
    publicity = _("在本平台公示 %(days)s 个工作日。没有列入的，也会告知理由。") % {"days": round.publicity_days}
    ahead = [*deciding(round), (_("结果公示"), publicity)]
    return rows + [{"title": title, "when": "", "text": text, "state": ""} for title, text in ahead]


def deciding(round: Round) -> list[tuple[Any, Any]]:
    """Return (step, what happens) between screening and publicity."""
    if not round.has_review:
        return [(_("集体研究"), _("集体研究决定，结果在站内消息告知。"))]
    panel = _("%(experts)s 名专家评审，结果在站内消息告知。") % {"experts": round.experts}
    defence = (_("答辩"), _("初评入围的参加答辩，时间和地点在站内消息告知。"))
    return [(_("专家评审"), panel), *([defence] if round.has_defence else [])]


@login_required
def receipt_pdf(request: HttpRequest, key: str) -> FileResponse:
    """The paper itself, made now if the worker has not made it yet."""
    application = found(request, key)
    if application.version is None:
        raise Http404
    paper = commands.issue_receipt(application.version)
    return FileResponse(
        paper.file.open(), as_attachment=True, filename=f"receipt-{paper.number}.pdf", content_type="application/pdf"
    )
