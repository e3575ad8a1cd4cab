"""The demo: built once by its commands, then counted (domain.md § 11.5–11.7)."""

from __future__ import annotations

import io
from collections import Counter
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import Count, F, Sum

from grants.agreements.models import Project
from grants.applications.models import Application, Screening
from grants.audits.models import Finding
from grants.awards.models import Award, Resolution
from grants.calls.models import Round
from grants.funds.models import Seal as LedgerSeal
from grants.funds.queries import balances_of
from grants.monitoring.models import Evaluation, Report
from grants.needs.models import Need
from grants.payments.models import Payment, Refund
from grants.publicity.models import Objection, Publicity
from grants.review.models import (
    Candidacy,
    Conflict,
    Declaration,
    Panel,
    PanelMember,
    Ranking,
    ScoreSheet,
    Shortlist,
)
from home.models import ArticlePage
from orgs.registry import queries as registered
from orgs.registry.models import Kind, Organization
from portal import demo
from portal.access import Role
from portal.accounts.models import RoleGrant, User
from portal.demo import base
from portal.demo.organizations import ORGANIZATIONS
from portal.demo.plan import CONTRACTED_TOTAL, OUTCOMES, SCREEN_CODES
from portal.demo.running import running
from portal.lifecycle import Lifecycle
from portal.trail.models import Seal as TrailSeal
from tests import staff_pages
from tests.test_house import lifecycles


