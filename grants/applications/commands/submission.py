"""Handing in, taking back, giving up."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from grants.applications import guards, notices
from grants.applications.commands.errors import Late
from grants.applications.models import Application, Correction, Version
from grants.applications.policies import is_member
from grants.applications.queries import Dossier, dossier
from grants.applications.states import LIFECYCLE, S
from orgs.registry.models import MemberRole
from portal import clock
from portal.documents import commands as documents
from portal.documents.models import Kind, Paper
from portal.dynforms import rules as dynforms
from portal.jobs.commands import enqueue
from portal.lifecycle import NotYet, Reason, Refused, require_moved, require_none
from portal.money import yuan
from portal.trail import commands as trail
from portal.workdays import queries as workdays

COMMITMENT = (
    "本单位承诺：申报材料真实、完整；同一笔费用没有其他政府资金；获得资助后专账核算、专款专用，"
    "按计划实施，按时报送进度和决算，接受评估、审计和社会监督；结余资金按规定退回。"
)


def locked(application: Application) -> Application:
    rows = Application.objects.select_for_update(of=("self",)).select_related(
        "round", "organization", "region", "form_version", "version"
    )
    return rows.get(pk=application.pk)


def require_admin(application: Application, by: Any) -> None:
    if not is_member(by, application.organization, MemberRole.ADMIN):
        raise Refused(_("提交、撤回和放弃由单位负责人办理，请负责人登录后操作。"))


@transaction.atomic
def submit(application: Application, *, by: Any, commitment: bool = True) -> Application:
    """Hand in a draft or a correction: freeze a hashed version and take a slot of the round.

    Judged by the moment the request arrived. Raises Late (E20), NotYet (all that is missing),
    MoveNotAllowed. The database refuses one application more than the round allows.
    """
    application = locked(application)
    name = "resubmit" if application.status == S.RETURNED else "submit"
    target = LIFECYCLE.target(name, application.status)
    require_admin(application, by)
    if not commitment:
        raise Refused(_("请阅读并勾选承诺后再提交。"))
    reasons = LIFECYCLE.open_reasons(name, guards, application)
    if overdue := [one for one in reasons if one.code == "E20" or (name == "resubmit" and one.code == "correction")]:
        raise Late(*(one.text for one in overdue))
    require_none(reasons)
    version = freeze(application, dossier(application), by)
    slot = application.slot if name == "resubmit" else free_slot(application)
    if slot is None:
        raise NotYet([Reason("E16", guards.over_limit_words(application.slot_limit))])
    values = {"status": target, "version": version, "submitted_at": version.submitted_at, "slot": slot}
    move(application, values, due_on=due_on(application, name))
    if name == "resubmit":
        Correction.objects.filter(application=application).update(answered_at=clock.now())
    trail.log(application, f"applications.{name}", by=by, after={"version": version.number, "sha256": version.sha256})
    application.refresh_from_db()
    notices.submitted(application)
    enqueue("applications.receipt", version_id=version.pk)
    return application


def due_on(application: Application, name: str) -> date | None:
    """Return the last day of the screening: the notice promises working days after the deadline, not after this day."""
    closes_at = application.round.closes_at
    start = max(clock.today(), closes_at.astimezone(clock.ZONE).date()) if closes_at else clock.today()
    days = application.round.screening_days if name == "submit" else LIFECYCLE.moves[name].days
    return workdays.due_on(days, start)


def move(application: Application, values: dict[str, Any], **more: Any) -> None:
    """Compare and swap; a slot that the database refuses was taken a moment ago."""
    rows = Application.objects.filter(pk=application.pk, status=application.status)
    try:
        with transaction.atomic():
            moved = rows.update(**values, **more)
    except IntegrityError:
        raise NotYet([Reason("E16", guards.over_limit_words(application.slot_limit))])
    require_moved(moved)


def free_slot(application: Application) -> int | None:
    """Return the lowest slot of the organization in the round that nobody holds."""
    others = Application.objects.filter(round=application.round, organization=application.organization)
    taken = set(others.exclude(status=S.WITHDRAWN).exclude(pk=application.pk).values_list("slot", flat=True))
    return next((slot for slot in range(1, application.slot_limit + 1) if slot not in taken), None)


def freeze(application: Application, whole: Dossier, by: Any) -> Version:
    """Write the next version: everything as it stands now, hashed. No query but the insert and the count."""
    asked = dynforms.asked_ids(whole.schema, whole.answers)
    content: dict[str, Any] = {
        "title": application.title,
        "overview": {
            "number": application.number,
            "round": application.round.code,
            "organization": application.organization.name,
            "uscc": application.organization.uscc or "",
            "category": application.category,
            "region": application.region.code,
            "region_name": application.region.name,
            "starts_on": application.starts_on.isoformat() if application.starts_on else "",
            "ends_on": application.ends_on.isoformat() if application.ends_on else "",
        },
        "answers": {key: value for key, value in whole.answers.items() if key in asked},
        "budget": [
            {
                "position": line.position, "category": line.category, "item": line.item, "unit_price": line.unit_price,
                "quantity": str(line.quantity), "unit": line.unit, "times": line.times, "amount": line.amount,
                "source": line.source, "basis": line.basis,
            }
            for line in whole.lines
        ],
        "plan": [
            {
                "name": item.name, "month": item.month.isoformat(), "times": item.times, "persons": item.persons,
                "place": item.place, "output": item.output,
            }
            for item in whole.items
        ],
        "attachments": [
            {"code": one.code, "key": one.file.key, "name": one.file.name, "size": one.file.size, "sha256": one.file.sha256}
            for one in whole.attachments
        ],
        "amount_requested": whole.budget.grant,
        "commitment": COMMITMENT,
    }  # fmt: skip
    moment = clock.now()
    digest = dynforms.digest({**content, "form": application.form_version.sha256, "submitted_at": moment.isoformat()})
    return Version.objects.create(
        application=application,
        number=application.versions.count() + 1,
        form_version=application.form_version,
        sha256=digest,
        submitted_by=by,
        submitted_at=moment,
        **content,
    )


@transaction.atomic
def recall(application: Application, *, by: Any) -> Application:
    """Take a submission back into the draft before the deadline. The version stays on record."""
    application = locked(application)
    target = LIFECYCLE.target("recall", application.status)
    require_admin(application, by)
    require_none(LIFECYCLE.open_reasons("recall", guards, application))
    closes_at = application.round.closes_at
    until = closes_at.astimezone(clock.ZONE).date() if closes_at else None
    before = {"version": application.submission.number}
    move(application, {"status": target, "slot": None, "version": None, "submitted_at": None}, due_on=until)
    trail.log(application, "applications.recall", by=by, before=before)
    application.refresh_from_db()
    return application


@transaction.atomic
def withdraw(application: Application, *, by: Any, reason: str = "") -> Application:
    """Give the application up. Its slot becomes free."""
    application = locked(application)
    target = LIFECYCLE.target("withdraw", application.status)
    require_admin(application, by)
    move(application, {"status": target}, due_on=None)
    trail.log(application, "applications.withdraw", by=by, before={"status": application.status}, reason=reason)
    application.refresh_from_db()
    notices.withdrawn(application)
    return application


def receipt_number(version: Version) -> str:
    """The first receipt bears the application's number; later ones add the version."""
    return version.application.number + (f"-{version.number}" if version.number > 1 else "")


@transaction.atomic
def issue_receipt(version: Version) -> Paper:
    """Return the receipt of a version, made at the first call. Safe to repeat."""
    number = receipt_number(version)
    if found := Paper.objects.filter(number=number).first():
        return found
    application = version.application
    context = {
        "title": f"申报回执 {application.number}",
        "unit": application.organization.name,
        "project": version.title,
        "round": application.round.title,
        "submitted_at": f"{version.submitted_at.astimezone(clock.ZONE):%Y-%m-%d %H:%M:%S}",
        "version": f"第 {version.number} 版",
        "amount": yuan(version.amount_requested),
        "content_sha256": version.sha256,
        "signer": application.round.host,
        "date": f"{version.submitted_at.astimezone(clock.ZONE):%Y-%m-%d}",
    }
    return documents.issue(Kind.RECEIPT, number, application.number, context, version.submitted_by)
