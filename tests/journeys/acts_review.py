"""Steps 5 and 6: the panel's ranking, the meeting, the publicity with an objection, the approval."""

from __future__ import annotations

import re

from grants.applications.models import Application
from grants.awards.models import Award, Resolution
from grants.calls.models import Round
from grants.publicity.models import Objection
from grants.review.models import Assignment, Panel, PanelMember
from tests.journeys.acting import (
    ONE,
    TITLE,
    Calendar,
    People,
    do,
    fill,
    follow,
    from_work_list,
    press,
    shows,
    shows_not,
)  # fmt: skip

EXPERTS = {
    "expert1": "演示专家甲", "expert2": "演示专家乙", "expert3": "演示专家丙", "expert5": "演示专家戊",
    "expert-fin": "演示财务专家",
}  # fmt: skip
SUBSTITUTE = ("expert6", "演示专家己")
LEANING = {"expert1": 0, "expert2": 2, "expert3": -2, "expert-fin": 1, "expert6": -1}
"""Points above or below four fifths of the first criterion."""
COMMENT = "需求依据清楚，服务对象明确，活动安排与预算对应；建议把满意度的测量办法写得更具体，并说明志愿者的培训安排和安全措施。"


def review(calendar: Calendar, people: People) -> None:
    """5. Five experts and a substitute; one has a conflict and loses sight; the ranking is sealed by its hash."""
    calendar.go("2026-03-09 09:00")
    panel = make_panel(people)
    calendar.go("2026-03-10 09:00")
    for username in EXPERTS:
        declare(people, username, "CONFLICT" if username == "expert5" else "NONE")
    lost = Assignment.objects.get(member__user__username="expert5")
    assert people("expert5").goto(f"/review/dossier/{lost.key}/").status == 404
    replace(people, panel)
    calendar.go("2026-03-16 09:00")
    for username in LEANING:
        score(people, username)
    calendar.go("2026-03-19 17:30")
    secretary = people("secretary")
    secretary.goto(f"/cms/staff_panels/{panel.pk}/console/")
    do(secretary, "锁定评分")
    do(secretary, "封存汇总", button="封存")
    panel.refresh_from_db()
    shows(secretary, "已封存，重新计算与封存一致", TITLE)
    digest = re.sub(r"\s", "", secretary.locator("main code").first.inner_text())
    assert digest == panel.ranking.sha256


def make_panel(people: People) -> Panel:
    secretary = people("secretary")
    secretary.goto("/cms/staff_panels/new/")
    fill(secretary, {"round": "镇海区2026年公益创投（演示）", "name": "综合组", "due_at": "2026-03-19T17:00"})
    press(secretary, "成立")
    panel = Panel.objects.get()
    for name in (*EXPERTS.values(), SUBSTITUTE[1]):
        seat = {"user": name, "is_substitute": name == SUBSTITUTE[1], "is_finance": name == EXPERTS["expert-fin"]}
        do(secretary, "加入专家", seat, button=r"^\s*加入\s*$")
    do(secretary, "加入项目", button="加入评审")
    do(secretary, "分配项目", button="分配")
    do(secretary, "开始评分")
    return panel


def declare(people: People, username: str, answer: str) -> None:
    """The promise and one answer per applicant come before any dossier."""
    expert = people(username)
    member = PanelMember.objects.get(user__username=username)
    from_work_list(expert, "综合组", staff=False)
    expert.goto(f"/review/{member.key}/declare/")
    shows(expert, ONE.name)
    organization = Application.objects.get().organization_id
    fill(expert, {f"answer_{organization}": answer, "promise": True})
    press(expert, "确认并进入评审")


def replace(people: People, panel: Panel) -> None:
    secretary = people("secretary")
    secretary.goto(f"/cms/staff_panels/{panel.pk}/console/")
    follow(secretary, "办理")
    do(secretary, "递补", {"member": SUBSTITUTE[1]})
    declare(people, SUBSTITUTE[0], "NONE")


