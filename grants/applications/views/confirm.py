"""The two pages of the wizard that are only looked at and confirmed: the unit's data, the self-check."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from grants.applications import commands, queries
from grants.applications.models import Application
from grants.applications.policies import policy
from grants.applications.rules import MENDED_IN, Check, Verdict
from grants.applications.views.read import found, section_url
from orgs.registry.models import Organization
from orgs.registry.policies import policy as registry_policy
from portal.lifecycle import Refused


def mended_at(application: Application, check: Check) -> str:
    code = MENDED_IN.get(check.code, "")
    return section_url(application, code) if code and check.verdict == Verdict.NOT_MET else ""


def unit_facts(organization: Organization, user: Any) -> dict[str, Any]:
    """Return what the unit itself enters, and whether `user` may."""
    return {
        "account": organization.bank_accounts.visible_to(user).filter(replaced_at__isnull=True).last(),
        "may_edit": registry_policy.allows(user, "edit", organization),
        "may_enter_account": registry_policy.allows(user, "enter_account", organization),
    }


@login_required
def confirm(request: HttpRequest, key: str, code: str) -> HttpResponse:
    """Look at the unit's data (A2's facts), or at the self-check (A4), and say so."""
    application = found(request, key)
    policy.require(request.user, "write", application)
    if request.method == "POST":
        try:
            commands.confirm(application, code, by=request.user)
            return redirect("applications:tasks", key)
        except Refused as refusal:
            messages.error(request, refusal.for_user())
    checks = queries.checks(application) if code == "eligibility" else []
    context = {
        "application": application,
        "organization": application.organization,
        "checks": [(one, mended_at(application, one)) for one in checks],
        "unmet": sum(one.verdict == Verdict.NOT_MET for one in checks),
        **(unit_facts(application.organization, request.user) if code == "organization" else {}),
        "locked": queries.read_only_reason(application, code),
    }
    return render(request, f"applications/confirm_{code}.html", context)
