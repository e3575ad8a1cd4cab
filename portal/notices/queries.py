"""Answers about the inbox, and what waits in the outbox."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from portal import clock, periods
from portal.access import Role
from portal.components.rules import Due, due_of
from portal.notices.models import Letter, Notice
from portal.notices.states import LIFECYCLE, LetterState
from portal.workdays.queries import overrides

MANY = 50


def unread(user: Any) -> int:
    """Return how many entries of one's inbox were not read. One query; none for a visitor."""
    return Notice.objects.visible_to(user).unread().count() if user.is_authenticated else 0


def due(user: Any) -> list[Due]:
    """Return the letters that could not be sent, for the administrators. Two queries, none for others."""
    if not user.has_role(Role.SYS_ADMIN):
        return []
    known, days = overrides(), LIFECYCLE.moves["give_up"].days or 0
    return [
        due_of(
            one,
            _("处理发送失败的信件 · %s") % one.address,
            reverse("staff_letters:inspect", args=[one.pk]),
            "notices.resend",
            due_on=periods.add_working_days(one.next_try_at.astimezone(clock.ZONE).date(), days, known),
        )
        for one in Letter.objects.filter(status=LetterState.DEAD).order_by("pk")[:MANY]
    ]
