"""The ranking: computed from submitted sheets after the lock, frozen by the seal, always recomputable."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils import translation
from django.utils.translation import gettext as _

from grants.applications.models import Application
from grants.calls.models import Criterion, Round
from grants.review import rules
from grants.review.models import Candidacy, Conflict, Panel, Ranking, Score
from grants.review.models.panel import Stage
from grants.review.queries.panel import criteria_of, wants_finance
from grants.review.states import BLOCKING, Candidate, PanelState, Sheet
from portal.lifecycle import NotYet, Reason


@dataclass(frozen=True)
class RankRow:
    """One dossier. rank: None without a result; requested: fen; score, ab, unit_cost, spread: decimal text.

    marks: [[total, counts]] in ascending order, without names. finance: totals of the financial experts on the
    criteria that only they judge. tie: why it stands before the next one.
    """

    rank: int | None
    code: str
    application: int
    number: str
    title: str
    organization: str
    region: str
    category: str
    requested: int
    score: str | None
    marks: list[list[Any]]
    finance: list[str]
    ab: str
    unit_cost: str | None
    lot: str
    spread: str
    is_wide: bool
    tie: str

    @property
    def made(self) -> str | None:
        """The score that the marks make."""
        return self.score

    @property
    def formula(self) -> str:
        """How the marks make it; "" without a result."""
        kept = [total for total, counts in self.marks if counts]
        return rules.formula(kept, self.finance, self.made) if self.made and kept else ""


@dataclass(frozen=True)
class FinalRow(RankRow):
    """One dossier after its defence; score is the final one, marks are those of the defence.

    paper, defence: scores before weighing, decimal text; paper_percent: share of the paper review, 0..100.
    """

    paper: str | None
    defence: str | None
    paper_percent: int
    is_absent: bool

    @property
    def made(self) -> str | None:
        return None if self.is_absent else self.defence


def ranking(panel: Panel) -> list[RankRow]:
    """Recompute the ranking from the sheets. Three queries, five for a defence. Raises NotYet before the lock."""
    if panel.status not in (PanelState.LOCKED, PanelState.SEALED):
        raise NotYet([Reason("unlocked", _("评分还没有锁定，不能排名。请先在评审组页面锁定评分。"))])
    criteria = criteria_of(panel)
    sheets = valid_sheets(panel)
    candidacies = panel.dossiers.select_related(
        "application__organization", "application__region", "application__version"
    )
    if panel.is_defence:
        paper = {row["application"]: row for row in sealed_rows(panel.round_id, Stage.PAPER)}
        found = [
            defended(panel, one, sheets.get(one.pk, {}), criteria, paper[one.application_id]) for one in candidacies
        ]
        kind: type[RankRow] = FinalRow
    else:
        found = [judged(panel, one, sheets.get(one.pk, {}), criteria) for one in candidacies]
        kind = RankRow
    rows = {entry.code: row for entry, row in found}
    places = rules.rank(entry for entry, _row in found)
    return [kind(rank=each.rank, tie=each.tie, **rows[each.code]) for each in places]


def wide_codes(panel: Panel) -> list[str]:
    """Return the dossiers whose marks lie far apart; none before the lock."""
    is_open = panel.status not in (PanelState.LOCKED, PanelState.SEALED)
    return [] if is_open else [row.code for row in ranking(panel) if row.is_wide]


Sheets = dict[int, dict[tuple[int, bool], dict[int, Decimal]]]


def valid_sheets(panel: Panel) -> Sheets:
    """Return candidacy -> (sheet, of a financial expert) -> criterion -> points. Conflicted sheets are out. One query."""
    standing = Conflict.objects.filter(
        member=OuterRef("sheet__assignment__member"),
        candidacy=OuterRef("sheet__assignment__candidacy"),
        status__in=BLOCKING,
    )
    valid = Score.objects.filter(
        ~Exists(standing),
        sheet__assignment__member__panel=panel,
        sheet__assignment__removed_at__isnull=True,
        sheet__status=Sheet.SUBMITTED,
    )
    rows = valid.values_list(
        "sheet__assignment__candidacy_id",
        "sheet_id",
        "sheet__assignment__member__is_finance",
        "criterion_id",
        "points",
    )
    found: Sheets = defaultdict(lambda: defaultdict(dict))
    for candidacy, sheet, finance, criterion, points in rows:
        if points is not None:
            found[candidacy][sheet, finance][criterion] = points
    return found


def judged(
    panel: Panel, one: Candidacy, sheets: dict[tuple[int, bool], dict[int, Decimal]], criteria: list[Criterion]
) -> tuple[rules.Entry, dict[str, Any]]:
    """Return what ranks a dossier, and its row without rank and tie."""
    split = wants_finance(criteria)
    totals = [sum(each.values(), Decimal()) for (_pk, fin), each in sheets.items() if not (split and fin)]
    finance = [sum(each.values(), Decimal()) for (_pk, fin), each in sheets.items() if split and fin]
    rule = panel.round.score_rule
    app = one.application
    contacts = sum(int(item.get("times") or 0) * int(item.get("persons") or 0) for item in app.submission.plan)
    entry = rules.Entry(
        code=one.code,
        score=rules.result(totals, rule, finance, split),
        ab=need_and_design(sheets.values(), criteria),
        unit_cost=(Decimal(app.amount_requested) / contacts).quantize(rules.CENT) if contacts else None,
        lot=rules.lot(panel.seed, app.number),
    )
    return entry, {
        "code": one.code,
        "application": app.pk,
        "number": app.number,
        "title": app.title,
        "organization": app.organization.name,
        "region": app.region.name,
        "category": app.category,
        "requested": app.amount_requested,
        "score": None if entry.score is None else str(entry.score),
        "marks": [[str(each.total), each.kept] for each in rules.trim(totals, rule, len(finance))],
        "finance": [str(each) for each in sorted(finance)],
        "ab": str(entry.ab),
        "unit_cost": None if entry.unit_cost is None else str(entry.unit_cost),
        "lot": entry.lot,
        "spread": str(rules.spread(totals)),
        "is_wide": rules.is_wide(totals),
    }


def defended(
    panel: Panel,
    one: Candidacy,
    sheets: dict[tuple[int, bool], dict[int, Decimal]],
    criteria: list[Criterion],
    paper: dict[str, Any],
) -> tuple[rules.Entry, dict[str, Any]]:
    """Weigh the defence with the sealed row of the paper review, which also breaks the ties."""
    entry, row = judged(panel, one, sheets, criteria)
    round, is_absent = panel.round, one.status == Candidate.DEFENCE_ABSENT
    defence = entry.score
    if is_absent:
        defence = Decimal("0.00") if round.absence == Round.Absence.ZERO else None
    first = Decimal(paper["score"]) if paper["score"] is not None else None
    total = None
    if first is not None and defence is not None:
        total = rules.combined(first, defence, round.paper_percent)
    ab = Decimal(paper["ab"])
    return replace(entry, score=total, ab=ab), {
        **row,
        "score": None if total is None else str(total),
        "ab": str(ab),
        "paper": paper["score"],
        "defence": None if defence is None else str(defence),
        "paper_percent": round.paper_percent,
        "is_absent": is_absent,
    }


def need_and_design(sheets: Any, criteria: list[Criterion]) -> Decimal:
    """Return the mean points for the criteria of need and design: codes A… and B…, else the first two."""
    chosen = {one.pk for one in criteria if one.code[:1] in ("A", "B")} or {one.pk for one in criteria[:2]}
    sums = [sum((points for pk, points in each.items() if pk in chosen), Decimal()) for each in sheets]
    return rules.mean(sums) if sums else Decimal()


def sealed_rows(round: int, stage: str) -> list[dict[str, Any]]:
    """Return the rows of every sealed panel of one stage of a round (pk), panel by panel. One query."""
    rankings = Ranking.objects.filter(panel__round=round, panel__status=PanelState.SEALED, panel__stage=stage)
    return [row for one in rankings.order_by("panel_id") for row in one.rows]


def merged(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows of several panels in one order, with ranks and ties of the whole."""
    by_code = {row["code"]: row for row in rows}
    places = rules.rank(
        rules.Entry(
            code=row["code"],
            score=Decimal(row["score"]) if row["score"] is not None else None,
            ab=Decimal(row["ab"]),
            unit_cost=Decimal(row["unit_cost"]) if row["unit_cost"] else None,
            lot=row["lot"],
        )
        for row in rows
    )
    return [{**by_code[one.code], "rank": one.rank, "tie": one.tie} for one in places]