@pytest.mark.django_db
def test_the_demo_holds_what_it_promises(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    base.region.cache_clear(), base.person.cache_clear()
    said: list[str] = []

    demo.load(said.append)

    for told in (history, organizations, applications, review, awards, projects, work, texts, money, people):
        told()
    assert later_than_their_seals() == []
    assert dated_without_an_owner() == {}
    call_command("verify_ledger", stdout=io.StringIO())
    call_command("verify_trail", stdout=io.StringIO())

    demo.load(lambda line: pytest.fail(f"built again: {line}"))
    assert staff_pages.faults() == []


def history() -> None:
    rows = Award.objects.filter(is_historic=True)
    totals = {
        p: (n, fen // 100)
        for p, n, fen in rows.order_by().values_list("programme").annotate(n=Count("pk"), s=Sum("amount"))
    }
    assert totals == {"VENTURE": (112, 4_317_800), "MICRO": (503, 7_182_400), "FACILITY": (31, 9_128_500)}
    assert not rows.filter(split_is_invented=False).exists()


def organizations() -> None:
    assert Organization.objects.exclude(kind=Kind.FILED_GROUP).count() == 20
    groups = Organization.objects.filter(kind=Kind.FILED_GROUP)
    assert (groups.count(), groups.filter(valid_to__lt=date(2026, 1, 1)).count()) == (120, 9)
    assert not Organization.objects.exclude(name__contains="演示").exists()
    needs = Need.objects.order_by().values_list("status", "stage").annotate(n=Count("pk"))
    assert {(status, stage): n for status, stage, n in needs} == {("LISTED", ""): 30, ("LISTED", "approved"): 15}


def applications() -> None:
    found: dict[str, Counter[str]] = {}
    for code, status in Application.objects.values_list("round__code", "status"):
        found.setdefault(code, Counter())[status] += 1
    assert found.pop("R2025") == {"SCREEN_PASSED": 18}
    assert found.pop("M2026") == {"SCREEN_PASSED": 12}
    assert found.pop("N2026") == {"SCREEN_PASSED": 6}
    assert found.pop("K2026") == {"SUBMITTED": 3}
    assert found == {
        "R2026": {"SCREEN_FAILED": 8, "SCREEN_PASSED": 63, "WITHDRAWN": 2},
        "R2026B": {"DRAFT": 4, "RETURNED": 3},
        "R2026C": {"SCREEN_PASSED": 1},
    }
    assert sum(sum(each.values()) for each in found.values()) == 81
    codes = [code for one in Screening.objects.filter(passed=False) for code in one.codes]
    assert sorted(codes) == sorted(SCREEN_CODES)


def review() -> None:
    """Two groups of five, three conflicts, one late refusal, a tie at the line, one spread alarm, one absence."""
    of_round = Candidacy.objects.filter(application__round__code="R2026")
    assert Counter(of_round.values_list("status", flat=True)) == {
        "SCORED": OUTCOMES["CONTRACTED"] + OUTCOMES["RESERVE"] + OUTCOMES["NOT_PROPOSED"],
        "NOT_SHORTLISTED": OUTCOMES["NOT_SHORTLISTED"],
        "DEFENCE_ABSENT": OUTCOMES["DEFENCE_ABSENT"],
    }
    short = Shortlist.objects.get()
    assert (short.places, sum(row["is_in"] for row in short.rows)) == (51, 51)
    assert "同为 66.00 分" in short.cut and "需求与方案得分" in short.cut
    seats = PanelMember.objects.filter(panel__round__code="R2026", panel__stage="PAPER")
    regular = seats.filter(is_substitute=False)
    assert Counter(regular.values_list("panel__name", flat=True)) == {"第一组": 5, "第二组": 5}
    pool = RoleGrant.objects.filter(role__in=[Role.EXPERT, Role.EXPERT_FIN])
    assert pool.values("user").distinct().count() == 24
    said = Declaration.objects.filter(answer="CONFLICT", member__panel__round__code="R2026")
    assert said.count() == 3
    declared = Conflict.objects.filter(origin="DECLARED", member__panel__round__code="R2026")
    assert declared.values("member").distinct().count() == 3
    assert PanelMember.objects.filter(declined_at__isnull=False).count() == 1
    wide = [
        row["title"]
        for one in Ranking.objects.filter(panel__round__code="R2026")
        for row in one.rows
        if row["is_wide"]
    ]
    assert len(wide) == 1
    at_work()
    ranked()


def ranked() -> None:
    """A third round is scored and sealed: its money ends between two of the same total, and no meeting was held."""
    rows = Ranking.objects.get(panel__round__code="M2026").rows
    assert [row["score"] for row in rows[5:7]] == ["82.00", "82.00"]
    assert Round.objects.get(code="M2026").stage == "DECISION"
    assert not Resolution.objects.filter(round__code="M2026").exists()


def at_work() -> None:
    """Beside the three rounds, a panel is scoring: one is half through, one ready, one has handed in, one is silent."""
    panel = Panel.objects.get(round__code="N2026")
    sheets = ScoreSheet.objects.filter(assignment__member__panel=panel)
    assert panel.status == "OPEN"
    assert Counter(sheets.values_list("assignment__member__user__username", "status")) == {
        ("expert1", "COMPLETE"): 3, ("expert1", "DRAFT"): 1, ("expert3", "COMPLETE"): 6,
        ("expert4", "SUBMITTED"): 6,
    }  # fmt: skip
    silent = panel.members.filter(declared_at__isnull=True).values_list("user__username", flat=True)
    assert list(silent) == ["expert5"]
    conflict = Conflict.objects.get(member__panel=panel)
    assert (conflict.member.user.username, conflict.status) == ("expert2", "OPEN")


def awards() -> None:
    round = Award.objects.filter(round__code="R2026")
    assert Counter(round.values_list("status", flat=True)) == {
        "APPROVED": OUTCOMES["CONTRACTED"],
        "RESERVE": OUTCOMES["RESERVE"],
        "NOT_PROPOSED": OUTCOMES["NOT_PROPOSED"],
    }
    assert round.filter(status="APPROVED").aggregate(fen=Sum("amount"))["fen"] == CONTRACTED_TOTAL
    publicised = Award.objects.get(round__code="R2026C")
    assert (publicised.status, Publicity.objects.get(round_code="R2026C").status) == ("PROPOSED", "RUNNING")
    assert Objection.objects.get().row.subject_code == publicised.code


def projects() -> None:
    status = Project.objects.order_by().values_list("award__round__code", "status").annotate(n=Count("pk"))
    assert {(code, word): n for code, word, n in status} == {
        ("R2025", "CLOSED_PASS"): 18, ("R2026", "PREPARING"): 2, ("R2026", "ACTIVE"): 34, ("R2026", "TERMINATED"): 1,
    }  # fmt: skip
    midterm = Evaluation.objects.filter(kind="MIDTERM", project__award__round__code="R2026")
    assert Counter(midterm.values_list("status", flat=True)) == {"PASSED": 28, "FAILED": 2, "ASSIGNED": 3}
    assert {one.organization.name for one in running("MIDTERM_FAILED")} == {ORGANIZATIONS[5].name}
    (late,) = running("MIDTERM_OVERDUE")
    assert not late.reports.exists() and late.milestones.get(code="midterm").due_on < date(2026, 9, 1)
    twice = Payment.objects.filter(tranche__number=2, status="RECEIPTED", project__award__round__code="R2026")
    colours = {
        kind: (
            len(rows := running(kind)),
            twice.filter(project__in=rows).count(),
            sum(one.activities.count() for one in rows),
        )
        for kind in ("GREEN", "YELLOW", "RED")
    }
    assert colours == {"GREEN": (14, 14, 126), "YELLOW": (6, 0, 36), "RED": (2, 0, 4)}
    finals = Report.objects.filter(kind="FINAL", project__award__round__code="R2026")
    assert Counter(finals.values_list("status", flat=True)) == {"SUBMITTED": 3}
    open_ = Finding.objects.unsettled()
    assert open_.values("project").distinct().count() == 3
    assert open_.filter(project__organization__name=ORGANIZATIONS[13].name).count() == 2


def work() -> None:
    """What was served fits what was said of it: half at the mid-term, all at the end, little where it goes badly."""
    now = {
        kind: [share_of(one) for one in (running(code="R2025") if kind == "CLOSED" else running(kind))]
        for kind in ("CLOSED", "FINAL", "GREEN", "AUDIT", "YELLOW", "RED", "MIDTERM_FAILED", "MIDTERM_OVERDUE")
    }
    within = {kind: (min(shares), max(shares)) for kind, shares in now.items()}
    for kind, (least, most) in {
        "CLOSED": (90, 106), "FINAL": (95, 106), "GREEN": (80, 100), "AUDIT": (70, 95), "YELLOW": (40, 75),
        "RED": (15, 45), "MIDTERM_FAILED": (5, 30), "MIDTERM_OVERDUE": (5, 30),
    }.items():  # fmt: skip
        assert least <= within[kind][0] and within[kind][1] <= most, (kind, within[kind])
    halves = [
        sum(row["persons"] for row in rows) * 100 // sum(row["planned_persons"] for row in rows)
        for report in Report.objects.filter(kind="MIDTERM", project__in=running("GREEN", "FINAL", "AUDIT"))
        if (rows := report.versions.get(number=1).content["indicators"])
    ]
    assert len(halves) == 20 and 45 <= min(halves) <= max(halves) <= 55


def share_of(project: Project) -> int:
    served = project.activities.aggregate(n=Sum("persons"))["n"] or 0
    return served * 100 // project.planned_activities.aggregate(n=Sum("persons"))["n"]


def texts() -> None:
    """Every need has its own words; an application contradicts neither itself nor the round; news follow what they tell."""
    assert Need.objects.values("text").distinct().count() == 45
    for one in Need.objects.select_related("region"):
        assert one.region.name in one.text and one.text.endswith("（演示）")
    taken = Need.objects.filter(stage="approved").values_list("raw_title", flat=True)
    assert set(taken) == {"独居老人定期探访", "四点半课堂", "邻里议事亭"}
    for one in Application.objects.exclude(status="DRAFT"):
        told = {name: value for part in one.sections.all() for name, value in part.answers.items()}
        homes = any(word in str(told) + plans(one) for word in ("入户", "上门", "未成年"))
        assert not homes or told["venture-minors"] is True, one.title
        assert told["venture-minors"] is ("venture-safeguarding" in told)
        assert told["venture-contacts"] == sum(item.times * item.persons for item in one.planned_items.all())
        assert "半年内" not in str(told)
    first = Evaluation.objects.filter(project__award__round__code="R2026", submitted_at__isnull=False)
    day = first.earliest("submitted_at").submitted_at.date()
    assert not ArticlePage.objects.filter(title__contains="完成中期评估", published_on__lt=day).exists()


def plans(application: Application) -> str:
    return "".join(application.planned_items.values_list("name", flat=True))


def later_than_their_seals() -> list[Any]:
    events = TrailSeal.objects.filter(event__timestamp__gt=F("sealed_at")).values_list("event__action", flat=True)
    postings = LedgerSeal.objects.filter(posting__made_at__gt=F("sealed_at")).values_list("posting", flat=True)
    return [*events, *postings]


def money() -> None:
    (ended,) = running("TERMINATED")
    refund = Refund.objects.get(status="REGISTERED")
    assert (refund.project, refund.kind) == (ended, "RECOVERY")
    assert refund.due_on < date(2026, 10, 1)
    left = {kind: fen for kind, fen in balances_of("award", ended.code).items() if fen}
    assert ended.organization.name == ORGANIZATIONS[14].name
    assert left["recoverable"] == refund.amount and set(left) == {"recoverable", "spent"}
    released = sum(one.amount for one in ended.tranches.filter(released_at__isnull=False))
    assert {kind: fen for kind, fen in balances_of("round", "R2026").items() if fen} == {
        "envelope": 74_700_00 + released
    }
    assert Payment.objects.filter(status="FAILED").count() == 1
    under_way = (
        Payment.objects.exclude(status__in=["FAILED", "RECEIPTED"]).order_by().values_list("status", flat=True)
    )
    assert sorted(under_way) == ["APPROPRIATED", "APPROVED", "CHECKED", "PAID", "REQUESTED"]


def people() -> None:
    assert not User.objects.get(username="locked").is_active
    assert Organization.objects.filter(valid_to=date(2026, 6, 30)).count() == 1
    first = Organization.objects.get(uscc=ORGANIZATIONS[0].uscc)
    shared = [(one.user.username, one.organization.name) for one in registered.shared_leaders(first)]
    assert shared == [("writer1", ORGANIZATIONS[1].name)]


def dated_without_an_owner() -> dict[str, int]:
    """Return "model state" -> rows that nobody must act on and that yet carry a date, which lists would call overdue."""
    found: dict[str, int] = {}
    for model, table in state_models():
        over = [state for state in table.states if not table.owners(state)]
        for state in model._base_manager.filter(status__in=over, due_on__isnull=False).values_list(
            "status", flat=True
        ):
            found[f"{model._meta.label} {state}"] = found.get(f"{model._meta.label} {state}", 0) + 1
    return found


def state_models() -> list[tuple[Any, Lifecycle]]:
    """Return every model with a date and a state, with its table."""
    tables = {frozenset(table.states): table for _name, table in lifecycles()}
    fields = {model: {one.name: one for one in model._meta.fields} for model in apps.get_models()}
    return [
        (model, tables[states])
        for model, named in fields.items()
        if "due_on" in named and "status" in named
        if (states := frozenset(str(code) for code, _word in named["status"].choices or ())) in tables
    ]
