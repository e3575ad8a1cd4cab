"""What screens ask about rounds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from wagtail.models import Page, WorkflowState

from grants.calls.models import Allocation, CallPage, Criterion, Envelope, ProgrammeType, Round
from grants.calls.rules import FEWEST, TRIM_FROM, minutes
from grants.calls.states import PUBLISH_DAYS, S
from portal import clock, periods
from portal.access import Role
from portal.components.rules import Due, due_of
from portal.dynforms import rules as dynforms
from portal.money import yuan
from portal.pages.models import wrote
from portal.workdays.queries import overrides


@dataclass(frozen=True)
class Notice:
    """A published round as the public sees it at one moment. word, tone: of its state tag."""

    page: CallPage
    round: Round
    word: str
    tone: str
    is_open: bool
    is_coming: bool
    days_left: int | None
    envelope: int


def names_of(codes: set[str]) -> dict[str, str]:
    """Return round code -> title, for the books; the history's own codes are VENTURE-2015. Two queries."""
    types = dict(programme_names())
    past = [(code, *code.rsplit("-", 1)) for code in codes if "-" in code]
    titles = {
        code: _("%(year)s年%(types)s（历史）") % {"year": year, "types": types[name]}
        for code, name, year in past
        if name in types
    }
    return titles | dict(Round.objects.filter(code__in=codes).values_list("code", "title"))


def programme_names() -> list[tuple[str, str]]:
    """Return (code, name) of every programme type, for filters."""
    return list(ProgrammeType.objects.values_list("code", "name"))


def wrote_unpublished(round: Round, user: Any) -> bool:
    """Say whether `user` saved a revision of the round's page since it last went live. One or two queries."""
    page = CallPage.objects.filter(round=round).first()
    return bool(page and wrote(page, user))


COMING = gettext_noop("未开始")


def state_of(round: Round, moment: datetime) -> tuple[str, str]:
    """Return (word, tone) by the window, whatever the job has done."""
    if round.status in (S.SUSPENDED, S.CANCELLED):
        return str(S(round.status).label), "warning"
    if round.takes_applications(moment):
        return gettext_noop("申报中"), "info"
    if round.opens_at and moment < round.opens_at:
        return COMING, "neutral"
    return (str(round.get_stage_display()) if round.stage else gettext_noop("已截止")), "neutral"


def notice_of(page: CallPage, round: Round, envelopes: list[Envelope], moment: datetime) -> Notice:
    word, tone = state_of(round, moment)
    is_open = round.takes_applications(moment)
    until = round.closes_at if is_open else None
    left = (until.astimezone(clock.ZONE).date() - clock.today()).days if until else None
    return Notice(page, round, word, tone, is_open, word == COMING, left, sum(one.amount for one in envelopes))


def notices(state: str = "", year: int | None = None) -> list[Notice]:
    """Return the published calls, newest deadline first. state: open, coming, over or "". Two queries."""
    pages = (
        CallPage.objects.live()
        .filter(round__in=Round.objects.public())
        .select_related("round__programme", "round__region")
        .prefetch_related("round__envelopes")
        .order_by("-round__closes_at", "-pk")
    )
    if year:
        pages = pages.filter(round__year=year)
    moment = clock.now()
    found = [notice_of(page, page.round, list(page.round.envelopes.all()), moment) for page in pages if page.round]
    wanted = {"open": (True, False), "coming": (False, True), "over": (False, False)}
    return [one for one in found if not state or (one.is_open, one.is_coming) == wanted.get(state)]


def rubric(round: Round) -> list[dict[str, Any]]:
    """Return [{"code", "stage", "total", "criteria"}] in the order of the procedure, [] without a review. One query."""
    criteria = list(round.criteria.all()) if round.has_review else []
    return [
        {"code": stage.value, "stage": stage.label, "total": sum(one.max_points for one in rows), "criteria": rows}
        for stage in Criterion.Stage
        if (rows := [one for one in criteria if one.stage == stage])
    ]


