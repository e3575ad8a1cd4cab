"""Answers about the meeting and the awards."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from grants.applications.models import Application
from grants.applications.states import S as Screened
from grants.awards import rules
from grants.awards.models import READERS, Award, Resolution
from grants.awards.states import S
from grants.calls.models import ProgrammeType, Round
from grants.funds import queries as funds
from grants.funds.states import Kind
from grants.publicity.models import Publicity
from grants.publicity.queries import current
from grants.publicity.states import S as Publishing
from grants.review.models import Panel, PanelMember
from grants.review.queries import final_rows
from grants.review.states import PanelState
from portal import clock
from portal.components.templatetags.portal_tags import cn_date
from portal.documents.models import Paper
from portal.money import yuan
from portal.pages.models import PortalSettings

BY_CASE = Q(programme__route=ProgrammeType.Route.CASE)


def names_of(codes: set[str]) -> dict[str, str]:
    """Return award code -> title, for the books."""
    return dict(Award.objects.filter(code__in=codes).values_list("code", "title"))


def envelope_left(round: Round) -> int:
    """Return the fen of the round's envelopes that no award holds. One query."""
    return sum(funds.balance("envelope", "round", round.code).values())


@dataclass(frozen=True)
class Ranked:
    """An application before the meeting. rank: None without a panel's result. Amounts in fen.

    parts: scores of paper review and defence, where there was one, before weighing.
    dots: [(percent of the axis, counts)]; mean_at: percent of the axis.
    """

    application: Application
    code: str
    rank: int | None
    score: str | None
    tie: str
    parts: tuple[str, str] | None
    marks: list[list[Any]]
    is_wide: bool
    dots: list[tuple[float, bool]]
    mean_at: float | None
    line: rules.Line


def unsealed(round: Round) -> list[Panel]:
    return list(Panel.objects.filter(round=round).unsealed().select_related("round"))


def axis(rows: list[dict[str, Any]]) -> tuple[int, int]:
    """Return the ends of the axis of the dots, whole points around everything given."""
    values = [Decimal(total) for row in rows for total, _kept in row["marks"]]
    if not values:
        return 0, 100
    low, high = int(min(values)) - 2, int(max(values)) + 3
    return max(0, low), min(100, high)


@dataclass(frozen=True)
class Table:
    """The meeting's table. money, total, left: fen; low, high: ends of the axis."""

    rows: list[Ranked]
    money: int
    sources: list[tuple[str, int]]
    total: int
    left: int
    cut: str
    low: int
    high: int

    @property
    def tally(self) -> Counter[str]:
        """How many projects each verdict has."""
        return Counter(row.line.verdict for row in self.rows)


def table(round: Round) -> Table:
    """Return every application of the round with the rule's suggestion. Five queries."""
    ranked = final_rows(round)
    by_pk = applications_of(ranked)
    names = dict(round.envelopes.values_list("source__code", "source__name"))
    sources = [(names.get(code, code), fen) for code, fen in funds.balance("envelope", "round", round.code).items()]
    money = sum(fen for _code, fen in sources)
    wishes = [
        rules.Wish(
            by_pk[row["application"]].organization_id,
            row["requested"],
            not round.has_review or row["score"] is not None,
        )
        for row in ranked
    ]
    lines = rules.suggest(wishes, money, round.ceiling, round.awards_per_organization)
    return drawn(ranked, by_pk, lines, sources)


def decided(resolution: Resolution) -> Table:
    """Return what the meeting decided, in its own order, beside the ranking it had before it. Four queries."""
    items = {one.application_id: one for one in resolution.items.all()}
    ranked = [row for row in final_rows(resolution.round) if row["application"] in items]
    ranked.sort(key=lambda row: items[row["application"]].position)
    lines, total = [], 0
    for row in ranked:
        item = items[row["application"]]
        total += item.amount if item.verdict == rules.PROPOSED else 0
        lines.append(rules.Line(item.verdict, item.amount, total, item.reason))
    sources = list(resolution.round.envelopes.values_list("source__name", "amount"))
    return drawn(ranked, applications_of(ranked), lines, sources)


