"""What stands against a resolution, and against approving an award."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from grants.applications.models import Application
from grants.awards import queries, rules
from grants.awards.models import Award, Resolution, ResolutionItem
from grants.awards.states import Meeting
from grants.calls.models import Round
from grants.publicity import queries as publicity
from grants.publicity.states import S as Publishing
from grants.review.queries import final_rows, review_ended_on
from portal import clock
from portal.identifiers import Invalid, check_reference
from portal.lifecycle import Reason
from portal.money import yuan


def faults(resolution: Resolution) -> list[Reason]:
    """Everything that is wrong with a drafted resolution, row by row."""
    items = list(resolution.items.select_related("application__organization"))
    if not items:
        return [Reason("items", _("会议结果是空的，请先录入。"))]
    found = []
    for one in items:
        found += item_faults(one, resolution)
    found += order_faults(items)
    found += limit_faults(items, resolution)
    money = queries.envelope_left(resolution.round)
    total = sum(one.amount for one in items if one.verdict == rules.PROPOSED)
    if total > money:
        found.append(
            Reason(
                "money",
                _("拟立项合计 %(total)s 元，超过可用额度 %(money)s 元，请减少金额或项目。")
                % {"total": yuan(total), "money": yuan(money)},
            )
        )
    return found


def meeting_faults(round: Round, met_on: date, number: str) -> list[Reason]:
    """What is wrong with the meeting itself: one draft at a time, after the review and not in the future."""
    found = []
    waiting = Resolution.objects.filter(round=round, status=Meeting.DRAFT).first()
    if waiting:
        text = _("这个批次已有一份待确认的会议结果（纪要 %(number)s），请先由领导确认，或作废后重新录入。")
        found.append(Reason("waiting", text % {"number": waiting.minutes_number}))
    elif Resolution.objects.filter(round=round, minutes_number=number.strip()).exists():
        found.append(
            Reason("minutes_number", _("纪要文号“%(number)s”已经录入过，请核对。") % {"number": number.strip()})
        )
    try:
        check_reference(number, str(_("纪要文号")))
    except Invalid as fault:
        found.append(Reason("minutes_number", str(fault)))
    earliest = review_ended_on(round) or round.closes_at.astimezone(clock.ZONE).date()
    if met_on > clock.today():
        found.append(Reason("met_on", _("会议日期不能晚于今天。")))
    elif met_on < earliest:
        text = _("会议日期不能早于 %(day)s：评审汇总在这一天封存，会议据此决定。请按纪要核对。")
        if not round.has_review:
            text = _("会议日期不能早于 %(day)s：申报到这一天截止。请按纪要核对。")
        found.append(Reason("met_on", text % {"day": earliest}))
    return found


def table_faults(round: Round, applications: Sequence[Application]) -> list[Reason]:
    """Every ranked application of the round has exactly one line, and nothing else has one. Two queries.

    One that an earlier meeting has decided needs none.
    """
    ranked = {row["application"]: row["title"] for row in final_rows(round)}
    times = Counter(one.pk for one in applications)
    titles = {one.pk: one.title for one in applications}
    found = [
        Reason(
            "twice",
            _("“%(title)s”出现了 %(n)s 次，每个项目只能有一个结果，请删去重复的。") % {"title": titles[pk], "n": n},
        )
        for pk, n in times.items()
        if n > 1
    ]
    for one in {one.pk: one for one in applications}.values():
        if one.round_id != round.pk:
            found.append(Reason("foreign", _("“%(title)s”不是这个批次的项目，请删去。") % {"title": one.title}))
        elif round.has_review and one.pk not in ranked:
            found.append(
                Reason("unranked", _("“%(title)s”没有封存的评审成绩，不在排名中，请删去。") % {"title": one.title})
            )
    missing = set(ranked) - set(times)
    decided = set(Award.objects.filter(application__in=missing).values_list("application_id", flat=True))
    left = [title for pk, title in ranked.items() if pk in missing - decided]
    if left:
        found.append(
            Reason(
                "missing",
                _("还有 %(count)s 个项目没有结果：%(names)s，请逐一填写。")
                % {"count": len(left), "names": "、".join(left)},
            )
        )
    return found


def item_faults(one: ResolutionItem, resolution: Resolution) -> list[Reason]:
    app, found = one.application, []
    name = _("第 %(position)s 名“%(title)s”") % {"position": one.position, "title": app.title}
    if one.amount > app.amount_requested:
        found.append(
            Reason(
                "asked",
                _("%(name)s建议额 %(amount)s 元，超过申请额 %(amount_requested)s 元。")
                % {"name": name, "amount": yuan(one.amount), "amount_requested": yuan(app.amount_requested)},
            )
        )
    ceiling = resolution.round.ceiling
    if ceiling and one.amount > ceiling:
        found.append(
            Reason(
                "ceiling",
                _("%(name)s建议额 %(amount)s 元，超过每项最高 %(ceiling)s 元。")
                % {"name": name, "amount": yuan(one.amount), "ceiling": yuan(ceiling)},
            )
        )
    if Award.objects.filter(application=app).exists():
        found.append(Reason("again", _("%(name)s已有立项记录。") % {"name": name}))
    if one.verdict == rules.PROPOSED and resolution.round.has_review and one.rank is None:
        found.append(Reason("unranked", _("%(name)s没有封存的评审成绩，不能拟立项。") % {"name": name}))
    return found


def order_faults(items: list[ResolutionItem]) -> list[Reason]:
    """Each departure from the ranking needs its reason."""
    odd = rules.departures([one.rank for one in items], [one.verdict for one in items])
    return [
        Reason(
            "departure",
            _("第 %(position)s 名“%(title)s”与评审排名不一致，请写明调整理由（至少 10 个字）。")
            % {"position": one.position, "title": one.application.title},
        )
        for at, one in enumerate(items)
        if at in odd and len(one.reason.strip()) < 10
    ]


def limit_faults(items: list[ResolutionItem], resolution: Resolution) -> list[Reason]:
    limit = resolution.round.awards_per_organization
    held = Counter(Award.objects.holding().filter(round=resolution.round).values_list("organization_id", flat=True))
    held.update(one.application.organization_id for one in items if one.verdict == rules.PROPOSED)
    names = {one.application.organization_id: one.application.organization.name for one in items}
    return [
        Reason(
            "limit",
            _("%(name)s拟立项 %(n)s 项，每单位不超过 %(limit)s 项，请减少。")
            % {"name": names[pk], "n": n, "limit": limit},
        )
        for pk, n in held.items()
        if n > limit and pk in names
    ]


def publicity_missing(award: Award) -> list[Reason]:
    if award.publicity is None or award.publicity.status == Publishing.DRAFT:
        return [Reason("publicity_missing", _("还没有公示，不能立项。请先发布公示。"))]
    return []


def publicity_running(award: Award) -> list[Reason]:
    if award.publicity is None or award.publicity.status == Publishing.DRAFT:
        return []
    current = publicity.current(award.publicity)
    if publicity.is_over(current):
        return []
    return [
        Reason(
            "publicity_running",
            _("公示期到 %(ends_on)s 24:00 结束，期满后才能立项。") % {"ends_on": f"{current.ends_on:%Y-%m-%d}"},
        )
    ]


def objection_open(award: Award) -> list[Reason]:
    if award.publicity is None:
        return []
    codes = publicity.blocked_codes(award.publicity) - publicity.upheld_codes(award.publicity)
    return [Reason("objection_open", _("这个项目有异议没有办结，答复后才能立项。"))] if award.code in codes else []


def objection_upheld(award: Award) -> list[Reason]:
    if award.publicity is None or award.code not in publicity.upheld_codes(award.publicity):
        return []
    return [Reason("objection_upheld", _("对这个项目的异议成立，不能立项。请办理“不予立项”。"))]
