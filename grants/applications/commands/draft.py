"""Writing a draft, section by section. Every save counts the section's version and compares it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from grants.applications import rules
from grants.applications.commands.errors import Conflict, Late
from grants.applications.models import Application, Attachment, BudgetLine, PlannedItem, Section, Series
from grants.applications.queries import dossier, problems, read_only_reason
from grants.applications.queries.dossier import CONFIRMED
from grants.applications.states import S
from orgs.registry.models import Organization, Standing
from portal import clock
from portal.accounts.models import new_key
from portal.files.commands import store
from portal.files.rules import SCANS
from portal.lifecycle import MoveNotAllowed, NotYet, Reason, Refused
from portal.trail import commands as trail

Values = Mapping[str, Any]
PURPOSE = "applications.attachment"
MANY_FILES = 20
LARGEST = 20 * 1024 * 1024


def next_number(prefix: str) -> str:
    """Return the next number such as "VEN-2026-000482". The row's lock makes it unique."""
    Series.objects.get_or_create(prefix=prefix)
    Series.objects.filter(prefix=prefix).update(last=F("last") + 1)
    return f"{prefix}-{Series.objects.get(prefix=prefix).last:06d}"


@transaction.atomic
def start(round: Any, organization: Organization, *, by: Any, title: str = "", token: str = "") -> Application:
    """Begin a draft. token: of the form that was posted; the same token gives the same draft.

    Raises Refused when the window is closed or the organization is not verified.
    """
    if token and (found := Application.objects.filter(token=token, organization=organization).first()):
        return found
    if not round.takes_applications(clock.now()):
        raise Late(_("这个通知现在不接收申报，请查看通知的申报时间。"))
    if organization.standing != Standing.VERIFIED:
        raise Refused(_("单位资料还没有核验，请先在“单位资料”里完成认领和核验。"))
    version = round.page.form_version
    if version is None:
        raise Refused(_("这个通知还没有申报表，请联系咨询单位。"))
    application = Application.objects.create(
        token=token or new_key(),
        number=next_number(f"{round.programme.prefix}-{round.year}"),
        round=round,
        form_version=version,
        organization=organization,
        payee=organization.payee,
        slot_limit=round.applications_per_organization,
        region=organization.region,
        title=title,
        created_by=by,
        due_on=round.closes_at.astimezone(clock.ZONE).date(),
    )
    trail.log(application, "applications.start", by=by, after={"number": application.number})
    return application


def opened(application: Application, *codes: str) -> Application:
    """Lock the application for writing sections. Raises Late or MoveNotAllowed."""
    rows = Application.objects.select_for_update(of=("self",)).select_related("round", "form_version", "region")
    application = rows.get(pk=application.pk)
    for code in codes:
        if reason := read_only_reason(application, code):
            if application.status in (S.DRAFT, S.RETURNED):
                raise Late(reason)
            raise MoveNotAllowed(reason)
    return application


def count(application: Application, code: str, by: Any, version: int | None, **values: Any) -> Section:
    """Count one save of a section: compare and swap. version None: whatever it is. Raises Conflict."""
    section, _new = Section.objects.get_or_create(application=application, code=code)
    rows = Section.objects.filter(pk=section.pk, version=section.version if version is None else version)
    if not rows.update(version=F("version") + 1, saved_by=by, saved_at=clock.now(), **values):
        raise Conflict(Section.objects.select_related("saved_by").get(pk=section.pk))
    section.refresh_from_db()
    return section


@transaction.atomic
def save_section(
    application: Application,
    code: str,
    answers: Values,
    *,
    by: Any,
    version: int | None = None,
    uploads: Values | None = None,
) -> Section:
    """Keep the answers of one form section. What is not in `answers` stays as it was.

    answers: question id -> JSON value; uploads: question id -> file. Raises Conflict, Late, FileRefused.
    """
    application = opened(application, code)
    known = {
        question["id"]: question
        for one in application.form_version.schema["sections"]
        if one["id"] == code
        for question in one["questions"]
    }
    if not known:
        raise Refused(_("申报表里没有这一节，请返回任务列表。"))
    section = Section.objects.filter(application=application, code=code).first()
    kept = dict(section.answers) if section else {}
    kept.update({key: value for key, value in answers.items() if key in known})
    for question_id, upload in (uploads or {}).items():
        file = store(upload, purpose=PURPOSE, by=by, accept=SCANS + ("docx", "xlsx"), max_size=LARGEST)
        Attachment.objects.filter(application=application, code=question_id, removed_at=None).update(
            removed_at=clock.now()
        )
        Attachment.objects.create(application=application, code=question_id, file=file, added_by=by)
        kept[question_id] = {"key": file.key, "name": file.name, "size": file.size, "sha256": file.sha256}
    return count(application, code, by, version, answers=kept)


