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
        ({"region": "招宝山"}, "region应为 2、4、6、9、12 或 15 位数字的行政区划代码。"),
        ({"region": "33021"}, "region应为 2、4、6、9、12 或 15 位数字的行政区划代码。"),
        ({"region": "\uff13\uff13"}, "region应为 2、4、6、9、12 或 15 位数字的行政区划代码。"),
        ({"programme": "x/y"}, "programme应为项目类型编码，例如 VENTURE。"),
        ({"programme": "A" * 13}, "programme应为项目类型编码，例如 VENTURE。"),
        ({"limit": "1.5"}, "limit应为整数。"),
        ({"limit": "9" * 5000}, "limit不符合要求，请对照接口说明。"),
        ({"offset": 10**10}, "offset不能大于 1000000000。"),
        ({"year_to": 2015, "year_from": 2018}, "year_to不能早于 year_from。"),
    ],
)
def test_a_wrong_parameter_is_named(client, query, message):
    answer = client.get(URL, query)

    assert answer.status_code == 422
    assert answer.json() == {"detail": [{"field": next(iter(query)), "message": message}]}


def test_all_wrong_parameters_are_named_at_once(client):
    answer = client.get(URL, {"limit": 0, "region": "x"}).json()

    assert {one["field"] for one in answer["detail"]} == {"limit", "region"}


KNOWN = "可用的参数：year_from、year_to、programme、region、limit、offset。"


def test_a_parameter_that_is_not_there_is_refused_with_those_that_are(client):
    make_award("A")

    answer = client.get(URL, {"yearfrom": 2015, "limit": 0, "Region": "330211"})

    assert answer.status_code == 400
    assert answer.json() == {
        "detail": [
            {"field": "yearfrom", "message": f"没有参数 yearfrom。{KNOWN}"},
            {"field": "Region", "message": f"没有参数 Region。{KNOWN}"},
        ]
    }


@pytest.mark.parametrize("path", ["/api/v1/", "/api/v1/openapi.json"])
def test_a_door_without_parameters_says_so(client, path):
    answer = client.get(path, {"x" * 50: 1})

    assert answer.status_code == 400
    assert answer.json() == {"detail": [{"field": "x" * 40, "message": f"没有参数 {'x' * 40}。这个接口没有参数。"}]}


def test_money_is_the_same_in_fen_and_in_yuan(client):
    for code, amount in (("A", 1), ("B", 100), ("C", 3_850_000), ("D", 1_234_567_890)):
        make_award(code, amount=amount)

    items = client.get(URL).json()["items"]

    assert [(one["amount_fen"], one["amount_yuan"]) for one in items] == [
        (1, "0.01"), (100, "1.00"), (3_850_000, "38500.00"), (1_234_567_890, "12345678.90"),
    ]  # fmt: skip


def test_pages_together_are_the_whole_list(client):
    for number in range(7):
        make_award(f"A{number}", year=2015 + number % 2)

    pages = [codes(client, limit=3, offset=offset) for offset in (0, 3, 6)]

    assert [code for page in pages for code in page] == codes(client)
    assert [len(page) for page in pages] == [3, 3, 1]


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
    assert {"400", "422"} < set(operation["responses"])


KINDS = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict}


def assert_true_to(schemas, schema, value) -> None:
    """Hold a part of an answer against its description: exactly the described keys, each of its kind."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rsplit("/", 1)[1]]
    assert type(value) is KINDS[schema["type"]]
    if schema["type"] == "object":
        assert set(value) == set(schema["properties"]) == set(schema["required"])
        for name, part in schema["properties"].items():
            assert_true_to(schemas, part, value[name])
    if schema["type"] == "array":
        for one in value:
            assert_true_to(schemas, schema["items"], one)


def test_the_description_is_true_to_the_answers(client):
    make_award("A")
    described = client.get("/api/v1/openapi.json").json()
    operation = described["paths"]["/api/v1/awards"]["get"]
    schemas = described["components"]["schemas"]
    limit = next(one["schema"] for one in operation["parameters"] if one["name"] == "limit")

    for status, query in ((200, {}), (400, {"yearfrom": 2015}), (422, {"limit": 0})):
        answer = client.get(URL, query)
        assert answer.status_code == status
        schema = operation["responses"][str(status)]["content"]["application/json"]["schema"]
        assert_true_to(schemas, schema, answer.json())
    assert (limit["default"], limit["minimum"], limit["maximum"]) == (50, 1, 1000)


def test_head_answers_as_get_without_the_body(client):
    make_award("A")

    answer = client.head(URL, {"limit": 1})
    refused = client.head(URL, {"limit": 0})

    assert (answer.status_code, answer["Content-Type"], answer.content) == (200, client.get(URL)["Content-Type"], b"")
    assert refused.status_code == 422


def test_nobody_writes_here(client):
    answer = client.post(URL)

    assert (answer.status_code, answer["Allow"]) == (405, "GET")
    assert answer.json() == {"detail": [{"field": "method", "message": "只能读取（GET），不能用 POST。"}]}


def test_the_root_names_the_doors_and_a_wrong_address_answers_in_json(client):
    host = "http://testserver"
    assert client.get("/api/v1/").json() == {
        "title": "创益开放接口",
        "version": "1",
        "awards": f"{host}/api/v1/awards",
        "openapi": f"{host}/api/v1/openapi.json",
    }
    for path in ("awards/", "award", "awards/HIS-2016-1"):
        answer = client.get(f"/api/v1/{path}")
        assert answer.status_code == 404
        assert answer.json() == {"detail": [{"field": "path", "message": "没有这个接口。全部接口见 /api/v1/。"}]}


def test_an_empty_parameter_asks_for_nothing_and_codes_may_be_small(client):
    make_award("HIS-2016-1")
    make_award("HIS-2016-2", programme="MICRO")

    assert codes(client, programme="", year_from="", region="", limit="", offset="") == ["HIS-2016-1", "HIS-2016-2"]
    assert codes(client, programme="micro", limit="10") == ["HIS-2016-2"]
