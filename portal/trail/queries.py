"""The trail of one object for a screen, and whether the whole trail still holds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _

from portal.fields.queries import missing_triggers
from portal.jobs.models import Schedule
from portal.trail.models import Event, Seal
from portal.trail.rules import START, changes, link

CHUNK = 1000


@dataclass(frozen=True)
class Entry:
    """One line of a timeline. changes: (name, old, new)."""

    at: datetime
    who: str
    role: str
    act: str
    reason: str
    changes: list[tuple[str, Any, Any]]
    action: str = ""


def history(subject: models.Model) -> list[Entry]:
    """Return what happened to one object, newest first. One query."""
    return [entry(event) for event in Event.objects.for_instance(subject).select_related("user")]


def entry(event: Event) -> Entry:
    return Entry(
        at=event.timestamp,
        who=str(event.user_display_name) if event.user_id else _("系统"),
        role=event.get_role_display(),
        act=event.act,
        reason=event.reason,
        changes=[event.named(*one) for one in changes(event.before, event.after)],
        action=event.action,
    )


@dataclass(frozen=True)
class Chain:
    """The state of the chain on one line. verified_at, problem: of the last nightly walk."""

    sealed: int
    unsealed: int
    head: str
    verified_at: datetime | None
    problem: str


def chain() -> Chain:
    """Three queries and the check of the triggers; the walk itself is done at night."""
    last = Seal.objects.order_by("-position").first()
    walked = Schedule.objects.filter(name="trail.verify").first()
    return Chain(
        sealed=last.position if last else 0,
        unsealed=Event.objects.filter(seal__isnull=True).count(),
        head=last.hash if last else START,
        verified_at=walked.last_run_at if walked else None,
        problem=trigger_problem() or (walked.last_error if walked else ""),
    )


def seal_of(event: Event) -> Seal | None:
    return Seal.objects.filter(event=event).first()


def key() -> bytes:
    """Return the key of the chain; it lies outside the database."""
    return hashlib.sha256(f"trail:{settings.TRAIL_KEY}".encode()).digest()


def anchor_path() -> Path:
    return Path(settings.DATA_DIR) / "anchors" / "trail.log"


def facts(event: Event) -> dict[str, Any]:
    """Return all that a seal covers: each column but the foreign keys' helpers, as plain JSON values."""
    content_type = event.content_type
    return {
        "id": event.pk,
        "object": f"{content_type.app_label}.{content_type.model}" if content_type else "",
        "object_id": event.object_id,
        "label": event.label,
        "action": event.action,
        "data": event.data,
        "at": event.timestamp.astimezone(UTC).isoformat(timespec="microseconds"),
        "uuid": str(event.uuid or ""),
        "user": event.user_id,
        "revision": event.revision_id,
        "flags": [event.content_changed, event.deleted],
        "role": event.role,
        "before": event.before,
        "after": event.after,
        "reason": event.reason,
        "request": event.request_id,
    }


@dataclass(frozen=True)
class Verdict:
    """problem: "" when all holds, else the first bad thing in one sentence."""

    sealed: int
    unsealed: int
    head: str
    problem: str


def verify() -> Verdict:
    """Walk the whole chain: triggers, seals, events, anchors. Reads every event once."""
    sealed, head, hashes = 0, START, {}
    unsealed = Event.objects.filter(seal__isnull=True).count()
    for position, hash_, problem in walk():
        if problem:
            return Verdict(sealed, unsealed, head, problem)
        sealed, head = position, hash_
        hashes[position] = hash_
    return Verdict(sealed, unsealed, head, trigger_problem() or anchor_problem(hashes) or late_problem())


def trigger_problem() -> str:
    missing = [trigger.name for trigger in missing_triggers(app_label="trail")]
    return _("触发器缺失或被改动：%(names)s") % {"names": "、".join(missing)} if missing else ""


def walk() -> Iterator[tuple[int, str, str]]:
    """Yield (position, hash, problem) along the chain and stop at the first problem."""
    prev_hash, expected, secret = START, 1, key()
    for seals in batched(Seal.objects.order_by("position").iterator(chunk_size=CHUNK)):
        events = Event.objects.select_related("content_type").in_bulk([seal.event_id for seal in seals])
        for seal in seals:
            event = events.get(seal.event_id)
            if problem := broken(seal, event, expected, prev_hash, secret):
                yield seal.position, "", problem
                return
            yield seal.position, seal.hash, ""
            prev_hash, expected = seal.hash, expected + 1


def batched(seals: Iterator[Seal]) -> Iterator[list[Seal]]:
    while batch := list(islice(seals, CHUNK)):
        yield batch


def broken(seal: Seal, event: Event | None, expected: int, prev_hash: str, secret: bytes) -> str:
    if seal.position != expected:
        return _("封存序号 %(expected)s 缺失") % {"expected": expected}
    if seal.prev_hash != prev_hash:
        return _("封存 %(position)s 与前一条不相连（记录 %(event_id)s）") % {
            "position": seal.position,
            "event_id": seal.event_id,
        }
    if event is None:
        return _("记录 %(event_id)s 被删除（封存 %(position)s）") % {
            "event_id": seal.event_id,
            "position": seal.position,
        }
    if link(secret, prev_hash, seal.position, facts(event)) != seal.hash:
        return _("记录 %(event_id)s 被改动（封存 %(position)s）") % {
            "event_id": seal.event_id,
            "position": seal.position,
        }
    return ""


def anchor_problem(hashes: dict[int, str]) -> str:
    """Compare the heads kept outside the database: a cut tail or a rewritten chain shows here."""
    path = anchor_path()
    if not path.exists():
        return _("库外的封存锚点文件不见了") if hashes else ""
    for line in path.read_text(encoding="utf-8").splitlines():
        _at, position, found = [*line.split(" "), "", ""][:3]
        if not (position.isascii() and position.isdecimal()):
            return _("库外的封存锚点文件有一行读不出来：%(line)s") % {"line": line[:60]}
        if hashes.get(int(position)) != found:
            return _("封存 %(position)s 与库外锚点不符：链尾被截断或被重写") % {"position": position}
    return ""


def late_problem() -> str:
    """An unsealed event below a sealed one came in later than its number says."""
    last = Seal.objects.order_by("-position").values_list("event_id", flat=True).first()
    late = Event.objects.filter(seal__isnull=True, id__lt=last).order_by("id").first() if last else None
    return _("记录 %(pk)s 是事后插入的") % {"pk": late.pk} if late else ""
