"""Writing the trail, inside the transaction of the command that did the thing; and sealing it afterwards."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.db import connection, models, transaction
from wagtail.log_actions import LogFormatter, registry

from portal import clock, context
from portal.jobs.commands import lease
from portal.trail import queries
from portal.trail.models import Event, Seal
from portal.trail.rules import START, link


class NotRegistered(LookupError):
    """A model or an action that no package has registered: Wagtail would write nothing, silently."""


def register(
    model: type[models.Model],
    package: str,
    actions: Mapping[str, Any],
    telling: Mapping[str, Callable[[Event], str]] | None = None,
) -> None:
    """Make `model` recordable; call it in AppConfig.ready. Its manager needs `visible_to`: the trail is scoped by it.

    actions: move or act name -> label. The stored code is "package.name".
    telling: name -> what the history says of one event instead of its label.
    """
    registry.register_model(model, Event)
    for name, label in actions.items():
        words: dict[str, Any] = {"label": label, "message": label}
        if telling and name in telling:
            words["format_message"] = staticmethod(telling[name])
        registry.register_action(f"{package}.{name}")(type("Act", (LogFormatter,), words))


def log(
    subject: models.Model,
    action: str,
    *,
    by: Any,
    role: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Event:
    """Write one event. action: "package.name"; by: the User, or None for the clock.

    role: acting role code. Left empty, it is the role that the policy of this request let in, or
    the person's only one. Raises NotRegistered.
    """
    if registry.get_log_model_for_instance(subject) is not Event:
        raise NotRegistered(subject._meta.label)
    if not registry.action_exists(action):
        raise NotRegistered(action)
    user = by if by is not None and by.pk else None
    return Event.objects.log_action(
        instance=subject,
        action=action,
        user=user,
        timestamp=clock.now(),
        role=str(role) or acting_role(user),
        before=dict(before or {}),
        after=dict(after or {}),
        reason=reason,
        request_id=context.request_id(),
    )


def acting_role(user: Any) -> str:
    if user is None:
        return ""
    held = {grant.role for grant in user.grants_now}
    if context.role() in held:
        return context.role()
    return held.pop() if len(held) == 1 else ""


def seal(limit: int = 10_000) -> int:
    """Seal what is committed and not yet sealed, in id order; return how many.

    One at a time, under a lease. The head is also written outside the database.
    """
    with lease("trail.seal", timedelta(minutes=5)) as is_mine:
        if not is_mine:
            return 0
        count = 0
        while rows := seal_some(min(500, limit - count)):
            count += rows
            if count >= limit:
                break
        if count:
            anchor()
        return count


@transaction.atomic
def seal_some(size: int) -> int:
    last = Seal.objects.order_by("-position").first()
    position, prev_hash = (last.position, last.hash) if last else (0, START)
    events = settled().filter(seal__isnull=True).select_related("content_type").order_by("id")
    if last:
        # An old fact that turns up below the head was slipped in: it stays unsealed, and verify_trail says so.
        events = events.exclude(id__lt=last.event_id, timestamp__lt=clock.now() - timedelta(hours=1))
    seals = []
    for event in events[:size]:
        position += 1
        found = link(queries.key(), prev_hash, position, queries.facts(event))
        seals.append(Seal(position=position, event=event, prev_hash=prev_hash, hash=found))
        prev_hash = found
    Seal.objects.bulk_create(seals)
    return len(seals)


def settled() -> models.QuerySet[Event]:
    """Return the events below which nothing can still appear.

    On PostgreSQL an event with a lower id may lie in a transaction that is still running: only rows
    older than the oldest running one are taken. SQLite has one writer.
    """
    if connection.vendor != "postgresql":
        return Event.objects.all()
    older = "age(trail_event.xmin) > age(pg_snapshot_xmin(pg_current_snapshot())::xid)"
    return Event.objects.extra(where=[older])  # noqa: S610  constant text; a system column has no expression


def anchor() -> None:
    """Append the head of the chain to the anchor file, and have it on the disk before going on."""
    head = Seal.objects.order_by("-position").first()
    if head is None:
        return
    path = queries.anchor_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{clock.now().isoformat(timespec='seconds')} {head.position} {head.hash}\n")
        file.flush()
        os.fsync(file.fileno())
