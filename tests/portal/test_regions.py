from datetime import date

import pytest
from django.core.management import call_command
from django.template.loader import render_to_string
from django.urls import reverse

from portal.access import Role
from portal.access.staff import RegionColumn
from portal.regions import commands
from portal.regions.commands import RowsRefused
from portal.regions.models import Level, Region
from portal.trail.models import Event
from tests.makers import make_region, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def zhenhai():
    call_command("load_regions", verbosity=0)
    return Region.objects.get(code="330211")


def test_zhenhai_has_seven_streets_fifty_communities_and_forty_eight_villages(zhenhai):
    streets = [one.name for one in Region.objects.filter(level=Level.STREET)]
    committees = Region.objects.within(zhenhai).filter(level=Level.COMMUNITY)

    assert streets == ["招宝山街道", "蛟川街道", "骆驼街道", "庄市街道", "贵驷街道", "澥浦镇", "九龙湖镇"]
    assert committees.filter(name__endswith="社区").count() == 50
    assert committees.filter(is_village=True).count() == 48
    assert committees.count() == 99  # and one logistics park with a 400 code
    assert Region.objects.get(code="330211001").get_parent().get_parent().name == "宁波市"


def test_equal_names_are_told_apart_by_code(zhenhai):
    labels = sorted(Region.objects.filter(code__in=["330211002012", "330211002212"]).values_list("code", flat=True))

    assert [Region.objects.get(code=code).label for code in labels] == [
        "俞范社区（330211002012）",
        "俞范村（330211002212）",
    ]
    assert str(Region.objects.get(code="330211002001")) == "五里牌社区（330211002001）"
    assert str(Region.objects.get(code="330211001001")) == "城东社区"


def test_loading_again_changes_nothing(zhenhai):
    before = Event.objects.count()

    assert commands.load([{"code": "330211", "name": "镇海区"}]) == (0, 0)
    assert Event.objects.count() == before


def test_a_change_is_recorded_and_an_old_code_keeps_its_successors(zhenhai):
    rows = [
        {"code": "330211001014", "name": "新城社区", "valid_from": "2027-01-01"},
        {"code": "330211001001", "name": "城东社区", "valid_to": "2026-12-31", "successors": "330211001014"},
    ]

    assert commands.load(rows) == (1, 1)

    old = Region.objects.get(code="330211001001")
    assert [one.code for one in old.successors.all()] == ["330211001014"]
    assert old in Region.objects.active(date(2026, 12, 31))
    assert old not in Region.objects.active(date(2027, 1, 1))
    assert Event.objects.for_instance(old).get(action="regions.change").after == {"valid_to": "2026-12-31"}


def test_a_grid_is_loaded_below_its_community(zhenhai):
    assert commands.load([{"code": "330211001001003", "name": "城东第三网格"}]) == (1, 0)

    grid = Region.objects.get(code="330211001001003")
    assert (grid.level, grid.get_parent().code) == (Level.GRID, "330211001001")


def test_one_wrong_row_refuses_the_table_and_names_every_row():
    rows = [
        {"code": "33", "name": "浙江省"},
        {"code": "33021", "name": "?"},
        {"code": "330211001", "name": "招宝山街道"},
        {"code": "33", "name": "浙江省"},
    ]
    with pytest.raises(RowsRefused) as refusal:
        commands.load(rows)

    assert refusal.value.args == (
        "第 3 行：区划代码应为 2、4、6、9、12 或 15 位数字，例如 330211001。",
        "第 5 行：代码重复。",
    )
    with pytest.raises(RowsRefused, match="缺少上级区划 330211"):
        commands.load([rows[0], rows[2]])
    assert Region.objects.count() == 0


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_costs_the_same_with_one_and_with_thirty_rows(client, django_assert_num_queries, rows):
    admin = make_user("admin", Role.SYS_ADMIN, region="330211001001")
    for number in range(1, rows):
        make_region("330211001001").add_child(code=f"330211001001{number:03}", name="甲", level="GRID")
    client.force_login(admin)
    client.get(reverse("staff_regions:index"))

    with django_assert_num_queries(LIST_QUERIES):
        assert client.get(reverse("staff_regions:index")).status_code == 200


LIST_QUERIES = 13


def test_scope_holds_in_list_search_export_inspect_and_history(client):
    own, foreign = make_region("330211001", "招宝山街道"), make_region("330212001", "下应街道")
    client.force_login(make_user("admin", Role.SYS_ADMIN, region="330211"))

    for query in ("", "?q=街道", "?level=STREET", "?export=csv", "?ordering=code"):
        page = client.get(reverse("staff_regions:index") + query).content.decode()
        assert ("招宝山街道" in page, "下应街道" in page) == (True, False), query
    for door in ("inspect", "history"):
        assert client.get(reverse(f"staff_regions:{door}", args=[own.pk])).status_code == 200
        assert client.get(reverse(f"staff_regions:{door}", args=[foreign.pk])).status_code == 404


def test_others_are_told_which_role_may_load(client):
    client.force_login(make_user("officer", Role.BUREAU_OFFICER))

    page = client.get(reverse("regions_load"))

    assert (page.status_code, "这项操作由系统管理员办理。" in page.content.decode()) == (403, True)


def test_a_list_names_the_place_and_sets_its_code_below(zhenhai):
    column = RegionColumn("region", label="所属区域")
    cell = column.cell_template_name

    twin = render_to_string(cell, {"column": column, "value": Region.objects.get(code="330211002012")})
    alone = render_to_string(cell, {"column": column, "value": Region.objects.get(code="330211001001")})

    assert '俞范社区<small class="c-sub">代码 330211002012</small></td>' in twin
    assert "城东社区</td>" in alone
