"""Drafting, publishing, correcting and ending a list."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from grants.publicity import guards, notices, queries
from grants.publicity.models import Publicity, PublicityRow
from grants.publicity.states import PUBLICITY, S
from portal import clock, periods
from portal.access import Role
from portal.lifecycle import MoveNotAllowed, NotYet, Reason, require_moved, require_none
from portal.redaction.rules import find, mask
from portal.search.commands import keep
from portal.trail.commands import log
from portal.workdays.queries import due_on, overrides

TEXTS = (
    "title", "document_number", "basis", "experts", "contact_unit", "contact_phone", "supervision_unit",
    "supervision_phone", "address", "email", "days", "starts_on",
)  # fmt: skip


_told: list[Callable[[Publicity], None]] = []


def on_start(told: Callable[[Publicity], None]) -> None:
    """Have `told` called with every list that goes public, in the same transaction."""
    _told.append(told)


@dataclass(frozen=True)
class Row:
    """A line of the list, as the caller knows it. amount, shares [(source name, fen)]: fen."""

    position: int
    subject_code: str
    title: str
    organization: str
    region: str
    amount: int
    uscc: str = ""
    kind: str = PublicityRow.Kind.PROPOSED
    shares: list[tuple[str, int]] = field(default_factory=list)


def add_rows(publicity: Publicity, rows: Iterable[Row]) -> None:
    PublicityRow.objects.bulk_create(
        PublicityRow(
            publicity=publicity, kind=row.kind, position=row.position, subject_code=row.subject_code, title=row.title,
            organization=row.organization, uscc=row.uscc, region=row.region, amount=row.amount,
            shares=[list(one) for one in row.shares],
        )
        for row in rows
    )  # fmt: skip


@transaction.atomic
def draft(*, rows: Iterable[Row], by: Any, region: Any, starts_on: date, **texts: Any) -> Publicity:
    """Keep a list for the checker. texts: title, basis, round_code, the two phones, address, days, …"""
    publicity = Publicity.objects.create(region=region, starts_on=starts_on, created_by=by, due_on=starts_on, **texts)
    add_rows(publicity, rows)
    log(publicity, "publicity.draft", by=by, role=Role.BUREAU_OFFICER, after={"rows": publicity.rows.count()})
    return publicity


@transaction.atomic
def edit(publicity: Publicity, *, by: Any, **texts: Any) -> Publicity:
    """Change the words of a draft, never its rows. Who edits becomes the maker."""
    publicity = Publicity.objects.select_for_update(of=("self",)).get(pk=publicity.pk)
    if publicity.status != S.DRAFT:
        raise MoveNotAllowed(_("公示已经发布，文字不能再改。要改请办理更正。"))
    before = {name: getattr(publicity, name) for name in texts if getattr(publicity, name) != texts[name]}
    if unknown := set(texts) - set(TEXTS):
        raise ValueError(unknown)
    Publicity.objects.filter(pk=publicity.pk).update(
        **texts, created_by=by, due_on=texts.get("starts_on", publicity.starts_on)
    )
    log(publicity, "publicity.edit", by=by, role=Role.BUREAU_OFFICER, before=before)
    publicity.refresh_from_db()
    return publicity


def drafted(publicity: Publicity) -> Publicity:
    """Lock a draft. Raises MoveNotAllowed for a published list."""
    publicity = Publicity.objects.select_for_update(of=("self",)).get(pk=publicity.pk)
    if publicity.status != S.DRAFT:
        raise MoveNotAllowed(_("公示已经发布，名单不能再改。要改请办理更正。"))
    return publicity


@transaction.atomic
def redraw(publicity: Publicity, *, rows: Iterable[Row], by: Any, is_maker: bool = False, **texts: Any) -> Publicity:
    """Put the rows that stand now into a draft; what was reworded stays reworded. texts: figures that follow from them.

    is_maker: `by` answers for the list from here on, and another person publishes it.
    """
    publicity = drafted(publicity)
    before = dict(publicity.rows.values_list("subject_code", "title"))
    publicity.rows.all().delete()
    add_rows(publicity, [replace(row, title=before.get(row.subject_code, row.title)) for row in rows])
    if is_maker:
        texts["created_by"] = by
    if texts:
        Publicity.objects.filter(pk=publicity.pk).update(**texts)
    publicity.refresh_from_db()
    after = list(publicity.rows.values_list("subject_code", flat=True))
    log(publicity, "publicity.redraw", by=by, before={"rows": list(before)}, after={"rows": after})
    return publicity


@transaction.atomic
def reword(publicity: Publicity, *, row: PublicityRow, title: str, reason: str, by: Any) -> Publicity:
    """Correct the words under which a project of a draft is made public. Who does becomes the maker. Raises NotYet."""
    publicity = drafted(publicity)
    row = publicity.rows.get(pk=row.pk)
    title, reasons = title.strip(), []
    if not title:
        reasons.append(Reason("title", _("请填写公开的项目名称。")))
    for one in find(title):
        words = _("新的名称仍含有%(label)s“%(masked)s”，请删去。") % {"label": one.label, "masked": one.masked}
        reasons.append(Reason("title", words))
    if len(reason.strip()) < 5:
        reasons.append(Reason("reason", _("请写明更正的理由，至少 5 个字。")))
    require_none(reasons)
    before = row.title
    publicity.rows.filter(pk=row.pk).update(title=title)
    Publicity.objects.filter(pk=publicity.pk).update(created_by=by)
    log(
        publicity, "publicity.reword", by=by, role=Role.BUREAU_OFFICER,
        before={"row": row.subject_code, "title": mask(before)}, after={"title": title}, reason=reason.strip(),
    )  # fmt: skip
    publicity.refresh_from_db()
    return publicity


@transaction.atomic
def start(publicity: Publicity, *, by: Any, secrecy_checked: bool = True) -> Publicity:
    """Publish: freeze the list by its hash and let the period run.

    The maker cannot publish. Raises NotYet with everything the checker found (X24 among it).
    """
    publicity = Publicity.objects.select_for_update(of=("self",)).get(pk=publicity.pk)
    target = PUBLICITY.target("start", publicity.status)
    reasons = PUBLICITY.open_reasons("start", guards, publicity)
    if publicity.created_by_id == by.pk:
        reasons.append(Reason("four_eyes", _("拟稿人不能自己发布，请由另一位负责人审核发布。")))
    if not secrecy_checked:
        reasons.append(Reason("secrecy", _("请先完成保密审查并勾选确认。")))
    require_none(reasons)
    last = last_day(publicity)
    publicity.ends_on, publicity.ends_at = last, periods.end_of_day(last)
    sha256 = queries.frozen(publicity, list(publicity.rows.all()))
    require_moved(
        Publicity.objects.filter(pk=publicity.pk, status=publicity.status).update(
            status=target, ends_on=last, ends_at=publicity.ends_at, due_on=None, frozen_sha256=sha256,
            published_by=by, published_at=clock.now(),
        )
    )  # fmt: skip
    if publicity.replaces:
        retire(publicity.replaces, by)
    log(publicity, "publicity.start", by=by, role=Role.BUREAU_HEAD, after={"sha256": sha256, "ends_on": last})
    publicity.refresh_from_db()
    keep(publicity)
    notices.started(publicity)
    for told in _told:
        told(publicity)
    return publicity


def last_day(publicity: Publicity) -> date:
    """A wording correction keeps the period; anything else counts its own."""
    earlier = publicity.replaces if publicity.correction == Publicity.Correction.WORDING else None
    if earlier and earlier.ends_on:
        return earlier.ends_on
    return periods.publicity_last_day(publicity.starts_on, publicity.days, overrides())


def retire(old: Publicity, by: Any) -> None:
    """The version before stays at its address and says that a newer one counts."""
    after = PUBLICITY.target("replace", old.status)
    require_moved(Publicity.objects.filter(pk=old.pk, status=old.status).update(status=after))
    log(old, "publicity.replace", by=by, role=Role.BUREAU_HEAD)


@transaction.atomic
def correct(
    publicity: Publicity, *, kind: str, note: str, by: Any, first_day: date | None = None,
    rows: Iterable[Row] | None = None, **texts: Any,
) -> Publicity:  # fmt: skip
    """Draft a new version; the old one is never edited.

    A wording correction keeps the period of the first version; one of substance starts a new period
    on `first_day`. The new version is published by `start`, by another person than the one who drafted it.
    """
    publicity = Publicity.objects.select_for_update(of=("self",)).get(pk=publicity.pk)
    if publicity.status == S.DRAFT:
        raise MoveNotAllowed(_("还没有发布，直接修改公示稿即可。"))
    if Publicity.objects.filter(replaces=publicity).exists():
        raise MoveNotAllowed(_("这一版已经有更正稿，请到更正稿上办理。"))
    if kind not in (Publicity.Correction.WORDING, Publicity.Correction.SUBSTANCE) or len(note.strip()) < 5:
        raise NotYet([Reason("kind", _("请选择更正类型，并写明更正内容（至少 5 个字）。"))])
    if kind == Publicity.Correction.WORDING and rows is not None:
        raise NotYet([Reason("rows", _("文字更正不能改动名单和金额；改动名单请选“实质更正”。"))])
    kept = {name: getattr(publicity, name) for name in TEXTS}
    is_wording = kind == Publicity.Correction.WORDING
    values = {**kept, **texts, "starts_on": publicity.starts_on if is_wording else first_day or clock.today()}
    made = Publicity.objects.create(
        **values, round_code=publicity.round_code, region=publicity.region, envelope=publicity.envelope, created_by=by,
        version=publicity.version + 1, replaces=publicity, correction=kind, correction_note=note.strip(),
        due_on=values["starts_on"],
    )  # fmt: skip
    add_rows(made, rows if rows is not None else rows_of(publicity))
    log(made, "publicity.correct", by=by, role=Role.BUREAU_OFFICER, after={"kind": kind}, reason=note)
    return made


def rows_of(publicity: Publicity) -> list[Row]:
    return [
        Row(
            position=row.position, subject_code=row.subject_code, title=row.title, organization=row.organization,
            region=row.region, amount=row.amount, uscc=row.uscc, kind=row.kind,
            shares=[(name, fen) for name, fen in row.shares],
        )
        for row in publicity.rows.all()
    ]  # fmt: skip


def end_due() -> list[Publicity]:
    """Mark every list whose period is over as ended; the clock does it."""
    ended = []
    for one in Publicity.objects.over(clock.now()).order_by("pk"):
        with transaction.atomic():
            target = PUBLICITY.target("end", one.status)
            moved = Publicity.objects.filter(pk=one.pk, status=one.status).update(
                status=target, due_on=due_on(PUBLICITY.moves["end"].days)
            )
            if moved:
                log(one, "publicity.end", by=None)
                notices.ended(one)
                ended.append(one)
    return ended