def eligibility(round: Round, on: date | None = None) -> list[Any]:
    """Return the rules in force on a day, one per code, the newest of each. One query."""
    day = on or clock.today()
    newest = {rule.code: rule for rule in round.eligibility_rules.filter(valid_from__lte=day).order_by("valid_from")}
    return sorted(newest.values(), key=lambda rule: (rule.position, rule.code))


def due(user: Any) -> list[Due]:
    """Return what `user` must do about rounds: agree to money, publish, write a notice. Up to nine queries."""
    found: list[Due] = []
    if user.has_role(Role.BUREAU_LEADER):
        asked = (
            Allocation.objects.filter(status=Allocation.Status.REQUESTED)
            .filter(user.scope(Role.BUREAU_LEADER, field="envelope__round__region"))
            .exclude(requested_by=user)
        )
        found += [
            due_of(
                one,
                _("审批资金%(word)s · %(round)s · %(envelope)s %(fen)s 元")
                % {
                    "word": one.get_direction_display(),
                    "round": one.envelope.round,
                    "envelope": one.envelope,
                    "fen": yuan(one.amount),
                },
                reverse("staff_allocations:inspect", args=[one.pk]),
                "calls.allocate",
            )
            for one in asked.select_related("envelope__round", "envelope__source")
        ]
    if user.has_role(Role.BUREAU_HEAD):
        found += [*_to_publish(user), *_to_approve(user), *_suspended(user)]
    if user.has_role(Role.BUREAU_OFFICER):
        found += [*_to_write(user), *_sent_back(user)]
    return found


def waiting_pages() -> dict[int, date]:
    """Return notice -> the day it was sent for approval, of those that wait. Their states name them as text."""
    states = WorkflowState.objects.filter(
        status=WorkflowState.STATUS_IN_PROGRESS, content_type=ContentType.objects.get_for_model(CallPage)
    )
    rows = states.values_list("object_id", "created_at")
    return {int(pk): at.astimezone(clock.ZONE).date() for pk, at in rows}


def _to_publish(user: Any) -> list[Due]:
    sent = waiting_pages()
    waiting = Round.objects.filter(
        user.scope(Role.BUREAU_HEAD),
        page__in=list(sent),
        status__in=[S.BUDGETED, S.NEEDS_OPEN, S.PUBLISHED, S.OPEN],
    ).exclude(created_by=user)
    known = overrides()
    return [
        due_of(
            one,
            _("审核发布 · %(one)s") % {"one": one},
            reverse("staff_rounds:inspect", args=[one.pk]),
            "calls.publish",
            due_on=periods.add_working_days(sent[one.page.pk], PUBLISH_DAYS, known),
            state=_("待审核"),
        )
        for one in waiting.select_related("page")
    ]


def _to_approve(user: Any) -> list[Due]:
    waiting = WorkflowState.objects.filter(status=WorkflowState.STATUS_IN_PROGRESS).exclude(requested_by=user)
    return _other_pages(waiting, _("审核网页 · %(title)s"), _("待审核"), "pages.approve", "staff_page_decide")


def _sent_back(user: Any) -> list[Due]:
    back = WorkflowState.objects.filter(status=WorkflowState.STATUS_NEEDS_CHANGES, requested_by=user)
    return _other_pages(back, _("修改退回的网页 · %(title)s"), _("已退回"), "pages.edit", "wagtailadmin_pages:edit")


def _other_pages(states: Any, title: str, word: str, kind: str, route: str) -> list[Due]:
    """Return a row for each page of the site, notices aside, whose approval is in `states`. Up to three queries."""
    others = states.exclude(content_type=ContentType.objects.get_for_model(CallPage))
    since = {int(pk): at.astimezone(clock.ZONE).date() for pk, at in others.values_list("object_id", "created_at")}
    known = overrides() if since else {}
    return [
        due_of(
            page,
            title % {"title": page.draft_title},
            reverse(route, args=[page.pk]),
            kind,
            due_on=periods.add_working_days(since[page.pk], PUBLISH_DAYS, known),
            state=word,
        )
        for page in Page.objects.filter(pk__in=list(since))
    ]


