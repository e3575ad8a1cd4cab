"""Who is told about lists and objections. The objector's name is in no letter."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_noop as _  # a letter is kept in the language of the house

from grants.publicity.models import Objection, Publicity
from portal import clock
from portal.access import Role
from portal.accounts.models import RoleGrant, User
from portal.notices.commands import queue


def holders(region: Any, *roles: str) -> Iterable[User]:
    """Return the people who hold a role over `region` today. One query."""
    above = [region.path[: at * region.steplen] for at in range(1, len(region.path) // region.steplen + 1)]
    grants = RoleGrant.objects.in_force(clock.today()).filter(role__in=roles, region__path__in=above)
    return User.objects.filter(pk__in=grants.values("user"), is_active=True)


def started(publicity: Publicity) -> None:
    queue(
        "publicity.started",
        [publicity.created_by],
        _("公示已发布：%(title)s") % {"title": publicity.title},
        _("公示期至 %(day)s 24:00。") % {"day": publicity.ends_on},
        about=publicity,
        url=reverse("publicity:page", args=[publicity.key]),
    )


def ended(publicity: Publicity) -> None:
    queue(
        "publicity.ended",
        [publicity.created_by],
        _("公示期已满：%(title)s") % {"title": publicity.title},
        _("没有未办结异议的项目可以办理立项。"),
        about=publicity,
        url=reverse("staff_publicity:inspect", args=[publicity.pk]),
    )


def objection_received(objection: Objection) -> None:
    queue(
        "publicity.objection",
        holders(objection.publicity.region, Role.BUREAU_OFFICER, Role.BUREAU_HEAD),
        _("收到异议 %(number)s") % {"number": objection.number},
        _("请在 %(day)s 前决定是否受理。") % {"day": objection.due_on},
        about=objection,
        url=reverse("staff_objections:inspect", args=[objection.pk]),
    )
