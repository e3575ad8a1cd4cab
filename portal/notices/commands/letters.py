"""Queueing notices, and sending what is queued.

`queue` is called by the `notices.py` of a package, inside the command's transaction: the row and
the act are committed together. The job `notices.send` does the rest.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import F

from portal import clock
from portal.lifecycle import require_moved
from portal.notices.commands.channels import CHANNELS, DELIVERY_ERRORS
from portal.notices.models import Letter, LetterState, Notice
from portal.notices.rules import one_line, wait_after
from portal.notices.states import LIFECYCLE
from portal.trail.commands import log

logger = logging.getLogger("portal.notices")
LEASE = timedelta(minutes=5)


@transaction.atomic
def queue(
    kind: str, to: Iterable[Any], subject: str, body: str, about: models.Model | None = None, url: str = ""
) -> list[Notice]:
    """Put one entry in each person's inbox and one letter per channel in the outbox.

    kind: "package.word"; to: Users, each told once; url: path on this site. Inactive people get nothing.
    """
    people = {user.pk: user for user in to if user.is_active}
    about_label, about_id = (about._meta.label_lower, str(about.pk)) if about is not None else ("", "")
    notices = [
        Notice(
            recipient=user,
            kind=kind,
            subject=one_line(str(subject), 200),
            body=str(body),
            url=url,
            about_label=about_label,
            about_id=about_id,
        )
        for user in people.values()
    ]
    Notice.objects.bulk_create(notices)
    Letter.objects.bulk_create(letter for notice in notices for letter in letters_of(notice))
    return notices


def letters_of(notice: Notice) -> list[Letter]:
    letters = []
    for name in settings.NOTICE_CHANNELS:
        if address := one_line(CHANNELS[name].address(notice.recipient), 254):
            letters.append(Letter(notice=notice, channel=name, address=address, message_id=new_message_id()))
    return letters


def new_message_id() -> str:
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip(" >") or "localhost"
    return f"<{uuid.uuid4().hex}@{domain}>"


def send_due(limit: int = 200) -> int:
    """Send what is due; return how many left the house. Any number of workers may do this at once."""
    due = Letter.objects.due(clock.now()).order_by("next_try_at", "id").values_list("pk", flat=True)[:limit]
    return sum(send(pk) for pk in list(due))


def send(pk: int) -> bool:
    """Claim one letter, hand it to its channel, note the outcome.

    A worker that dies in between leaves the letter queued; after the lease it is sent again under
    the same message id, so that a mailbox which has it already shows it once.
    """
    moment = clock.now()
    if not Letter.objects.due(moment).filter(pk=pk).update(lease_until=moment + LEASE, attempts=F("attempts") + 1):
        return False
    letter = Letter.objects.select_related("notice__recipient").get(pk=pk)
    try:
        CHANNELS[letter.channel].send(letter)
    except DELIVERY_ERRORS as error:
        put_off(letter, one_line(f"{type(error).__name__}: {error}", 300))
        return False
    mine = Letter.objects.filter(pk=pk, status=LetterState.QUEUED)
    mine.update(status=LIFECYCLE.target("send", letter.status), sent_at=clock.now(), lease_until=None, last_error="")
    return True


def put_off(letter: Letter, error: str) -> None:
    """Try again later, or give up: the letter then stands on the list of failed ones."""
    seconds = wait_after(letter.attempts)
    mine = Letter.objects.filter(pk=letter.pk, status=LetterState.QUEUED)
    if seconds is None:
        logger.error("letter %s given up after %s tries: %s", letter.pk, letter.attempts, error)
        mine.update(status=LIFECYCLE.target("give_up", letter.status), lease_until=None, last_error=error)
    else:
        later = clock.now() + timedelta(seconds=seconds)
        mine.update(next_try_at=later, lease_until=None, last_error=error)


@transaction.atomic
def resend(letter: Letter, *, by: Any) -> Letter:
    """Put a failed letter back in the queue with all its tries, under the same message id."""
    letter = Letter.objects.select_for_update().get(pk=letter.pk)
    target = LIFECYCLE.target("resend", letter.status)
    moved = Letter.objects.filter(pk=letter.pk, status=letter.status).update(
        status=target, attempts=0, next_try_at=clock.now()
    )
    require_moved(moved)
    log(letter, "notices.resend", by=by, before={"status": letter.status}, after={"status": target})
    letter.refresh_from_db()
    return letter


def mark_read(notice: Notice, *, by: Any) -> Notice:
    """Note the first reading. Reading is not an act of the trail."""
    Notice.objects.visible_to(by).filter(pk=notice.pk, read_at__isnull=True).update(read_at=clock.now())
    return notice


def mark_all_read(*, by: Any) -> int:
    return Notice.objects.visible_to(by).unread().update(read_at=clock.now())