def applications_of(ranked: list[dict[str, Any]]) -> dict[int, Application]:
    rows = Application.objects.filter(pk__in=[row["application"] for row in ranked])
    return {one.pk: one for one in rows.select_related("organization", "region")}


def drawn(
    ranked: list[dict[str, Any]],
    by_pk: dict[int, Application],
    lines: list[rules.Line],
    sources: list[tuple[str, int]],
) -> Table:
    """Return the table with its axis, sums and cut-off line."""
    low, high = axis(ranked)
    money = sum(fen for _name, fen in sources)

    def at(value: str) -> float:
        return round_(float((Decimal(value) - low) * 100 / max(1, high - low)))

    rows = [
        Ranked(
            application=by_pk[row["application"]],
            code=row["code"],
            rank=row["rank"],
            score=row["score"],
            tie=row["tie"],
            parts=(row["paper"], row["defence"]) if "defence" in row else None,
            marks=row["marks"],
            is_wide=row["is_wide"],
            dots=[(at(total), kept) for total, kept in row["marks"]],
            mean_at=at(mean) if (mean := row.get("defence", row["score"])) is not None else None,
            line=line,
        )
        for row, line in zip(ranked, lines, strict=True)
    ]
    total = lines[-1].total if lines else 0
    cut = rules.cut_reason([(one.verdict, one.amount) for one in lines], money)
    return Table(rows, money, sources, total, money - total, cut, low, high)


def round_(value: float) -> float:
    return round(value, 2)


def balances(award: Award) -> dict[str, int]:
    """Return account kind -> fen of the award. One query."""
    return funds.balances_of("award", award.code)


def approved_total(round: Round) -> int:
    return Award.objects.approved().filter(round=round).aggregate(n=Sum("amount"))["n"] or 0


def latest(round: Round) -> Resolution | None:
    return Resolution.objects.filter(round=round).order_by("-pk").first()


def verdicts(resolution: Resolution) -> dict[str, tuple[int, int]]:
    """Return verdict -> (number, fen). One query."""
    rows = list(resolution.items.values_list("verdict", "amount"))
    return {
        word: (sum(one == word for one, _fen in rows), sum(fen for one, fen in rows if one == word))
        for word in (rules.PROPOSED, rules.RESERVE, rules.NOT_PROPOSED)
    }


def meetings(user: Any) -> list[dict[str, Any]]:
    """Return rounds that a meeting decides: panels, those sealed, the last due time, the resolution. Three queries."""
    screened = Application.objects.filter(round=OuterRef("pk"), status=Screened.SCREEN_PASSED)
    ready = Q(panels__isnull=False) | BY_CASE & Q(Exists(screened))
    mine = Round.objects.filter(user.scope(*READERS)).select_related("programme")
    rounds = list(mine.filter(ready).distinct().order_by("-year", "code"))
    panels: dict[int, list[Panel]] = {}
    for panel in Panel.objects.filter(round__in=rounds).exclude(status=PanelState.CANCELLED):
        panels.setdefault(panel.round_id, []).append(panel)
    made = {one.round_id: one for one in Resolution.objects.filter(round__in=rounds).order_by("pk")}
    return [
        {
            "round": one,
            "panels": len(panels.get(one.pk, [])),
            "sealed": sum(panel.status == PanelState.SEALED for panel in panels.get(one.pk, [])),
            "due_at": max((panel.due_at for panel in panels.get(one.pk, []) if panel.due_at), default=one.closes_at),
            "resolution": made.get(one.pk),
        }
        for one in rounds
    ]


def balance_rows(award: Award) -> list[tuple[str, int]]:
    """Return the words for every account kind that holds money of the award. One query."""
    return [(str(Kind(kind).label), fen) for kind, fen in balances(award).items() if fen]


def paper_of(award: Award) -> Paper | None:
    if not award.paper_number:
        return None
    return Paper.objects.filter(number=award.paper_number).select_related("file").first()


