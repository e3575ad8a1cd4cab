"""What stands against a move of an application. Every guard returns all its reasons."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from grants.applications.models import Application, Correction
from grants.applications.queries import dossier, problems
from grants.applications.states import HANDED_IN
from portal import clock
from portal.lifecycle import Reason


def unfinished(application: Application) -> list[Reason]:
    """Every section must be called done by a person and be in order."""
    whole = dossier(application)
    found = []
    for code in whole.codes:
        section = whole.sections.get(code)
        wrong = problems(whole, code)
        found += [Reason(code, f"{whole.name(code)}:{text}。") for text in wrong]
        if not wrong and not (section and section.is_done):
            found.append(Reason(code, _("%(name)s还没有标为“写完了”。") % {"name": whole.name(code)}))
    return found


def late(application: Application) -> list[Reason]:
    """E20. The clock decides: 17:00:00 is in time, 17:00:01 is not."""
    round = application.round
    if round.takes_applications(clock.now()):
        return []
    if round.has_closed(clock.now()):
        until = round.closes_at.astimezone(clock.ZONE)
        words = _("申报已于 %(until)s 截止，这次没有提交成功。您填写的内容仍可查看和下载。")
        return [Reason("E20", words % {"until": date_format(until, _("n月j日 H:i"))})]
    return [Reason("closed", _("这个通知现在不接收申报，请留意通知页面的说明。"))]


def recall_late(application: Application) -> list[Reason]:
    """The window is over: what was handed in stays handed in."""
    if late(application):
        return [
            Reason("E20", _("申报已经截止，不能再撤回修改。已提交的申报书照常审核；如不再申报，可以“放弃本次申报”。"))
        ]
    return []


def over_limit(application: Application) -> list[Reason]:
    """E16, asked politely; the database asks again."""
    round = application.round
    others = Application.objects.filter(
        round=round, organization=application.organization, status__in=HANDED_IN
    ).exclude(pk=application.pk)
    if others.count() < round.applications_per_organization:
        return []
    return [Reason("E16", over_limit_words(round.applications_per_organization))]


def over_limit_words(limit: int) -> str:
    return _("本通知每单位最多提交 %(limit)s 项，贵单位已提交 %(limit)s 项。可以先撤回一项，再提交这一项。") % {
        "limit": limit
    }


def correction_of(application: Application) -> Correction | None:
    return Correction.objects.filter(application=application).first()


def correction_late(application: Application) -> list[Reason]:
    correction = correction_of(application)
    if correction and correction.is_over(clock.now()):
        return [Reason("correction", _("补正期限 %(due_on)s 已过，不能再提交补正。") % {"due_on": correction.due_on})]
    return []


def returned_before(application: Application) -> list[Reason]:
    """All that is wrong is told at once: a second list is forbidden."""
    if correction_of(application):
        return [Reason("correction", _("已经退回补正过一次。补正须一次性告知，不能再退，请决定通过或不通过。"))]
    return []


def correction_running(application: Application) -> list[Reason]:
    correction = correction_of(application)
    if application.status == "RETURNED" and correction and not correction.is_over(clock.now()):
        return [
            Reason("correction", _("补正期限 %(due_on)s 还没有到，请等补正结果。") % {"due_on": correction.due_on})
        ]
    return []
