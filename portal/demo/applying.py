"""Applications of the demo: written section by section, handed in and screened like any other."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from grants.applications import commands as applications
from grants.applications.models import Application
from grants.applications.queries import dossier
from grants.calls import commands as calls
from grants.calls.models import Round
from portal import clock
from portal.demo.base import Say, moment, person
from portal.demo.organizations import ORGANIZATIONS, DemoOrganization
from portal.demo.plan import PlannedApplication, r2026
from portal.demo.registry import admin_of, organization_of, paper
from portal.demo.texts import story_of

UNIT = 100_00


def answers(title: str, place: str, months: int = 7, surveyed: str = "2026年1月") -> dict[str, Any]:
    """Return answers to every question of the venture form. months: of the service; surveyed: when people were asked."""
    story = story_of(title)
    told: dict[str, Any] = {
        "venture-problem": f"{place}的居民和社区反映：{story.problem}走访中问过的家庭，多数说过类似的难处，"
        "现有的服务要么路远，要么时间不合适；居民希望在家门口就有，时间固定，有人负责，断了有人补上。",
        "venture-evidence": f"{surveyed}由社区和社工问卷调查 60 人、座谈两次，九成以上表示需要，其中四成把它排在第一位。",
        "venture-groups": list(story.groups),
        "venture-beneficiaries": story.people,
        "venture-contacts": story.contacts,
        "venture-goals": f"在 {months} 个月的服务期内，为 {story.people} 位居民提供 {story.contacts:,} 人次服务，满意度不低于 85%。",
        "venture-method": story.method,
        "venture-method_text": story.doing,
        "venture-indicators": [
            ["服务人次", "人次", str(story.contacts), "签到表和服务记录"], ["满意度", "%", "85", "问卷"], list(story.extra),
        ],
        "venture-minors": bool(story.safeguard),
        "venture-sustainability": story.after,
        "venture-team": [
            ["演示社工甲", "负责人", "社会工作师", "20"], ["演示社工乙", "活动", "助理社会工作师", "20"],
            ["演示会计丙", "财务", "会计", "5"],
        ],
        "venture-other_money": False,
    }  # fmt: skip
    if story.safeguard:
        told["venture-safeguarding"] = story.safeguard
    return told


def told_by(application: Application) -> dict[str, Any]:
    """Return the answers of one application: its own place, length and month of asking."""
    round = application.round
    months = max(1, whole_months((application.ends_on - application.starts_on).days))
    asked = (round.opens_at.astimezone(clock.ZONE).replace(day=1) - timedelta(days=1)).date()
    return answers(application.title, application.region.name, months, f"{asked.year}年{asked.month}月")


def whole_months(days: int) -> int:
    """Return whole months of a period in days."""
    return (days * 2 + 30) // 61


def budget(asked: int, personnel: int = 2800) -> list[dict[str, Any]]:
    """Return lines whose grant part adds up to `asked` (fen). personnel: share in 1/10,000."""
    people = asked * personnel // 10_000 // (10 * UNIT) * (10 * UNIT)
    training = asked // 10 // UNIT * UNIT
    office = asked * 4 // 100 // UNIT * UNIT
    rest = asked - people - training - office
    line = {"quantity": Decimal(1), "times": 1, "source": "GRANT", "basis": "按活动计划测算"}
    return [
        {**line, "category": "B1", "item": "活动物资和场地", "unit_price": rest, "unit": "项"},
        {**line, "category": "B3", "item": "专业督导和培训", "unit_price": training, "unit": "项"},
        {**line, "category": "B4", "item": "项目社工补贴", "unit_price": people // 10, "unit": "人", "times": 10},
        {**line, "category": "B6", "item": "办公和通讯", "unit_price": office, "unit": "项"},
        {**line, "category": "B1", "item": "志愿者自带物资", "unit_price": 2_000_00, "unit": "项", "source": "SELF"},
    ]


LINES = (
    ("B1", "助浴用品包（防滑垫、浴椅套）", "60 位老人，上下半年各 1 份", "36.00", 60, "份", 2),
    ("B1", "助浴点水电和消毒", "每月 4 次，10 个月", "120.00", 1, "次", 40),
    ("B5", "陪护志愿者交通和误餐", "每次 8 人，40 次", "30.00", 8, "人", 40),
    ("B4", "项目社工补贴", "1 名专职社工，10 个月", "1200.00", 1, "人", 10),
    ("B3", "安全助浴和急救培训", "每两月 1 次，每次半天", "400.00", 1, "次", 5),
    ("B2", "助浴预约折页", "两个社区，每户 3 份", "2.00", 600, "份", 1),
    ("B6", "财务代理和通讯", "10 个月", "150.00", 1, "月", 10),
)
OVER = [
    {
        "category": category, "item": item, "basis": basis, "unit_price": round(Decimal(price) * 100),
        "quantity": Decimal(quantity), "unit": unit, "times": times, "source": "GRANT",
    }
    for category, item, basis, price, quantity, unit, times in LINES
]  # fmt: skip
"""A budget of 35,420 yuan in which the staff's 12,000 are over the 30 % that the round allows."""


def place(activity: str) -> str:
    return "服务对象家中" if activity.startswith(("入户", "上门")) else "社区活动室"


def plan(title: str, start: date) -> list[dict[str, Any]]:
    months = [(start.replace(day=1) + timedelta(days=31 * n)).replace(day=1) for n in range(3)]
    return [
        {"name": name, "month": month, "times": times, "persons": persons, "place": place(name), "output": output}
        for (name, times, persons, output), month in zip(story_of(title).lines, months, strict=True)
    ]


