"""Work lists, neighbours in the pile, and the dated line of one application."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.applications.models import Application
from grants.applications.states import PHASES, S
from orgs.registry.models import MemberRole, Organization
from portal import clock
from portal.access import Role
from portal.components.rules import Due, due_of
from portal.trail.models import Event

MANY = 50


def due(user: Any) -> list[Due]:
    """Return what `user` must do about applications: finish, correct, screen. Up to four queries."""
    found: list[Due] = []
    mine = Organization.objects.of_member(user, MemberRole.ADMIN, MemberRole.WRITER)
    own = Application.objects.filter(organization__in=mine, status__in=[S.DRAFT, S.RETURNED])
    for one in own.select_related("round"):
        url = reverse("applications:tasks", args=[one.key])
        if one.status == S.RETURNED:
            if one.due_on and one.due_on < clock.today():
                continue
            found.append(due_of(one, _("补正申报书 · %s") % one, url, "applications.correct"))
        elif one.round.takes_applications(clock.now()):
            found.append(due_of(one, _("完成申报书 · %s") % one, url, "applications.write"))
    if user.has_role(Role.BUREAU_OFFICER):
        handed = Q(status=S.SUBMITTED) | Q(status=S.RETURNED, correction__due_on__lt=clock.today())
        waiting = Application.objects.filter(user.scope(Role.BUREAU_OFFICER), handed)
        found += [
            due_of(
                one,
                (_("补正逾期，请认定 · %s") if one.status == S.RETURNED else _("资格审查 · %s")) % one,
                reverse("staff_applications:screen", args=[one.pk]),
                "applications.screen",
            )
            for one in waiting.order_by("due_on", "number")[:MANY]
        ]
    return found


def neighbours(application: Application, user: Any) -> tuple[Application | None, Application | None, int]:
    """Return the previous and next application of the same round to be screened, and how many wait."""
    pile = Application.objects.visible_to(user).filter(round=application.round, status=S.SUBMITTED)
    before = pile.filter(number__lt=application.number).order_by("-number").first()
    after = pile.filter(number__gt=application.number).order_by("number").first()
    return before, after, pile.count()


WORDS = {
    "applications.start": gettext_lazy("开始申报"),
    "applications.submit": gettext_lazy("提交申报书"),
    "applications.recall": gettext_lazy("撤回修改"),
    "applications.withdraw": gettext_lazy("放弃申报"),
    "applications.return": gettext_lazy("退回补正"),
    "applications.resubmit": gettext_lazy("提交补正"),
    "applications.pass": gettext_lazy("初审通过"),
    "applications.fail": gettext_lazy("初审不通过"),
}
STAGES = {code: PHASES[code] for code in ("SHORTLISTED", "SCORED")}
"""Steps of the review that the applicant is told of."""
ENDED = ("applications.withdraw", "applications.fail")
"""What ends an application without success."""


Outcome = Callable[[Application, Any], list[dict[str, Any]]]
_outcomes: list[Outcome] = []


def register_outcome(outcome: Outcome) -> None:
    """Let a package above say what became of an application, as rows of the timeline. Call it in AppConfig.ready."""
    _outcomes.append(outcome)


def timeline(application: Application, user: Any) -> list[dict[str, Any]]:
    """Return the events that `user` may know, oldest first, and the state now. One query, and those of the outcome."""
    told = Q(action__in=WORDS) | Q(action="applications.stage", after__stage__in=list(STAGES))
    events = Event.objects.for_instance(application).filter(told).order_by("timestamp", "id")
    rows = [
        {
            "at": one.timestamp,
            "title": str(WORDS.get(one.action) or STAGES[one.after["stage"]]),
            "text": one.reason,
            "state": "ended" if one.action in ENDED else "done",
        }
        for one in events
    ]
    if outcome := [row for tell in _outcomes for row in tell(application, user)]:
        return rows + outcome
    ahead = {
        S.DRAFT: _("填写并提交申报书"),
        S.SUBMITTED: _("资格审查"),
        S.RETURNED: _("提交补正"),
        S.SCREEN_PASSED: next_step(application),
    }
    if application.status in ahead:
        rows.append({"at": None, "title": ahead[S(application.status)], "text": when(application), "state": "now"})
    return rows


def next_step(application: Application) -> str:
    """Return what an application that passed waits for."""
    if application.stage in ("NOT_SHORTLISTED", "DEFENCE_ABSENT"):
        return application.get_phase_display()
    if application.stage in ("SHORTLISTED", "DEFENCE_SCHEDULED"):
        return _("答辩")
    is_before_review = application.round.has_review and application.stage in ("", "IN_REVIEW")
    return _("专家评审") if is_before_review else _("集体研究")


def when(application: Application) -> str:
    if application.status == S.DRAFT and application.round.closes_at:
        return _("截止 %(until)s") % {"until": f"{application.round.closes_at.astimezone(clock.ZONE):%Y-%m-%d %H:%M}"}
    if day := application.date_for_applicant:
        return _("%(day)s 前") % {"day": day}
    return str(_("结果用站内消息告知。")) if application.status in (S.SUBMITTED, S.SCREEN_PASSED) else ""