def paper_rows(round: Round) -> list[dict[str, Any]]:
    """Return the paper ranking of the whole round. One query."""
    return merged(sealed_rows(round.pk, Stage.PAPER))


def case_rows(round: Round) -> list[dict[str, Any]]:
    """Return what is decided case by case, in the order of the numbers. One query."""
    rows = Application.objects.screened(round).order_by("number")
    return [
        {"application": pk, "code": "", "title": title, "requested": fen, "rank": None, "score": None, "tie": "", "marks": [],
         "is_wide": False}
        for pk, title, fen in rows.values_list("pk", "title", "amount_requested")
    ]  # fmt: skip


def final_rows(round: Round) -> list[dict[str, Any]]:
    """Return what the deciding body sees, in order: after the defence where there is one. One query.

    Whoever gave up the defence is no longer in it. Without a review: what passed the screening, unranked.
    """
    if not round.has_review:
        return case_rows(round)
    rows = merged(sealed_rows(round.pk, Stage.DEFENCE if round.has_defence else Stage.PAPER))
    return [row for row in rows if not row.get("is_absent") or row["score"] is not None]


def absent(round: Round) -> int:
    """Return how many gave up the defence and so are not ranked. One query."""
    if round.absence == Round.Absence.ZERO:
        return 0
    return Candidacy.objects.filter(panel__round=round, status=Candidate.DEFENCE_ABSENT).count()


def sealed(panel: Panel) -> Ranking | None:
    return Ranking.objects.filter(panel=panel).first()


def as_rows(rows: list[RankRow]) -> list[dict[str, Any]]:
    """Where nobody judges the money alone, a row says nothing of it: older seals stay true."""
    return [{name: part for name, part in asdict(one).items() if part or name != "finance"} for one in rows]


def hash_of(panel: Panel, rows: list[dict[str, Any]]) -> str:
    """Return the hash that seals a ranking: rule, seed and every row."""
    return rules.digest({"rule": panel.round.score_rule, "seed": panel.seed, "rows": rows})


def is_true_to_seal(panel: Panel) -> bool:
    """Recompute everything and compare with the seal."""
    found = sealed(panel)
    if found is None:
        return False
    with translation.override(settings.LANGUAGE_CODE):
        rows = as_rows(ranking(panel))
    return hash_of(panel, rows) == found.sha256 == hash_of(panel, found.rows)
