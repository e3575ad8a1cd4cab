"""GET /api/v1/awards: what anyone may read, in which order and shape, and at which cost."""

from __future__ import annotations

import pytest

from grants.awards.models import Award
from grants.awards.states import S
from tests.makers import make_region

pytestmark = pytest.mark.django_db
URL = "/api/v1/awards"


def make_award(code: str, *, programme="VENTURE", year=2016, region="330211001", amount=3_850_000, **values) -> Award:
    given = {"status": S.APPROVED, "is_historic": True, "title": f"项目{code}", "organization_name": f"单位{code}"}
    return Award.objects.create(
        code=code, programme=programme, year=year, region=make_region(region), amount=amount, **{**given, **values}
    )


def codes(client, **query) -> list[str]:
    return [one["code"] for one in client.get(URL, query).json()["items"]]


def test_an_award_as_anyone_reads_it(client):
    make_award("HIS-2016-1", split_is_invented=True, region="330211001", organization_name="镇海区演示甬澜中心")
    region = make_region("330211001")

    answer = client.get(URL)

    assert answer.status_code == 200
    assert answer.json() == {
        "items": [
            {
                "code": "HIS-2016-1",
                "programme": "VENTURE",
                "organization": "镇海区演示甬澜中心",
                "title": "项目HIS-2016-1",
                "region": {"code": "330211001", "name": region.name},
                "year": 2016,
                "amount_fen": 3_850_000,
                "amount_yuan": "38500.00",
                "split_is_invented": True,
            }
        ],
        "count": 1,
    }


def test_only_confirmed_awards_are_public(client):
    make_award("A1")
    for number, status in enumerate((S.PROPOSED, S.RESERVE, S.NOT_PROPOSED, S.DROPPED, S.LAPSED)):
        make_award(f"B{number}", status=status)

    assert codes(client) == ["A1"]


def test_order_paging_and_the_count_before_paging(client):
    for code, year in (("C", 2018), ("B", 2016), ("A", 2018), ("D", 2015)):
        make_award(code, year=year)

    answer = client.get(URL, {"limit": 2, "offset": 1}).json()

    assert codes(client) == ["D", "B", "A", "C"]
    assert [one["code"] for one in answer["items"]] == ["B", "A"]
    assert answer["count"] == 4
    assert codes(client, offset=10) == []


def test_filters_by_year_programme_and_region_subtree(client):
    make_award("A", year=2015, programme="MICRO", region="330211001")
    make_award("B", year=2016, programme="MICRO", region="330211001002")
    make_award("C", year=2017, programme="VENTURE", region="330211002")
    make_award("D", year=2018, programme="VENTURE", region="330206")

    assert codes(client, year_from=2016, year_to=2017) == ["B", "C"]
    assert codes(client, programme="MICRO") == ["A", "B"]
    assert codes(client, region="330211001") == ["A", "B"]
    assert codes(client, region="330211") == ["A", "B", "C"]
    assert codes(client, region="330211", programme="VENTURE", year_from=2017) == ["C"]
    assert codes(client, programme="NONE") == []


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"limit": 1001}, "limit不能大于 1000。"),
        ({"limit": 0}, "limit不能小于 1。"),
        ({"limit": "x"}, "limit应为整数。"),
        ({"offset": -1}, "offset不能小于 0。"),
        ({"year_from": "last"}, "year_from应为整数。"),
        ({"region": "招宝山"}, "region应为 2 至 15 位数字的行政区划代码。"),
    ],
)
def test_a_wrong_parameter_is_named(client, query, message):
    answer = client.get(URL, query)

    assert answer.status_code == 422
    assert answer.json() == {"detail": [{"field": next(iter(query)), "message": message}]}


def test_50_by_default_and_1000_at_most(client):
    for number in range(51):
        make_award(f"A{number:02}")

    assert len(codes(client)) == 50
    assert len(codes(client, limit=1000)) == 51


def test_two_queries_for_1_and_for_30(client, django_assert_num_queries):
    make_award("A00")
    client.get(URL)
    with django_assert_num_queries(2):
        client.get(URL)
    for number in range(1, 30):
        make_award(f"A{number:02}", region=f"3302110{number:02}")
    with django_assert_num_queries(2):
        assert len(codes(client)) == 30


def test_the_interface_describes_itself(client):
    described = client.get("/api/v1/openapi.json").json()

    assert described["openapi"].startswith("3.")
    operation = described["paths"]["/api/v1/awards"]["get"]
    assert {one["name"] for one in operation["parameters"]} == {
        "year_from", "year_to", "programme", "region", "limit", "offset",
    }  # fmt: skip
    assert "422" in operation["responses"]


def test_nobody_writes_here(client):
    assert client.post(URL).status_code == 405