def _suspended(user: Any) -> list[Due]:
    return [
        due_of(
            one,
            _("决定恢复或取消 · %(one)s") % {"one": one},
            reverse("staff_rounds:inspect", args=[one.pk]),
            "calls.resume",
        )
        for one in Round.objects.filter(user.scope(Role.BUREAU_HEAD), status=S.SUSPENDED)
    ]


def _to_write(user: Any) -> list[Due]:
    unfinished = Round.objects.filter(user.scope(Role.BUREAU_OFFICER), status__in=[S.DRAFT, S.BUDGETED, S.NEEDS_OPEN])
    return [
        due_of(
            one,
            _("准备申报通知 · %(one)s") % {"one": one},
            reverse("staff_rounds:inspect", args=[one.pk]),
            "calls.draft",
        )
        for one in unfinished.exclude(page__in=list(waiting_pages()))
    ]


ABOUT_THE_PAPER = ("E09", "E10", "E11", "E12", "E14", "E15", "E16", "E20")
"""Rules about the application, which the notice tells in its own places; the others say who may apply."""


def call_context(page: CallPage) -> dict[str, Any]:
    """Return what the notice's template shows. About eight queries, whatever the round holds."""
    round = Round.objects.select_related("programme", "region").get(pk=page.round_id)
    page.round = round
    envelopes = list(round.envelopes.select_related("source"))
    moment = clock.now()
    shown = notice_of(page, round, envelopes, moment)
    tranches = list(round.tranche_rules.all())
    schema = page.form_version.schema if page.form_version else dynforms.schema_of(page.form.get_prep_value())
    return {
        "round": round,
        "notice": shown,
        "envelopes": envelopes,
        "rules": [rule for rule in eligibility(round) if rule.code not in ABOUT_THE_PAPER],
        "budget_rules": round.budget_rules.all(),
        "rubric": [part for part in rubric(round) if round.has_defence or part["code"] != "DEFENCE"],
        "attachments": round.attachment_rules.all(),
        "steps": written_steps(page) or procedure(round, tranches, moment),
        "strip": strip(round, moment),
        "files": [block.value for block in page.body if block.block_type == "file" and block.value],
        "faq": [block.value for block in page.body if block.block_type == "faq"],
        "count": dynforms.count(schema),
        "minutes": minutes(schema),
    }


def written_steps(page: CallPage) -> list[dict[str, Any]]:
    """Return the procedure as the officer wrote it, if so."""
    return [
        {"title": block.value["title"], "when": block.value["when"], "text": block.value["text"], "state": ""}
        for block in page.body
        if block.block_type == "step"
    ]


def local(moment: datetime | None) -> str:
    if moment is None:
        return ""
    there = moment.astimezone(clock.ZONE)
    return date_format(there, _("n月j日"))


def hour(moment: datetime | None) -> str:
    return f"{moment.astimezone(clock.ZONE):%H:%M}" if moment else ""


def procedure(round: Round, tranches: list[Any], moment: datetime) -> list[dict[str, Any]]:
    """Return the procedure from the round's own data. Dates that are not fixed are not invented."""
    share = _("%(milestone)s拨付 %(percent)s%%")
    parts = _("、").join(
        share % {"milestone": one.get_milestone_display(), "percent": one.percent} for one in tranches
    )
    window = {"from": local(round.opens_at), "to": local(round.closes_at), "hour": hour(round.closes_at)}
    publicity = _("集体研究后公示 %(days)s 个工作日，任何人可以提出异议。") % {"days": round.publicity_days}
    is_open = round.takes_applications(moment)
    return [
        {"title": _("网上申报"), "when": _("%(from)s至%(to)s %(hour)s") % window,
         "text": _("单位负责人提交。截止前可以撤回修改，次数不限。"), "state": "now" if is_open else ""},
        {"title": _("资格审查"), "when": _("截止后 %(days)s 个工作日内") % {"days": round.screening_days},
         "text": _("需要补正的一次告知，%(days)s 个工作日内补齐。") % {"days": round.correction_days}, "state": ""},
        *review_steps(round),
        {"title": _("集体研究和公示"), "when": "", "text": publicity, "state": ""},
        {"title": _("签约和拨款"), "when": "", "text": _("%s。") % parts, "state": ""},
    ]  # fmt: skip