OVERVIEW = ("title", "category", "region", "starts_on", "ends_on")


@transaction.atomic
def save_overview(application: Application, *, by: Any, version: int | None = None, **fields: Any) -> Section:
    """Keep title, category, region and period; only what is given."""
    application = opened(application, "overview")
    section = count(application, "overview", by, version)
    values = {name: value for name, value in fields.items() if name in OVERVIEW}
    if values:
        Application.objects.filter(pk=application.pk).update(**values)
    return section


@transaction.atomic
def save_budget(application: Application, lines: Iterable[Values], *, by: Any, version: int | None = None) -> Section:
    """Replace the budget lines. Drafts may break the rules; submission may not.

    lines: category, item, unit_price (fen), quantity (Decimal), unit, times, source, basis.
    """
    application = opened(application, "budget")
    section = count(application, "budget", by, version)
    application.budget_lines.all().delete()
    made = [
        BudgetLine(
            application=application,
            position=n,
            amount=rules.line_amount(line["unit_price"], line["quantity"], line.get("times", 1)),
            **line,
        )
        for n, line in enumerate(lines)
    ]
    BudgetLine.objects.bulk_create(made)
    asked = sum(line.amount for line in made if line.source == "GRANT")
    Application.objects.filter(pk=application.pk).update(amount_requested=asked)
    return section


@transaction.atomic
def save_plan(application: Application, items: Iterable[Values], *, by: Any, version: int | None = None) -> Section:
    """Replace the planned activities. items: name, month (its first day), times, persons, place, output."""
    application = opened(application, "plan")
    section = count(application, "plan", by, version)
    application.planned_items.all().delete()
    PlannedItem.objects.bulk_create(
        PlannedItem(application=application, position=n, **item) for n, item in enumerate(items)
    )
    return section


@transaction.atomic
def confirm(application: Application, code: str, *, by: Any) -> Section:
    """Say that the organization's data, or the self-check, was looked at."""
    if code not in CONFIRMED:
        raise Refused(_("这一节要填写内容，不能直接确认。"))
    application = opened(application, code)
    return count(application, code, by, None, is_done=True)


@transaction.atomic
def set_done(application: Application, *codes: str, done: bool = True, by: Any) -> None:
    """Call sections done, or not yet. Raises NotYet with everything that is missing in them."""
    application = opened(application, *codes)
    whole = dossier(application)
    if not set(codes) <= set(whole.codes):
        raise Refused(_("申报表里没有这一节，请返回任务列表。"))
    if done and (found := [Reason(code, text) for code in codes for text in problems(whole, code)]):
        raise NotYet(found)
    for code in codes:
        section = whole.sections.get(code) or Section.objects.create(application=application, code=code)
        if section.is_done != done:
            Section.objects.filter(pk=section.pk).update(is_done=done)
            trail.log(application, "applications.save", by=by, after={"section": whole.kept_name(code), "done": done})


@transaction.atomic
def attach(application: Application, code: str, upload: Any, *, by: Any) -> Attachment:
    """Keep a paper of the round's list. Raises FileRefused, Late."""
    application = opened(application, "attachments")
    if not application.round.attachment_rules.filter(code=code).exists():
        raise Refused(_("附件清单里没有这一项，请返回后重新选择。"))
    present = application.attachments.filter(removed_at=None)
    if present.count() >= MANY_FILES:
        raise Refused(_("附件最多 %(most)s 份，请先删除不需要的。") % {"most": MANY_FILES})
    file = store(upload, purpose=PURPOSE, by=by, accept=SCANS + ("docx", "xlsx"), max_size=LARGEST)
    count(application, "attachments", by, None)
    return Attachment.objects.create(application=application, code=code, file=file, added_by=by, added_at=clock.now())


@transaction.atomic
def detach(application: Application, attachment: Attachment, *, by: Any) -> None:
    """Take a paper out of the draft; the row and the file stay for the versions that carry it."""
    application = opened(application, "attachments")
    rows = application.attachments.filter(pk=attachment.pk, removed_at=None)
    rows.update(removed_at=clock.now())
    count(application, "attachments", by, None)
