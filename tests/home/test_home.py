"""The public screens: what they show, what they find, and how many queries they need."""

from __future__ import annotations

import csv
import re
from datetime import date, datetime
from types import SimpleNamespace

import pytest
from django.urls import reverse

from grants.funds import commands as ledger
from grants.funds import queries as ledger_queries
from home import commands
from home.models import GuidePage, StandardPage
from home.queries.library import in_order
from portal import clock
from tests.grants.makers_funds import make_budget, make_finance, make_source
from tests.home.makers_home import make_award, make_grantee, make_site
from tests.makers import make_region, make_user

pytestmark = pytest.mark.django_db
NOTE = "分项为演示推算，仅合计出自原文"


@pytest.fixture
def site():
    return make_site()


def html(client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def queries_of(client, url: str, counter) -> int:
    client.get(url)  # content types and sites are cached by the first visit
    with counter() as caught:
        assert client.get(url).status_code == 200
    return len(caught)


def test_building_the_site_twice_changes_nothing(site):
    again = make_site()

    assert again.pk == site.pk
    assert [page.slug for page in again.get_children()] == ["calls", "news", "policy", "guide"]


def test_home_shows_the_totals_by_programme_and_marks_the_invented_split(client, site):
    make_award(1)
    make_award(2, programme="MICRO", amount=1_000_000, year=2018)

    page = html(client, "/")

    assert "48,500.00" in page
    assert "38,500.00" in page
    assert NOTE in page


def test_every_public_list_is_reached_from_home(client, site):
    lists = ("home:projects", "home:organizations", "home:data", "home:search", "publicity:list", "needs:list")
    page = client.get("/").content.decode()

    assert [name for name in lists if f'href="{reverse(name)}' not in page] == []


def test_home_says_so_when_nothing_is_open(client, site):
    assert "目前没有正在申报的通知" in html(client, "/")


def test_home_needs_the_same_queries_for_1_and_30_awards(client, site, django_capture_on_commit_callbacks):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    make_award(1)
    few = queries_of(client, "/", lambda: CaptureQueriesContext(connection))
    for number in range(2, 31):
        make_award(number, year=2015 + number % 4)
    many = queries_of(client, "/", lambda: CaptureQueriesContext(connection))

    assert many == few


@pytest.mark.parametrize("name", ["home:projects", "home:organizations", "home:data"])
def test_lists_need_the_same_queries_for_1_and_30_rows(client, name):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from orgs.registry.models import Organization

    make_grantee(make_award(1))
    few = queries_of(client, reverse(name), lambda: CaptureQueriesContext(connection))
    region = make_region("330211001")
    for number in range(2, 20):
        made = Organization.objects.create(
            name=f"演示单位{number}", kind="FILED_GROUP", region=region, standing="VERIFIED"
        )
        make_award(number, organization=made)
    many = queries_of(client, reverse(name), lambda: CaptureQueriesContext(connection))

    assert many == few


def test_library_finds_two_characters_and_adds_up(client):
    make_award(1)
    make_award(2, title="楼道扶手加装", amount=1_000_000)

    page = html(client, reverse("home:projects") + "?q=养老")

    assert "居家养老服务1" in page
    assert "楼道扶手加装" not in page
    assert "38,500.00 元" in page


def test_library_says_what_to_do_when_a_filter_leaves_nothing(client):
    make_award(1)

    page = html(client, reverse("home:projects") + "?q=飞机")

    assert "没有符合这些条件的项目" in page
    assert "清除筛选" in page


def test_only_confirmed_awards_are_public(client):
    award = make_award(1, status="PROPOSED", is_historic=False)

    assert "居家养老服务1" not in html(client, reverse("home:projects"))
    assert client.get(reverse("home:project", args=[award.key])).status_code == 404


def test_open_data_never_begins_a_formula(client):
    make_award(1, title="=HYPERLINK(1)", organization_name="+单位")

    text = client.get(reverse("home:projects_csv")).content.decode("utf-8-sig")

    row = list(csv.reader(text.splitlines()))[1]
    assert row[1] == "'=HYPERLINK(1)"
    assert row[2] == "'+单位"
    assert row[7] == "38500.00"
    assert row[8] == NOTE


def test_project_page_shows_the_amount_and_who_got_it(client):
    award = make_award(1)
    organization = make_grantee(award)

    page = html(client, reverse("home:project", args=[award.key]))

    assert "38,500.00 元" in page
    assert reverse("home:organization", args=[organization.key]) in page


def test_milestones_stand_in_the_order_of_their_days():
    met = datetime(2027, 7, 1, 9, tzinfo=clock.ZONE)
    audit = SimpleNamespace(met_at=met, due_on=None)
    final, open_end = (
        SimpleNamespace(met_at=None, due_on=date(2027, 11, 1)),
        SimpleNamespace(met_at=None, due_on=None),
    )

    assert in_order([open_end, final, audit]) == [audit, final, open_end]


def test_organization_page_lists_its_awards(client):
    award = make_award(1)
    organization = make_grantee(award)

    page = html(client, reverse("home:organization", args=[organization.key]))

    assert award.title in page
    assert "5233 0211 MJ0D EM01 6A" in page


def test_removed_organizations_are_not_public(client):
    from orgs.registry.models import Organization

    organization = make_grantee(make_award(1))
    Organization.objects.filter(pk=organization.pk).update(standing="REMOVED")

    assert client.get(reverse("home:organization", args=[organization.key])).status_code == 404


class TestData:
    def test_sums_of_streets_and_years_are_the_total(self, client):
        make_award(1)
        make_award(2, region=make_region("330211002", "蛟川街道"), year=2016, amount=1_000_000)

        page = html(client, reverse("home:data"))

        assert page.count("48,500") >= 3  # lead, ranked list, table
        assert NOTE in page

    def test_an_award_of_the_whole_district_is_not_lost(self, client):
        make_award(1, region=make_region("330211"))

        assert "全区性项目" in html(client, reverse("home:data"))

    def test_the_tiles_have_their_numbers_in_a_table_too(self, client):
        make_award(1)

        page = html(client, reverse("home:data"))

        assert 'role="img"' in page
        assert '<th scope="row" class="nw">' in page

    @pytest.mark.parametrize("query", ["?period=x", "?programme=NOPE", "?measure=1", "?period=99999999999"])
    def test_nonsense_falls_back(self, client, query):
        make_award(1)

        html(client, reverse("home:data") + query)

    def test_csv_has_one_line_a_street_year_and_programme(self, client):
        make_award(1)
        make_award(2)

        rows = list(csv.reader(client.get(reverse("home:data_csv")).content.decode("utf-8-sig").splitlines()))

        assert rows[1][:6] == ["330211001", "招宝山街道", "2017", "公益创投", "2", "77000.00"]


def test_guide_shows_every_required_element(client, site):
    guide = GuidePage(
        title="申报公益创投项目", slug="venture", basis="办法第五条", conditions="登记满 6 个月\n年检合格", papers="预算",
        time_limit="10 个工作日", place="演示路 1 号", hours="工作日", phone="0574-80000012",
        steps=[("step", {"title": "网上申报", "when": "截止前", "text": ""})],
        questions=[("question", {"question": "能否撤回", "answer": "截止前可以。"})],
    )  # fmt: skip
    commands.publish(commands.channel("guide"), guide, by=make_user("writer"))

    page = html(client, "/guide/venture/")

    for needed in (
        "设定依据",
        "申请条件",
        "申请材料",
        "办理流程",
        "办理时限",
        "办理地点",
        "办理时间",
        "咨询电话",
        "收费",
        "常见问题",
    ):
        assert needed in page
    assert html(client, "/guide/").count("申报公益创投项目") == 1


def test_channel_without_pages_says_so(client, site):
    assert "这个栏目还没有内容" in html(client, "/policy/")


def test_site_map_lists_the_pages(client, site):
    page = StandardPage(title="站点地图", slug="site-map", kind="SITE_MAP", body=[])
    commands.publish(site, page, by=make_user("writer"))

    assert "办事指南" in html(client, "/site-map/")


def test_missing_page_says_what_to_do(client):
    answer = client.get("/nowhere/")

    assert answer.status_code == 404
    assert "没有找到这个页面" in answer.content.decode()
    assert 'name="q"' in answer.content.decode()


@pytest.mark.parametrize("odd", ["²", "99999999999999999999999", "-1", "%00", "1e3", "２０１７x"])
@pytest.mark.parametrize(
    "address",
    ["/projects/?year={0}&page={0}", "/projects/?region={0}&q={0}", "/news/?year={0}&page={0}", "/data/?period={0}",
     "/organizations/?region={0}&kind={0}&page={0}", "/needs/?q={0}&page={0}", "/publicity/?state={0}&page={0}"],
)  # fmt: skip
def test_odd_filters_are_never_an_error(client, site, address, odd):
    make_award(1)

    html(client, address.format(odd))


def test_home_shows_the_latest_needs_and_asks_for_the_street(client, site):
    from grants.needs import commands as needs
    from portal.access import Role

    place, by = make_region("330211001001"), make_user("community", Role.COMMUNITY, region="330211001001")
    for number in range(4):
        posted = needs.post(
            by=make_user(f"r{number}"),
            region=place,
            title=f"后巷路灯{number}",
            text="后巷两盏路灯不亮，夜间看不清路。",
        )
        needs.list_(posted, by=by, title=f"补亮路灯{number}", text="后巷两盏路灯不亮，夜间出行不便。")

    answer = client.get("/")
    page = answer.content.decode()

    assert [title for title in ("补亮路灯3", "补亮路灯2", "补亮路灯1", "补亮路灯0") if title in page] == [
        "补亮路灯3", "补亮路灯2", "补亮路灯1",
    ]  # fmt: skip
    assert '<option value="330211001">' in page
    assert f'action="{reverse("needs:list")}"' in page


def test_anybody_reads_the_last_head_of_each_day(client, site):
    """What was published cannot be taken back: outsiders can hold the books to it (I13)."""
    people, source = make_finance(), make_source()
    heads = []
    for day, hour in ((1, 9), (1, 15), (2, 9)):
        with clock.at(datetime(2026, 6, day, hour, tzinfo=clock.ZONE)):
            make_budget(source, 100, people[:2], number=f"镇财社〔2026〕{day}{hour}号")
            ledger.seal()
            heads.append(ledger_queries.head().hash)

    page = html(client, reverse("home:ledger"))

    assert re.findall(r"<code>(\w+)</code>", page) == [heads[2], heads[1]]
    assert reverse("home:ledger") in html(client, reverse("home:data"))


def test_the_site_map_names_pages_at_the_address_that_was_asked(client, site, settings):
    settings.ALLOWED_HOSTS = ["chuangyi.example.org"]

    answer = client.get("/sitemap.xml", HTTP_HOST="chuangyi.example.org", secure=True).content.decode()

    assert "<loc>https://chuangyi.example.org/calls/</loc>" in answer
    assert "localhost" not in answer