def draft(round: Round, one: DemoOrganization, title: str, category: str, region: Any) -> Application:
    by = admin_of(one)
    application = applications.start(round, organization_of(one), by=by, title=title)
    applications.save_overview(
        application, by=by, title=title, category=category, region=region,
        starts_on=round.starts_on, ends_on=round.ends_on,
    )  # fmt: skip
    return Application.objects.get(pk=application.pk)


def fill(application: Application, by: Any, lines: list[dict[str, Any]], papers: tuple[str, ...]) -> Application:
    """Write every section and call it done, as the wizard does."""
    for code in ("organization", "eligibility"):
        applications.confirm(application, code, by=by)
    told = told_by(application)
    for section in application.form_version.schema["sections"]:
        here = {one["id"]: told[one["id"]] for one in section["questions"] if one["id"] in told}
        applications.save_section(application, section["id"], here, by=by)
    applications.save_plan(application, plan(application.title, application.starts_on), by=by)
    applications.save_budget(application, lines, by=by)
    names = {"certificate": "登记证书副本", "annual": "上一年度年检结果"}
    for code in papers:
        applications.attach(application, code, paper(names[code]), by=by)
    application.refresh_from_db()
    applications.set_done(application, *dossier(application).codes, by=by)
    return Application.objects.get(pk=application.pk)


def half_fill(application: Application, by: Any) -> None:
    """Leave it as somebody does who comes back tomorrow: some sections done, the budget over a limit, a paper missing."""
    told = told_by(application)
    for code in ("organization", "eligibility"):
        applications.confirm(application, code, by=by)
    first, second = application.form_version.schema["sections"][:2]
    here = {one["id"]: told[one["id"]] for one in first["questions"] if one["id"] in told}
    applications.save_section(application, first["id"], here, by=by)
    begun = {one["id"]: told[one["id"]] for one in second["questions"][:2] if one["id"] in told}
    applications.save_section(application, second["id"], begun, by=by)
    applications.save_plan(application, plan(application.title, application.starts_on), by=by)
    applications.save_budget(application, OVER, by=by)
    applications.attach(application, "certificate", paper("登记证书副本"), by=by)
    application.refresh_from_db()
    for code in ("organization", "eligibility", "overview", first["id"], "plan"):
        applications.set_done(application, code, by=by)


def hand_in(
    round: Round, one: PlannedApplication, at: datetime, lines: list[dict[str, Any]] | None = None
) -> Application:
    """Write and submit one application; lines: its budget, else the usual one."""
    by = admin_of(one.organization)
    with clock.at(at):
        application = draft(
            round, one.organization, one.title, one.category, organization_of(one.organization).region
        )
        application = fill(application, by, lines or budget(one.asked), ("certificate", "annual"))
        return applications.submit(application, by=by)


def load_decided_applications(say: Say) -> None:
    """73 applications of R2026: handed in over the window, screened in the two weeks after it."""
    round = Round.objects.get(code="R2026")
    officer = person("officer")
    made = []
    for one in r2026():
        made.append(
            (
                one,
                hand_in(
                    round,
                    one,
                    moment("2026-02-03 09:00") + timedelta(days=one.position // 4, hours=2 * (one.position % 4)),
                ),
            )
        )
    for one, application in made:
        if one.outcome == "WITHDRAWN":
            with clock.at(moment("2026-02-26 09:00")):
                applications.withdraw(application, by=admin_of(one.organization), reason="人员变动，暂缓申报（演示）")
    with clock.at(moment("2026-02-27 17:01")):
        calls.close_due()
        calls.mark_stage(round, "SCREENING")
    with clock.at(moment("2026-03-06 10:00")):
        for one, application in made:
            if one.outcome == "SCREEN_FAILED":
                applications.screen_fail(application, by=officer, codes=[one.code], note="演示：按审查清单认定")
            elif one.outcome != "WITHDRAWN":
                applications.screen_pass(application, by=officer, note="资料齐全（演示）")
    say(f"R2026 申报 {len(made)}")


OPEN_TITLES = (
    ("银龄助浴同行", "为老"), ("楼道微花园", "社区治理与其他公益"), ("夜间护学岗", "儿童青少年"),
    ("邻里修补铺", "社区治理与其他公益"), ("失独家庭陪伴", "救助帮困"), ("社区调解夜门诊", "社区治理与其他公益"),
    ("河道小卫士", "儿童青少年"),
)  # fmt: skip


def load_open_applications(say: Say) -> None:
    """R2026B: four drafts (half written with a breach in the budget, ready to hand in, two begun), and three sent back."""
    round = Round.objects.get(code="R2026B")
    able = [one for one in ORGANIZATIONS if one.story in {"normal", "hub"}][:7]
    for number, (one, (title, category)) in enumerate(zip(able, OPEN_TITLES, strict=True)):
        with clock.at(round.opens_at + timedelta(days=1, hours=number)):
            application = draft(round, one, title, category, organization_of(one).region)
            if number == 0:
                half_fill(application, admin_of(one))
            if number == 1 or number >= 4:
                application = fill(application, admin_of(one), budget(36_000_00), ("certificate", "annual"))
            if number >= 4:
                application = applications.submit(application, by=admin_of(one))
        if number >= 4:
            with clock.at(clock.now() - timedelta(hours=1)):
                applications.return_for_correction(
                    application, by=person("officer"),
                    items=[
                        {"section": "budget", "text": "“活动物资和场地”请拆成具体的物资和场次。"},
                        {"section": "attachments", "text": "年检结果请上传盖章的扫描件。"},
                    ],
                )  # fmt: skip
    say("R2026B 草稿 4、补正 3")
