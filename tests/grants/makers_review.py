"""Makers of rounds with money, screened applications, panels and awards."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from grants.applications.models import Application, Version
from grants.applications.states import S as Screened
from grants.calls.models import Criterion, Envelope, ProgrammeType, Round
from grants.funds import commands as ledger
from grants.funds.models import FundSource
from grants.review import commands as review
from grants.review import queries
from grants.review.models import Candidacy
from orgs.registry.models import Organization
from portal import clock
from portal.access import Role
from portal.accounts.models import User
from portal.dynforms.models import FormVersion
from tests.makers import make_organization, make_region, make_user

RUBRIC = (
    ("A", "需求真实性", 25),
    ("B", "方案可行性", 35),
    ("C", "创新性", 10),
    ("E", "预算合理性", 20),
    ("F", "可持续", 10),
)
GOOD = {"A": "20", "B": "28", "C": "8", "E": "16", "F": "8"}
COMMENT = "需求有调查数据支持，活动安排清楚，预算合理，可以资助。"


def someone(name: str, *roles: str) -> User:
    return User.objects.filter(username=name).first() or make_user(name, *roles)


def make_source(code: str = "LOTTERY", kind: str = "LOTTERY", name: str = "福彩公益金") -> FundSource:
    return FundSource.objects.get_or_create(code=code, defaults={"name": name, "kind": kind})[0]


def make_round(code: str = "R2026", *, money: dict[str, int] | None = None, **values) -> Round:
    """Return a closed round; money: source code -> fen in its envelope (default lottery 90,000 yuan)."""
    officer = someone("officer", Role.BUREAU_OFFICER)
    programme = ProgrammeType.objects.get(code="VENTURE")
    defaults = {
        "title": "2026年公益创投", "programme": programme, "region": make_region("330211"), "year": 2026,
        "ceiling": 50_000_00, "created_by": officer, "published_by": someone("head", Role.BUREAU_HEAD),
        "status": "CLOSED", "phone": "0574-80000012", "contact": "社会组织科", "host": "镇海区民政局",
    }  # fmt: skip
    round = Round.objects.create(code=code, **{**defaults, **values})
    for at, (letter, name, points) in enumerate(RUBRIC):
        Criterion.objects.create(
            round=round, stage="PAPER", code=letter, name=name, max_points=points, position=at,
            bands=[{"from": 0, "to": points // 2, "text": "不清楚"}, {"from": points // 2 + 1, "to": points, "text": "清楚"}],
        )  # fmt: skip
    finance, leader = someone("finance", Role.BUREAU_FINANCE), someone("leader", Role.BUREAU_LEADER)
    for source_code, fen in (money or {"LOTTERY": 90_000_00}).items():
        source = make_source(source_code, source_code, {"FISCAL": "一般公共预算"}.get(source_code, "福彩公益金"))
        account = ledger.account("envelope", "round", code, source, 2026)
        ledger.appropriate_budget(
            source, 2026, fen, f"镇财〔2026〕{len(code)}号{source_code}{code}", by=finance, approved_by=leader
        )
        ledger.allocate(source, 2026, account, fen, by=finance, approved_by=leader)
        Envelope.objects.create(round=round, source=source, year=2026, planned=fen, amount=fen, account=account)
    return round


def make_form() -> FormVersion:
    schema = {
        "sections": [
            {
                "id": "need", "title": "需求", "help": "",
                "questions": [
                    {"id": "why", "type": "long_text", "label": "社区需求", "code": "", "help": "", "required": True, "when": None},
                    {"id": "team", "type": "long_text", "label": "项目团队", "code": "", "help": "", "required": True, "when": None},
                ],
            }
        ]
    }  # fmt: skip
    return FormVersion.objects.get_or_create(sha256="f" * 64, defaults={"title": "申报表", "schema": schema})[0]


def make_application(
    round: Round,
    number: int,
    organization: Organization | None = None,
    fen: int = 40_000_00,
    street: str = "330211001",
) -> Application:
    """Return an application that passed screening. Its text names the applicant, as people do."""
    code = f"VEN-2026-{number:06d}"
    unit = organization or make_organization(f"镇海区演示单位{number}号服务中心", None, region=street)
    writer = someone("writer", Role.ORG_ADMIN)
    values = {
        "number": code, "round": round, "form_version": make_form(), "organization": unit, "slot": number % 50 + 1,
        "slot_limit": 100, "title": f"助行计划{number}", "category": "为老", "region": make_region(street),
        "amount_requested": fen, "created_by": writer, "submitted_at": datetime(2026, 2, 20, tzinfo=UTC),
    }  # fmt: skip
    app = Application.objects.create(**values)
    version = Version.objects.create(
        application=app, number=1, title=app.title, overview={}, form_version=make_form(), attachments=[],
        answers={"why": f"{unit.name}走访了 612 户老人，跌倒多发。", "team": "负责人测试甲，电话不公开。"},
        budget=[
            {"category": "B1", "item": "活动物料", "amount": fen * 3 // 4, "source": "GRANT", "basis": "询价"},
            {"category": "B4", "item": "人员补贴", "amount": fen - fen * 3 // 4, "source": "GRANT", "basis": "规定"},
        ],
        plan=[{"name": "入户", "month": "2026-05-01", "times": 10, "persons": 40, "place": "社区", "output": ""}],
        amount_requested=fen, commitment="", sha256="0" * 64, submitted_by=writer, submitted_at=app.submitted_at,
    )  # fmt: skip
    Application.objects.filter(pk=app.pk).update(version=version, status=Screened.SCREEN_PASSED)
    app.refresh_from_db()
    return app


def experts(count: int = 6) -> list[User]:
    return [someone(f"expert{n}", Role.EXPERT) for n in range(1, count + 1)]


def make_panel(
    round: Round, applications, *, opened: bool = True, declared: bool = True, secretary=None, people=(), name="甲组"
):
    """Return a panel of five and a substitute; opened; everyone has declared 无关."""
    secretary = secretary or someone("secretary", Role.PANEL_SECRETARY)
    panel = review.make_panel(round, name=name, due_at=datetime.now(UTC) + timedelta(days=7), by=secretary)
    for at, expert in enumerate(people or experts(), 1):
        review.seat(panel, expert, is_substitute=at == 6, by=secretary)
    review.enter(panel, applications, by=secretary)
    review.assign(panel, by=secretary)
    if opened:
        panel = review.open_panel(panel, by=secretary)
    if opened and declared:
        for member in panel.members.all():
            declare(member)
    return panel


def declare(member, **answers):
    """answers: organization name -> CONFLICT or UNSURE; NONE for the rest."""
    given = {
        one.pk: answers.get(one.name, "NONE")
        for one in Organization.objects.filter(applications__candidacy__panel__round=member.panel.round)
    }
    return review.declare(member, given, by=member.user)


def points_for(total: int) -> dict[str, str]:
    """Spread `total` over the rubric."""
    left, points = total, {}
    for letter, _name, most in RUBRIC:
        points[letter] = str(min(most, left))
        left -= min(most, left)
    return points


def score_all(panel, totals: dict[str, list[int]]) -> None:
    """totals: application number -> a total for each regular expert in order; all is handed in."""
    for at, member in enumerate(panel.members.filter(is_substitute=False)):
        for one in member.assignments.active().without_conflict().select_related("candidacy__application"):
            total = totals[one.candidacy.application.number][at]
            comment = COMMENT if Decimal(total) >= 60 else COMMENT * 3
            review.score(one, points=points_for(total), comment=comment, by=member.user)
        review.submit_all(member, by=member.user)


def make_ranking(round: Round, applications, totals: dict[str, list[int]] | None = None, **panel_values):
    """Return a sealed panel; by default the applications rank in the order given."""
    panel = make_panel(round, applications, **panel_values)
    default = {one.number: [90 - at, 89 - at, 88 - at, 87 - at, 86 - at] for at, one in enumerate(applications)}
    score_all(panel, totals or default)
    secretary = panel.secretary
    panel = review.lock(panel, by=secretary)
    # The meeting of these tests is on 12 June: it decides on a ranking that stands.
    with clock.at(min(clock.now(), day("2026-06-11"))):
        review.seal(panel, note="评审组复核后认为各位专家侧重不同，评分有效。", by=secretary)
    panel.refresh_from_db()
    return panel


DEFENCE_RUBRIC = (("DA", "了解需求和社区", 60), ("DB", "方案清楚、回应评语", 40))


def make_defence_round(places: int = 2, **values) -> Round:
    """Return a closed round whose notice printed a defence: paper 40 %, defence 60 %."""
    round = make_round(defence_places=places, paper_percent=40, **values)
    for at, (letter, name, points) in enumerate(DEFENCE_RUBRIC):
        Criterion.objects.create(round=round, stage="DEFENCE", code=letter, name=name, max_points=points, position=at)
    return round


def make_defence_panel(round: Round, name: str = "答辩一组", hours: int = 72):
    """Return a defence panel with five experts and a substitute, nothing scheduled."""
    secretary = someone("secretary", Role.PANEL_SECRETARY)
    panel = review.make_panel(
        round, name=name, stage="DEFENCE", due_at=clock.now() + timedelta(hours=hours), by=secretary
    )
    for at, expert in enumerate(experts(), 1):
        review.seat(panel, expert, is_substitute=at == 6, by=secretary)
    return panel


def open_defence(round: Round, minutes: int = 15):
    """Return an opened defence panel with every shortlisted project scheduled from tomorrow on; all declared."""
    panel = make_defence_panel(round)
    review.schedule(
        panel, list(queries.unscheduled(round)), starts_at=clock.now() + timedelta(hours=24), minutes=minutes,
        room="201 室", by=panel.secretary,
    )  # fmt: skip
    review.assign(panel, by=panel.secretary)
    panel = review.open_panel(panel, by=panel.secretary)
    for member in panel.members.all():
        declare(member)
    return panel


def defend(panel, totals: dict[str, list[int]]) -> None:
    """Everybody in `totals` (application number -> totals) comes and is scored; all is handed in."""
    for slot in panel.slots.select_related("candidacy__application"):
        if slot.candidacy.application.number in totals:
            with clock.at(slot.starts_at):
                review.attend(slot, by=panel.secretary)
        else:
            with clock.at(slot.starts_at + timedelta(minutes=5)):
                review.miss(slot, by=panel.secretary)
    for at, member in enumerate(panel.members.filter(is_substitute=False)):
        for one in member.assignments.active().without_conflict().select_related("candidacy__application"):
            total = totals[one.candidacy.application.number][at]
            points = {"DA": str(min(60, total)), "DB": str(max(0, total - 60))}
            review.score(one, points=points, comment=COMMENT * 3, by=member.user)
        review.submit_all(member, by=member.user)


def day(text: str) -> datetime:
    return datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC) + timedelta(hours=2)


def states(round):
    """Return the states of the candidacies of a round, by the number of their applications."""
    rows = Candidacy.objects.filter(application__round=round).order_by("application__number")
    return list(rows.values_list("status", flat=True))
