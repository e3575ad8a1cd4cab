"""What every screen must hold on a phone: no sideways scroll, no small text, one heading, labels, targets, contrast."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from grants.needs import commands as needs
from home import commands
from home.models import ArticlePage, GuidePage
from portal.access import Role
from tests.grants.test_publicity import make_running
from tests.home.makers_home import make_award, make_grantee, make_site
from tests.makers import make_organization, make_region, make_user

AUDIT = (Path(__file__).parent / "audit.js").read_text()
PHONE = {"width": 390, "height": 844}
LONG = "镇海区演示碶澥岙桕𫖯老年人居家互助养老与社区邻里关爱服务发展中心"
PUBLIC = (
    "/", "/calls/", "/publicity/", "/publicity/{list}/", "/publicity/{list}/object/", "/projects/", "/projects/?q=飞机",
    "/projects/{award}/", "/organizations/", "/organizations/{organization}/", "/data/", "/news/", "/news/answers/",
    "/guide/", "/guide/venture/", "/search/", "/search/?q=养老", "/search/?q=飞机", "/needs/", "/verify/",
    "/verify/?number=VEN-0", "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/nowhere/",
)  # fmt: skip
SIGNED_IN = {
    "member": ("/desk/", "/apply/", "/agreements/", "/payments/", "/spending/", "/notices/", "/needs/post/",
               "/accounts/2fa/", "/accounts/password/change/", "/accounts/email/", "/accounts/sessions/"),
    "expert": ("/review/", "/desk/"),
}  # fmt: skip


@pytest.fixture
def places(transactional_db) -> dict[str, str]:
    """Fill the site with long names; return the keys that stand in the addresses."""
    make_site()
    writer, member = make_user("writer"), make_user("member")
    make_user("expert", Role.EXPERT)
    award = make_award(1, title="老城梯坎助行与居家适老化改造及志愿者陪伴计划之二期延伸服务项目（碶澥岙桕片区）")
    make_grantee(award)
    organization = make_organization(LONG, None, kind="FILED_GROUP", admin=member)
    commands.publish(
        commands.channel("news"),
        ArticlePage(
            title="答疑会", slug="answers", summary=LONG, published_on=date(2026, 6, 18), source="镇海区民政局",
            body=[("heading", "时间"), ("text", "<p>地点见<a href='/guide/'>办事指南</a>。</p>")],
        ),
        by=writer,
    )  # fmt: skip
    commands.publish(
        commands.channel("guide"),
        GuidePage(
            title="申报公益创投项目", slug="venture", basis="办法第五条", conditions="登记满 6 个月", papers="预算",
            time_limit="10 个工作日", place="演示路 1 号", hours="工作日", phone="0574-80000012",
            apply_url="/calls/",
            steps=[("step", {"title": "网上申报", "when": "截止前", "text": "填写"})],
            questions=[("question", {"question": "能否撤回", "answer": "截止前可以。"})],
        ),
        by=writer,
    )  # fmt: skip
    region = make_region("330211001001")
    need = needs.post(by=member, region=region, title="养老食堂", text="老人吃饭不便，请设一处食堂。", persons=300)
    needs.list_(need, by=make_user("community", Role.COMMUNITY, region=region.code), title="养老食堂", text=LONG)
    return {"list": make_running().key, "award": award.key, "organization": organization.key}


def wrong(page, paths, places) -> dict[str, list[str]]:
    found = {}
    for path in paths:
        page.goto(path.format(**places))
        if faults := page.evaluate(AUDIT):
            found[path] = faults
    return found


def test_public_screens_on_a_phone(visitor, places):
    page = visitor(viewport=PHONE)

    assert wrong(page, PUBLIC, places) == {}


MAIN_BUTTONS = """() => [...document.querySelectorAll(".btn-1")]
    .filter((one) => one.checkVisibility() && one.getBoundingClientRect().top < innerHeight)
    .map((one) => one.textContent.trim())"""


def test_a_screen_has_one_main_button_in_sight(visitor, places):
    page = visitor(viewport={"width": 1366, "height": 768})

    found = {}
    for path in PUBLIC:
        page.goto(path.format(**places))
        found[path] = page.evaluate(MAIN_BUTTONS)

    assert {path: words for path, words in found.items() if len(words) > 1} == {}
    assert found["/guide/venture/"] == ["在线办理"]


@pytest.mark.parametrize("look", ["elder", "contrast"])
def test_public_screens_for_old_eyes(visitor, places, look):
    page = visitor(viewport=PHONE)
    page.goto(f"/?{look}=1")

    assert wrong(page, PUBLIC[1:], places) == {}


@pytest.mark.parametrize("who", SIGNED_IN)
def test_work_screens_on_a_phone(visitor, places, who):
    page = visitor(who, viewport=PHONE)

    assert wrong(page, SIGNED_IN[who], places) == {}
