"""Queueing notices. Called by the `notices.py` of a package, inside the command's transaction."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import models, transaction

from portal.notices.models import Letter, Notice
from portal.notices.rules import one_line


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
    user = notice.recipient
    addresses = {"email": user.email, "sms": user.phone}
    return [
        Letter(
            notice=notice, channel=name, address=one_line(addresses.get(name, ""), 254), message_id=new_message_id()
        )
        for name in settings.NOTICE_CHANNELS
        if addresses.get(name)
    ]


def new_message_id() -> str:
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip(" >") or "localhost"
    return f"<{uuid.uuid4().hex}@{domain}>"