def score(people: People, username: str) -> None:
    expert = people(username)
    assignment = Assignment.objects.active().get(member__user__username=username)
    expert.goto(f"/review/dossier/{assignment.key}/")
    shows(expert, TITLE)
    shows_not(expert, ONE.name)
    fields = expert.locator("[name^='points_']").all()
    for n, field in enumerate(fields):
        most = int(field.get_attribute("data-max"))
        field.fill(str(most * 4 // 5 + (LEANING[username] if n == 0 else 0)))
    fill(expert, {"comment": COMMENT})
    press(expert, "保存并评下一个")
    press(expert, "提交全部评分")


def decide(calendar: Calendar, people: People) -> None:
    """6. The meeting's list is recorded, stands in public, is objected to, and is approved when that is answered."""
    calendar.go("2026-03-30 15:00")
    meet(people)
    calendar.go("2026-03-31 08:30")
    publish_list(people)
    calendar.go("2026-04-01 10:00")
    object_to_it(people)
    calendar.go("2026-04-08 09:00")
    refused = people("leader")
    award = Award.objects.get()
    refused.goto(f"/cms/staff_awards/inspect/{award.pk}/")
    shows(refused, "现在还不能办理", "异议")
    answer_it(people)
    leader = people("leader")
    leader.goto(f"/cms/staff_awards/inspect/{award.pk}/")
    do(leader, "确认立项", {"document_number": "镇民〔2026〕21号"}, says="立项通知书")
    award.refresh_from_db()
    assert award.status == "APPROVED"
    visitor = people()
    visitor.goto(f"/verify/?number=LX-{award.code}")
    shows(visitor, "本平台出具过这份文书", "立项通知书", TITLE)


def meet(people: People) -> None:
    officer = people("officer")
    officer.goto(f"/cms/staff_resolutions/meeting/{Round.objects.get().pk}/")
    shows(officer, TITLE)
    fill(
        officer,
        {
            "items-0-verdict": "拟立项", "items-0-amount": "4万", "kind": "党组会议", "met_on": "2026-03-30",
            "minutes_number": "镇民会纪〔2026〕3号", "attendees": "演示分管领导、演示科长、演示局财务、演示监督员",
        },
    )  # fmt: skip
    press(officer, "提交会议结果")
    leader = people("leader")
    leader.goto(f"/cms/staff_resolutions/inspect/{Resolution.objects.get().pk}/")
    do(leader, "确认会议结果", says="资金已按来源占用")


def publish_list(people: People) -> None:
    officer = people("officer")
    resolution = Resolution.objects.get()
    officer.goto(f"/cms/staff_resolutions/inspect/{resolution.pk}/")
    words = {
        "first_day": "2026-03-31", "contact_phone": "0574-80000012", "supervision_unit": "驻局纪检监察组（演示）",
        "supervision_phone": "0574-80000019", "address": "镇海区演示路1号",
    }  # fmt: skip
    do(officer, "生成公示稿", words)
    resolution.refresh_from_db()
    head = people("head")
    head.goto(f"/cms/staff_publicity/inspect/{resolution.publicity_id}/")
    do(head, "发布公示", {"secrecy_checked": True})
    visitor = people()
    visitor.goto("/publicity/")
    follow(visitor, resolution.publicity.title)
    shows(visitor, TITLE, ONE.name, "40,000.00", "公示中")


def object_to_it(people: People) -> None:
    """A resident, at the row itself."""
    resident = people("resident")
    resident.goto(f"/publicity/{Resolution.objects.get().publicity.key}/")
    resident.locator("main a, .page a").filter(has_text=f"异议：{TITLE}").click()
    resident.wait_for_url("**/object/**")
    fill(
        resident,
        {
            "kind": "DUPLICATE", "facts": "该单位同类服务已由街道购买，请核实是否重复资助同一批家庭。", "is_named": "1",
            "name": "演示居民", "phone": "19900000001", "id_last4": "0013",
        },
    )  # fmt: skip
    press(resident, "提交异议")
    shows(resident, "已收到您的异议", Objection.objects.get().number)


def answer_it(people: People) -> None:
    """Somebody other than the author of the list handles it."""
    objection = Objection.objects.get()
    officer = people("officer2")
    here = f"/cms/staff_objections/inspect/{objection.pk}/"
    for words, values in (
        ("受理", {}),
        ("开始核查", {}),
        ("认定不成立", {"findings": "经向街道核实，购买服务对象与本项目没有重复。"}),
        ("出具答复", {"text": "经核实，街道购买的服务对象与本项目名单没有重复。"}),
    ):
        officer.goto(here)
        do(officer, words, values)
    objection.refresh_from_db()
    assert objection.status == "ANSWERED"
