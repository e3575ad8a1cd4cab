import pytest

from portal import identifiers as ids
from portal.identifiers import Invalid

DEMO = [
    "52330211MJ0DEM016A",
    "52330211MJ0DEM0245",
    "52330211MJ0DEM0320",
    "51330211MJ0DEM040X",
    "52330211MJ0DEM059P",
    "52330211MJ0DEM067J",
    "51330211MJ0DEM075G",
    "52330211MJ0DEM0838",
    "52330211MJ0DEM0913",
    "51330211MJ0DEM104U",
    "52330211MJ0DEM112K",
    "52330211MJ0DEM120E",
    "51330211MJ0DEM139E",
    "52330211MJ0DEM1476",
    "52330211MJ0DEM1551",
    "51330211MJ0DEM163Y",
    "52330211MJ0DEM171N",
    "52330211MJ0DEM18XE",
    "51330211MJ0DEM198H",
    "53330211MJ0DEM200Y",
]


@pytest.mark.parametrize("code", DEMO)
def test_every_demo_code_is_valid_and_says_its_kind_and_region(code):
    kind = {"51": "ASSOCIATION", "52": "SERVICE_INSTITUTION", "53": "FOUNDATION"}[code[:2]]

    assert ids.check_uscc(code, kind) == code
    assert (ids.kind_of(code), ids.region_of(code)) == (kind, "330211")


@pytest.mark.parametrize(
    "typed",
    [
        "91350100m000100y43",
        "9135 0100 M000 100Y 43",
        "９１３５０１００Ｍ０００１００Ｙ４３",
        " 91350100-M000100Y4-3\u3000",
    ],
)
def test_a_credit_code_is_normalised_before_it_is_checked(typed):
    assert ids.check_uscc(typed) == "91350100M000100Y43"


@pytest.mark.parametrize(
    ("typed", "kind", "sentence"),
    [
        (
            "52330211MJ0DEM016B",
            None,
            "统一社会信用代码的校验位不符。应为 18 位数字和大写字母，例如 52330211MJ0000000X 的样式，请对照登记证书逐位核对。",
        ),
        (
            "5233021IMJ0DEM016A",
            None,
            "统一社会信用代码第 8 位是字母 I，代码不使用 I、O、S、V、Z。请核对是否为数字 1、0、5 或 2。",
        ),
        (
            "51330211MJ0DEM040X",
            "SERVICE_INSTITUTION",
            "这个代码以 51 开头，属于社会团体；所选类型是社会服务机构（民办非企业单位），应以 52 开头。请核对组织类型或代码。",
        ),
        ("5233", None, "统一社会信用代码应为 18 位，现在是 4 位。请对照登记证书核对。"),
        ("52A30211MJ0DEM016A", None, "统一社会信用代码第 3–8 位应为登记地的 6 位区划数字。请对照登记证书核对。"),
        (
            "52330211MJ0DEM016A",
            "FILED_GROUP",
            "备案社区社会组织没有法人资格，不填统一社会信用代码。请清空这一项，或改选组织类型。",
        ),
    ],
)
def test_a_wrong_credit_code_says_what_is_wanted_and_not_the_right_character(typed, kind, sentence):
    with pytest.raises(Invalid) as refusal:
        ids.check_uscc(typed, kind)

    assert refusal.value.for_user() == sentence


def test_each_wrong_character_in_each_place_is_noticed():
    code = DEMO[0]
    for place in range(18):
        for other in set("0123456789ABCDEFGHJKLMNPQRTUWXY") - {code[place]}:
            with pytest.raises(Invalid):
                ids.check_uscc(code[:place] + other + code[place + 1 :], "SERVICE_INSTITUTION")


GOOD = [
    (ids.check_organization_code, "M000100Y4", "M000100Y4"),
    (ids.check_organization_code, "m000100y-4", "M000100Y4"),
    (ids.check_id_number, "370101190102039973", "370101190102039973"),
    (ids.check_id_number, "330211190001010013", "330211190001010013"),
    (ids.check_id_number, "11010119900307803x", "11010119900307803X"),
    (ids.check_mobile, "+86 199-0000-1234", "19900001234"),
    (ids.check_phone, "１９９０００００１２３", "19900000123"),
    (ids.check_phone, "0086 13800000000", "13800000000"),
    (ids.check_phone, "0574 80001234", "0574-80001234"),
    (ids.check_phone, "(0574)8000123", "0574-8000123"),
    (ids.check_phone, "0574-80001234转12", "0574-80001234-12"),
    (ids.check_phone, "+86-574-80001234", "0574-80001234"),
    (ids.check_phone, "010-12345678", "010-12345678"),
    (ids.check_cnaps, "102 332 000 017", "102332000017"),
    (ids.check_bank_account, "0000 1234 5678", "000012345678"),
    (ids.check_document_number, "镇民〔2026〕1号", "镇民〔2026〕1号"),
    (ids.check_document_number, "镇民[2026]12号", "镇民〔2026〕12号"),
    (ids.check_document_number, "镇民（2026） 3 号", "镇民〔2026〕3号"),
    (ids.check_region_code, "330211002012", "330211002012"),
    (ids.check_region_code, "330211 002 012 003", "330211002012003"),
    (ids.check_postcode, "315200", "315200"),
]


@pytest.mark.parametrize(("check", "typed", "normalised"), GOOD, ids=[row[1] for row in GOOD])
def test_a_right_number_comes_back_normalised(check, typed, normalised):
    assert check(typed) == normalised


BAD = [
    (ids.check_organization_code, "M000100Y5"),
    (ids.check_id_number, "370101190102039974"),
    (ids.check_id_number, "370101190102309973"),
    (ids.check_id_number, "37010119010203997"),
    (ids.check_mobile, "12900001234"),
    (ids.check_phone, "80001234"),
    (ids.check_phone, "1990000123"),
    (ids.check_phone, ""),
    (ids.check_cnaps, "10233200001"),
    (ids.check_bank_account, "1234567"),
    (ids.check_bank_account, "12345678A"),
    (ids.check_document_number, "镇民2026第1号"),
    (ids.check_document_number, "镇民〔2026〕01号"),
    (ids.check_region_code, "33021"),
]


@pytest.mark.parametrize(("check", "typed"), BAD)
def test_a_wrong_number_is_refused_in_a_sentence(check, typed):
    with pytest.raises(Invalid, match="应为|不符|存在"):
        check(typed)


def test_a_name_is_the_same_in_full_and_half_width_brackets_and_no_other():
    assert ids.comparable_name("演示中心（镇海）") == ids.comparable_name("演示中心 (镇海)")
    assert ids.comparable_name("演示中心（镇海）") != ids.comparable_name("演示中心（北仑）")


def test_a_long_text_is_refused_quickly():
    with pytest.raises(Invalid):
        ids.check_phone("0" * 100_000)
