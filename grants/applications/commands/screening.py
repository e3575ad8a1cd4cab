"""The officer's decisions: pass, one list of corrections, or fail with reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from grants.applications import guards, notices, rules
from grants.applications.commands.submission import locked
from grants.applications.models import Application, Correction, Screening, Section
from grants.applications.policies import is_member
from grants.applications.queries import checks, dossier
from grants.applications.rules import Verdict
from grants.applications.states import LIFECYCLE
from portal import clock
from portal.lifecycle import Refused, require_moved, require_none
from portal.trail import commands as trail
from portal.workdays import queries as workdays


def decide(application: Application, name: str, by: Any, *, due_days: int | None, reason: str = "") -> Application:
    """Walk one arrow of screening; log and lock included."""
    target = LIFECYCLE.target(name, application.status)
    if is_member(by, application.organization):
        raise Refused(_("您是申报单位的成员，不能审查本单位的申报，请由其他同事办理。"))
    require_none(LIFECYCLE.open_reasons(name, guards, application))
    moved = Application.objects.filter(pk=application.pk, status=application.status).update(
        status=target, due_on=workdays.due_on(due_days)
    )
    require_moved(moved)
    before, after = {"status": application.status}, {"status": target}
    trail.log(application, f"applications.{name}", by=by, before=before, after=after, reason=reason)
    return application


def record(application: Application, by: Any, *, passed: bool, codes: list[str], note: str) -> None:
    with translation.override(settings.LANGUAGE_CODE):  # what is kept is kept in the language of the house
        kept = [
            {"code": one.code, "verdict": one.verdict, "evidence": str(one.evidence)} for one in checks(application)
        ]
    Screening.objects.update_or_create(
        application=application,
        defaults={
            "passed": passed,
            "codes": codes,
            "note": note,
            "checks": kept,
            "screened_by": by,
            "screened_at": clock.now(),
        },
    )


@transaction.atomic
def screen_pass(application: Application, *, by: Any, note: str = "") -> Application:
    """Let it through to review. A rule that the portal finds not met needs a note that says why."""
    application = locked(application)
    unmet = [one.code for one in checks(application) if one.verdict == Verdict.NOT_MET]
    if unmet and not note.strip():
        raise Refused(
            _("%(codes)s 的自动核对结果是“不符合”。请改为不通过或退回补正，或写明认定符合的理由。")
            % {"codes": "、".join(unmet)}
        )
    decide(application, "pass", by, due_days=LIFECYCLE.moves["pass"].days, reason=note)
    record(application, by, passed=True, codes=[], note=note)
    application.refresh_from_db()
    notices.passed(application)
    return application


@transaction.atomic
def return_for_correction(application: Application, *, by: Any, items: Iterable[Mapping[str, str]]) -> Application:
    """Send back once, with everything that is to be corrected. items: {"section", "text"}."""
    application = locked(application)
    whole = dossier(application)
    told: dict[str, str] = {}
    for one in items:
        if one["section"] not in whole.codes:
            raise Refused(_("补正内容指向了申报表里没有的章节，请重新选择。"))
        if text := one["text"].strip():
            told[one["section"]] = f"{told[one['section']]} {text}" if one["section"] in told else text
    if not told:
        raise Refused(_("请至少写一条补正内容，并选择它在哪一节。"))
    days = application.round.correction_days
    listed = [{"section": code, "name": whole.kept_name(code), "text": text} for code, text in told.items()]
    decide(
        application,
        "return",
        by,
        due_days=days,
        reason="；".join(f"{one['name']}：{one['text'].rstrip('。；')}" for one in listed),
    )
    application.refresh_from_db()
    Correction.objects.create(
        application=application,
        items=listed,
        returned_by=by,
        returned_at=clock.now(),
        due_on=workdays.due_on(days),
    )
    Section.objects.filter(application=application, code__in=told).update(is_done=False)
    notices.returned(Application.objects.select_related("correction", "round", "organization").get(pk=application.pk))
    return application


@transaction.atomic
def screen_fail(application: Application, *, by: Any, codes: Iterable[str], note: str = "") -> Application:
    """End it here, with reason codes. Raises Refused without a code or with an unknown one."""
    application = locked(application)
    codes = sorted(set(codes))
    if not codes or any(code not in rules.CODES for code in codes):
        raise Refused(_("请选择初审不通过的原因代码（E01 至 E20），至少一项。"))
    words = "；".join(f"{code} {rules.CODES[code]}" for code in codes)
    decide(application, "fail", by, due_days=LIFECYCLE.moves["fail"].days, reason=f"{words}。{note}")
    record(application, by, passed=False, codes=codes, note=note)
    application.refresh_from_db()
    notices.failed(application, words)
    return application


@transaction.atomic
def await_panel(application: Application) -> None:
    """Its panel was given up before it opened: it waits for another as on the day it passed. Called by review."""
    day = workdays.due_on(LIFECYCLE.moves["pass"].days)
    Application.objects.filter(pk=application.pk).update(stage="", due_on=day)
    trail.log(application, "applications.stage", by=None, before={"stage": application.stage}, after={"stage": ""})


@transaction.atomic
def mark_stage(application: Application, stage: str) -> None:
    """Set the word of the phase. Called by higher floors, which have the clock from then on; no guard reads it."""
    rows = Application.objects.filter(pk=application.pk).exclude(stage=stage)
    if rows.update(stage=stage, due_on=None):
        trail.log(
            application, "applications.stage", by=None, before={"stage": application.stage}, after={"stage": stage}
        )
