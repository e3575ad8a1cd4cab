"""Who is told about decisions. Applicants hear nothing before publicity and approval."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_noop as _  # a letter is kept in the language of the house

from grants.awards.models import Award, Resolution
from grants.publicity.notices import holders
from orgs.registry.models import MemberRole, Membership
from portal.access import Role
from portal.accounts.models import User
from portal.money import yuan
from portal.notices.commands import queue


def drafted(resolution: Resolution) -> None:
    queue(
        "awards.drafted",
        holders(resolution.round.region, Role.BUREAU_LEADER),
        _("请确认会议结果：%(round)s") % {"round": resolution.round},
        _("纪要 %(number)s。%(cut)s。") % {"number": resolution.minutes_number, "cut": resolution.cut_reason},
        about=resolution,
        url=reverse("staff_resolutions:inspect", args=[resolution.pk]),
    )


def sent_back(resolution: Resolution, reason: str) -> None:
    queue(
        "awards.sent_back",
        [resolution.drafted_by],
        _("会议结果被退回，请重新录入：%(round)s") % {"round": resolution.round},
        _("纪要 %(number)s。理由：%(reason)s") % {"number": resolution.minutes_number, "reason": reason},
        about=resolution.round,
        url=reverse("staff_resolutions:meeting", args=[resolution.round_id]),
    )


def recorded(resolution: Resolution) -> None:
    queue(
        "awards.recorded",
        [resolution.drafted_by],
        _("会议结果已确认：%(round)s") % {"round": resolution.round},
        _("资金已按来源占用。请生成公示。"),
        about=resolution,
        url=reverse("staff_resolutions:inspect", args=[resolution.pk]),
    )


def people_of(award: Award) -> Iterable[User]:
    """Return the unit's persons in charge and writers. One query."""
    if award.organization_id is None:
        return []
    seats = Membership.objects.active().filter(
        organization=award.organization_id, role__in=[MemberRole.ADMIN, MemberRole.WRITER]
    )
    return User.objects.filter(pk__in=seats.values("user"))


def page(award: Award) -> str:
    """Return where the applicant reads what became of it, with the papers."""
    return reverse("applications:detail", args=[award.application.key]) if award.application else ""


def confirmed(award: Award) -> None:
    queue(
        "awards.confirmed",
        people_of(award),
        _("您的项目已立项：%(title)s") % {"title": award.title},
        _("资助金额 %(amount)s 元，文号 %(number)s。请在 %(day)s 前签订协议。")
        % {"amount": yuan(award.amount), "number": award.document_number, "day": award.due_on},
        about=award,
        url=page(award),
    )


@translation.override(settings.LANGUAGE_CODE)
def out(award: Award) -> None:
    queue(
        "awards.out",
        people_of(award),
        _("项目没有立项：%(title)s") % {"title": award.title},
        _("结果：%(state)s。理由：%(reason)s") % {"state": award.get_status_display(), "reason": award.reason},
        about=award,
        url=page(award),
    )
