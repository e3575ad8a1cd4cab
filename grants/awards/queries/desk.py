"""Work lists: record, publicise, confirm, drop, promote."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Exists, Max, OuterRef, Subquery, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from grants.applications.models import Application
from grants.applications.states import S as Screened
from grants.awards.models import Award, Resolution
from grants.awards.queries.answers import BY_CASE
from grants.awards.states import CONFIRM_DAYS, Meeting, S
from grants.calls.models import Round
from grants.funds.models import Account
from grants.publicity.models import Objection, Publicity
from grants.publicity.states import AGAINST_ALL, OPEN
from grants.publicity.states import S as Publishing
from grants.review.models import Panel
from grants.review.states import UNDECIDED, PanelState
from portal import clock, periods
from portal.access import Role
from portal.components.rules import Due, due_of
from portal.workdays.queries import overrides


def due(user: Any) -> list[Due]:
    """Return what officers and leaders must do next: record, publicise, confirm."""
    found: list[Due] = []
    if user.has_role(Role.BUREAU_OFFICER):
        found += [*meetings_due(user), *publicity_due(user)]
    if user.has_role(Role.BUREAU_LEADER):
        mine = Resolution.objects.filter(user.scope(Role.BUREAU_LEADER, field="round__region"))
        found += [
            due_of(
                one,
                f"{_('确认会议结果')} · {one.round}",
                reverse("staff_resolutions:record", args=[one.pk]),
                "awards.record",
            )
            for one in mine.filter(status=Meeting.DRAFT).exclude(drafted_by=user).select_related("round")
        ]
        found += [*confirm_due(user), *promote_due(user)]
    return found


def meetings_due(user: Any) -> list[Due]:
    """Rounds whose review or, without one, whose screening is over and that have no resolution yet."""
    mine = Round.objects.filter(user.scope(Role.BUREAU_OFFICER), resolutions__isnull=True)
    reviewed = (
        mine.filter(panels__status=PanelState.SEALED)
        .filter(~Exists(Panel.objects.filter(round=OuterRef("pk")).unsealed()))
        .exclude(
            Exists(Application.objects.filter(round=OuterRef("pk"), status=Screened.SCREEN_PASSED, candidacy=None))
        )
        .exclude(applications__candidacy__status__in=UNDECIDED)
        .annotate(last=Max("panels__due_on"))
    )
    unscreened = Application.objects.filter(round=OuterRef("pk"), status__in=(Screened.SUBMITTED, Screened.RETURNED))
    by_case = (
        mine.filter(BY_CASE, closes_at__lt=clock.now(), applications__status=Screened.SCREEN_PASSED)
        .filter(~Exists(unscreened))
        .annotate(last=Max("applications__due_on"))
    )
    rounds: list[Any] = [*reviewed, *by_case]
    return [
        due_of(
            one,
            f"{_('录入会议结果')} · {one}",
            reverse("staff_resolutions:meeting", args=[one.pk]),
            "awards.draft",
            due_on=one.last,
            state=_("待研究"),
        )
        for one in rounds
    ]


def publicity_due(user: Any) -> list[Due]:
    mine = Resolution.objects.filter(user.scope(Role.BUREAU_OFFICER, field="round__region"))
    return [
        due_of(
            one,
            f"{_('生成公示')} · {one.round}",
            reverse("staff_resolutions:publicise", args=[one.pk]),
            "awards.publicise",
            state=_("待公示"),
        )
        for one in mine.filter(status=Meeting.RECORDED, publicity__isnull=True).select_related("round")
    ]


def confirm_due(user: Any) -> list[Due]:
    """Awards whose publicity is over: approve, or drop where an objection was upheld.

    What an open objection blocks is the work of those who answer it.
    """
    over = Publicity.objects.exclude(status=Publishing.DRAFT).filter(ends_at__lte=clock.now())
    against = Objection.objects.filter(is_tipoff=False)
    named = against.filter(row__subject_code=OuterRef("code"))
    general = against.filter(
        row=None, kind=Objection.Kind.PROCEDURE, status__in=AGAINST_ALL, publicity__round_code=OuterRef("round__code")
    )
    rows = (
        Award.objects.filter(user.scope(Role.BUREAU_LEADER), status=S.PROPOSED, publicity__in=over)
        .exclude(Exists(named.filter(status__in=OPEN)) | Exists(general))
        .annotate(is_upheld=Exists(named.filter(is_upheld=True)))
    )
    known = overrides()
    return [
        due_of(
            one,
            f"{_('不予立项') if one.is_upheld else _('立项')} · {one}",
            reverse(f"staff_awards:{'drop' if one.is_upheld else 'confirm'}", args=[one.pk]),
            "awards.confirm",
            due_on=one.due_on or confirm_by(one, known),
            state=_("异议成立") if one.is_upheld else _("待立项"),
        )
        for one in rows.exclude(resolution__drafted_by=user).select_related("publicity")
    ]


def promote_due(user: Any) -> list[Due]:
    """The first reserve of each list that lost a project, once the round's money covers it."""
    envelopes = Account.objects.filter(kind="envelope", owner_kind="round", owner_code=OuterRef("round__code"))
    money = envelopes.order_by().values("owner_code").annotate(fen=Sum("balance")).values("fen")
    gone = Award.objects.filter(resolution=OuterRef("resolution"), status__in=(S.DROPPED, S.LAPSED))
    before = Award.objects.filter(
        resolution=OuterRef("resolution"), status=S.RESERVE, position__lt=OuterRef("position")
    )
    rows = Award.objects.filter(user.scope(Role.BUREAU_LEADER), status=S.RESERVE, amount__lte=Subquery(money))
    rows = rows.filter(Exists(gone), ~Exists(before), publicity__isnull=False)
    return [
        due_of(
            one, f"{_('递补')} · {one}", reverse("staff_awards:promote", args=[one.pk]), "awards.promote",
            due_on=None, state=_("备选第一位"),
        )
        for one in rows
    ]  # fmt: skip


def confirm_by(award: Award, known: dict[date, bool]) -> date | None:
    """Return the last day to approve an award: some working days after its publicity. known: overrides."""
    ends_on = award.publicity and award.publicity.ends_on
    return periods.add_working_days(ends_on, CONFIRM_DAYS, known) if ends_on else None
