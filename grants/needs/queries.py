"""What waits for a community's answer."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from grants.needs.models import DECIDERS, Need
from grants.needs.states import Status
from portal import clock
from portal.components.rules import Due, due_of
from portal.regions.models import Level, Region


def communities() -> Any:
    """The communities and villages in use."""
    return Region.objects.active().filter(level=Level.COMMUNITY)


def streets() -> Any:
    """The streets and towns in use."""
    return Region.objects.active().filter(level=Level.STREET)


def next_number() -> str:
    """Return "XQ-2026-0007"."""
    head = f"XQ-{clock.today().year}-"
    last = Need.objects.filter(number__startswith=head).order_by("-number").values_list("number", flat=True).first()
    return f"{head}{int(last.rsplit('-', 1)[1]) + 1 if last else 1:04d}"


def due(user: Any) -> list[Due]:
    """Return the posted needs of the person's region. 1 query for community and street, none for others."""
    if not user.has_role(*DECIDERS):
        return []
    waiting = Need.objects.filter(user.scope(*DECIDERS), status=Status.POSTED).exclude(posted_by=user)
    return [
        due_of(
            one,
            _("答复需求 · %(title)s") % {"title": one.raw_title},
            reverse("staff_needs:inspect", args=[one.pk]),
            "needs.list",
        )
        for one in waiting.order_by("due_on", "pk")
    ]