def outcome(application: Application, user: Any) -> list[dict[str, Any]]:
    """Return what `user` may know of the decision, as rows of the application's timeline. At most three queries."""
    rows = Award.objects.visible_to(user).filter(application=application)
    award = rows.select_related("publicity", "resolution__publicity").first()
    listed = award and (award.publicity or award.resolution and award.resolution.publicity)
    if not award or not listed:
        return []
    words = {S.RESERVE: _("列为备选"), S.NOT_PROPOSED: _("没有列入拟立项名单")}.get(
        S(award.status), _("列入拟立项名单")
    )
    link = {"url": reverse("publicity:page", args=[listed.key]), "label": _("查看公示")}
    reason = "" if award.status in (S.DROPPED, S.LAPSED) else award.reason
    is_out = award.status == S.NOT_PROPOSED
    if is_out:
        ends_on = current(listed).ends_on
        running = ends_on is None or ends_on >= clock.today()
        rest = (
            _("对结果有异议的，可以在公示期内提出。")
            if running
            else _("公示已于 %(day)s 结束。") % {"day": cn_date(ends_on)}
        )
        why = reason.removesuffix("。") or _("名单由集体研究确定，本项目本次没有列入")
        reason = _("%(why)s。%(rest)s") % {"why": why, "rest": rest}
    found = [
        {"at": listed.published_at, "title": words, "text": reason, "state": "ended" if is_out else "done", **link}
    ]
    if is_out:
        text = _("申报书和回执保留在这里，可以参考它申报其他通知。")
        found.append(
            {
                "at": None,
                "title": _("下一步"),
                "text": text,
                "state": "",
                "url": "/calls/",
                "label": _("查看申报通知"),
            }
        )
    elif award.status == S.PROPOSED:
        until = _("公示到 %(day)s 24:00，期满没有异议的，下达立项文件。") % {"day": cn_date(current(listed).ends_on)}
        found.append({"at": None, "title": _("公示"), "text": until, "state": "now"})
    elif award.status == S.APPROVED:
        paper = paper_of(award)
        text = _("资助 %(amount)s 元，文号 %(number)s。") % {
            "amount": yuan(award.amount),
            "number": award.document_number,
        }
        notice = paper and {"url": reverse("files:download", args=[paper.file.key]), "label": _("下载立项通知书")}
        found.append({"at": award.confirmed_at, "title": _("立项"), "text": text, "state": "done", **(notice or {})})
    elif award.status in (S.DROPPED, S.LAPSED):
        found.append({"at": None, "title": award.get_status_display(), "text": award.reason, "state": "ended"})
    return found


def draft_of(resolution: Resolution) -> Publicity | None:
    """Return the list of the resolution that waits to be published: the first one, or a correction of substance."""
    if resolution.publicity is None or resolution.publicity.status == Publishing.DRAFT:
        return resolution.publicity
    drafts = Publicity.objects.filter(status=Publishing.DRAFT, correction=Publicity.Correction.SUBSTANCE)
    return drafts.filter(replaces=current(resolution.publicity)).first()


def publicity_texts(resolution: Resolution) -> dict[str, Any]:
    """Return what the list says unless the officer writes otherwise: from the round and the site's settings."""
    round, count = resolution.round, resolution.awards.filter(status=S.PROPOSED).count()
    met = resolution.met_on
    site = PortalSettings.load()
    review = "、专家评审" if round.has_review else ""
    experts = PanelMember.objects.filter(panel__round=round, submitted_at__isnull=False).select_related("user")
    return {
        "title": f"{round.title}拟立项项目公示",
        "basis": (
            f"经资格审查{review}和{met.year}年{met.month}月{met.day}日{resolution.get_kind_display()}集体研究"
            f"（{resolution.minutes_number}），拟对下列 {count} 个项目给予资助，现予公示。公示期内，"
            "任何单位和个人对公示内容有异议的，可以向我单位提出。"
        ),
        "envelope": envelope_left(round)
        + sum(resolution.awards.filter(status=S.PROPOSED).values_list("amount", flat=True)),
        "experts": "、".join(dict.fromkeys(str(one.user) for one in experts)),
        "contact_unit": round.contact or round.host or "社会组织科",
        "contact_phone": (round.phone or site.phone)[:20],
        "supervision_unit": site.supervision_office,
        "supervision_phone": site.supervision_phone[:20],
        "address": site.address,
        "days": round.publicity_days,
    }