def review_steps(round: Round) -> list[dict[str, Any]]:
    """Return the steps of review and defence, as far as the round has them."""
    if not round.has_review:
        return []
    words = {"experts": round.experts, "rule": scoring(round)}
    review = {
        "title": _("专家评审"),
        "when": "",
        "text": _("每项由 %(experts)s 名专家评审。%(rule)s") % words,
        "state": "",
    }
    if not round.has_defence:
        return [review]
    text = _("初评前 %(places)s 名参加。总成绩中初评占 %(paper)s%%，答辩占 %(rest)s%%。缺席的%(absence)s。") % {
        "places": round.defence_places,
        "paper": round.paper_percent,
        "rest": 100 - round.paper_percent,
        "absence": round.get_absence_display(),
    }
    return [review, {"title": _("答辩"), "when": "", "text": text, "state": ""}]


def scoring(round: Round, stage: str = "PAPER") -> str:
    """Say how the sheets of a stage become a score, also where there are few of them. One query."""
    found = _("各份有效评分直接平均；不足 %(few)s 份的不统计。") % {"few": FEWEST}
    if round.score_rule == Round.ScoreRule.TRIMMED:
        found = _(
            "有效评分满 %(many)s 份的，去掉一个最高分和一个最低分后平均，不足 %(many)s 份的直接平均；不足 %(few)s 份的不统计。"
        ) % {"many": TRIM_FROM, "few": FEWEST}
    if names := [one.name for one in round.criteria.all() if one.stage == stage and one.for_finance]:
        found += _("财务专家只评“%(names)s”，其平均分另加，不参加去掉最高最低分。") % {"names": _("、").join(names)}
    return found


STRIP = [
    ("SCREENING", gettext_lazy("资格审查")),
    ("REVIEW", gettext_lazy("专家评审")),
    ("DEFENCE", gettext_lazy("答辩")),
    ("DECISION", gettext_lazy("集体研究")),
    ("PUBLICITY", gettext_lazy("公示")),
    ("CONTRACTING", gettext_lazy("签约")),
]


def strip(round: Round, moment: datetime) -> list[dict[str, str]]:
    """Return the phases in a row; the stage mark says which one is running."""
    without = {"REVIEW": not round.has_review, "DEFENCE": not round.has_defence}
    phases = [(code, title) for code, title in STRIP if not without.get(code)]
    codes = [code for code, _ignored in phases]
    place = codes.index(round.stage) if round.stage in codes else (len(codes) if round.stage else -1)
    is_over = round.has_closed(moment)
    first = "now" if round.takes_applications(moment) else ("done" if is_over else "")
    rows: list[dict[str, Any]] = [
        {"title": _("申报"), "when": f"{local(round.opens_at)}–{local(round.closes_at)}", "state": first}
    ]
    for n, (code, title) in enumerate(phases):
        state = ("done" if n < place else "now" if n == place else "") if is_over else ""
        when_text = {
            "SCREENING": _("截止后 %(days)s 个工作日") % {"days": round.screening_days},
            "PUBLICITY": _("%(days)s 个工作日") % {"days": round.publicity_days},
        }.get(code, "")
        rows.append({"title": str(title), "when": when_text, "state": state})
    return rows
