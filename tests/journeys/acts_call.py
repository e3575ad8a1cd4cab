"""Steps 1 to 4: the call, the organization, the application, the screening."""

from __future__ import annotations

from grants.applications.models import Application
from grants.calls.models import Round
from portal.demo.applying import answers
from tests.journeys.acting import (
    LIN,
    ONE,
    PDF,
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


def publish_a_call(calendar: Calendar, people: People) -> None:
    """1. The officer drafts, finance and leader fund, the head publishes; the officer cannot."""
    calendar.go("2026-01-12 09:00")
    officer = people("officer")
    officer.goto("/cms/staff_rounds/new/")
    fill(
        officer,
        {
            "code": "R2026", "title": "镇海区2026年公益创投（演示）", "programme": "公益创投", "region": "镇海区", "year": "2026",
            "host": "宁波市镇海区民政局", "contact": "社会组织科", "phone": "0574-80000012",
            "opens_at_0": "2026-02-02", "opens_at_1": "09:00:00", "closes_at_0": "2026-02-27", "closes_at_1": "17:00:00",
            "starts_on": "2026-04-20", "ends_on": "2026-11-30", "ceiling": "5万",
            "envelopes-0-source": "福彩公益金", "envelopes-0-year": "2026", "envelopes-0-planned": "30万",
            "envelopes-1-source": "街镇配套", "envelopes-1-year": "2026", "envelopes-1-planned": "100,000",
        },
    )  # fmt: skip
    press(officer, "保存批次")
    round = Round.objects.get(code="R2026")
    for source, amount in (("福彩公益金", "300000"), ("街镇配套", "100000")):
        finance = people("bureau-finance")
        finance.goto(f"/cms/staff_rounds/inspect/{round.pk}/")
        do(finance, "申请下达资金", {"envelope": source, "fen": amount})
        leader = people("leader")
        from_work_list(leader, "下达")
        do(leader, "同意并记账")
    officer.goto(f"/cms/staff_rounds/inspect/{round.pk}/")
    do(officer, "起草申报通知", {"summary": "资助为老、助残、儿童青少年等公益服务项目。"})
    officer.goto(f"/cms/staff_rounds/inspect/{round.pk}/")
    do(officer, "提交审核")
    officer.goto(f"/cms/staff_rounds/inspect/{round.pk}/")
    shows_not(officer, "审核并发布通知")
    calendar.go("2026-01-16 09:00")
    head = people("head")
    head.goto(f"/cms/staff_rounds/inspect/{round.pk}/")
    do(head, "审核并发布通知")
    visitor = people()
    visitor.goto("/calls/")
    shows(visitor, "镇海区2026年公益创投（演示）")


def claim_an_organization(calendar: Calendar, people: People) -> None:
    """2. Somebody signs up, claims the entry by its code with the papers; the registrar verifies."""
    calendar.go("2026-01-20 09:00")
    admin = people.newcomer("lin")
    admin.goto("/accounts/signup/")
    fill(
        admin,
        {"email": "lin@example.org", "name": "林演示", "password1": LIN, "password2": LIN},
    )
    press(admin, "注册")
    admin.goto("/organizations/claim/")
    fill(admin, {"uscc": ONE.uscc, "certificate": "证书.pdf", "authorisation": "委托书.pdf"})
    press(admin, "认领")
    shows(admin, ONE.name)
    registrar = people("registrar")
    from_work_list(registrar, ONE.name)
    do(registrar, "核验通过")


def apply(calendar: Calendar, people: People) -> None:
    """3. The form in several sittings, checked and handed in: number, time, hash."""
    calendar.go("2026-02-03 09:00")
    admin = people("lin")
    round = Round.objects.get(code="R2026")
    admin.goto(round.page.url)
    follow(admin, "开始申报")
    fill(admin, {"title": TITLE})
    press(admin, "开始填写")
    application = Application.objects.get()
    here = f"/apply/{application.key}"
    admin.goto(f"{here}/confirm/organization/")
    press(admin, "确认")
    admin.goto(f"{here}/confirm/eligibility/")
    press(admin, "确认")
    admin.goto(f"{here}/overview/")
    fill(
        admin,
        {
            "title": TITLE, "category": "为老", "region": "后大街", "starts_on": "2026-04-20", "ends_on": "2026-11-30",
            "done": "yes",
        },
    )  # fmt: skip
    press(admin, "保存并返回列表")
    write_sections(admin, here, application)
    write_plan_and_budget(admin, here)
    attach_papers(admin, here)
    admin.goto(f"{here}/check/")
    shows(admin, TITLE, "40,000.00")
    fill(admin, {"commitment": True})
    press(admin, "提交申报书")
    application.refresh_from_db()
    shows(admin, "申报书已提交", application.number, "2026年2月3日")
    visitor = people("resident")
    response = visitor.goto(f"{here}/receipt/")
    assert response.status == 404  # not visible is not there


def write_sections(admin, here: str, application: Application) -> None:
    """Each form section, saved as it is left; tables cell by cell."""
    told = answers(TITLE, "后大街社区")
    for section in application.form_version.schema["sections"]:
        admin.goto(f"{here}/section/{section['id']}/")
        for question in section["questions"]:
            if question["id"] not in told:
                continue
            value = told[question["id"]]
            name = f"q_{question['id']}"
            if question["type"] == "table":
                cells = {f"{name}-{r}-{c}": cell for r, row in enumerate(value) for c, cell in enumerate(row)}
                fill(admin, cells)
            elif question["type"] == "yes_no":
                fill(admin, {name: "yes" if value else "no"})
            else:
                fill(admin, {name: value})
        fill(admin, {"done": "yes"})
        press(admin, "保存并返回列表")
        shows_not(admin, "处需要修改")


def write_plan_and_budget(admin, here: str) -> None:
    admin.goto(f"{here}/plan/")
    for n, (name, month) in enumerate((("入户评估", "2026-05"), ("助行日", "2026-06"), ("志愿者培训", "2026-07"))):
        row = f"row-{n}-"
        values = {
            "name": name,
            "month": month,
            "times": "8",
            "persons": "60",
            "place": "后大街社区",
            "output": "签到表",
        }
        fill(admin, {row + key: value for key, value in values.items()})
    fill(admin, {"done": "yes"})
    press(admin, "保存并返回列表")
    admin.goto(f"{here}/budget/")
    lines = (
        ("B1", "助行物资包", "200", "120", "1", "GRANT"), ("B4", "项目社工补贴", "1,200", "1", "10", "GRANT"),
        ("B3", "防跌倒培训", "400", "1", "10", "GRANT"), ("B1", "楼梯防滑条", "14", "400", "1", "SELF"),
    )  # fmt: skip
    for n, (category, item, price, quantity, times, source) in enumerate(lines):
        row = f"row-{n}-"
        values = {
            "category": category, "item": item, "basis": "按户数测算", "unit_price": price, "quantity": quantity,
            "unit": "份", "times": times, "source": source,
        }  # fmt: skip
        if not admin.locator(f"[name='{row}item']").count():
            admin.get_by_role("button", name="添加一行").click()
            row = admin.locator("[name$='-item']").last.get_attribute("name").removesuffix("item")
        fill(admin, {row + key: value for key, value in values.items()})
    fill(admin, {"done": "yes"})
    press(admin, "保存并返回列表")


def attach_papers(admin, here: str) -> None:
    for code in ("certificate", "annual"):
        admin.goto(f"{here}/attachments/")
        form = admin.locator("form", has=admin.locator(f"[name='code'][value='{code}']"))
        form.locator("input[type=file]").set_input_files(
            {"name": f"{code}.pdf", "mimeType": "application/pdf", "buffer": PDF}
        )
        with admin.expect_navigation():
            form.locator("button").click()
        shows(admin, f"{code}.pdf")
    fill(admin, {"done": "yes"})
    press(admin, "保存并返回列表")


def screen(calendar: Calendar, people: People) -> None:
    """4. The work list shows it with a date; the officer sees the rules' results and lets it through."""
    calendar.go("2026-03-02 09:00")
    officer = people("officer")
    from_work_list(officer, TITLE)
    shows(officer, "E03", "E12", ONE.name)
    fill(officer, {"note": "资料齐全。"})
    press(officer, "^\\s*通过")
    assert Application.objects.get().status == "SCREEN_PASSED"
