import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.redaction.rules import find, mask


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("联系人张三 330211199001010013,已核", "ID", "330211199001010013"),
        ("身份证33021119900101001X。", "ID", "33021119900101001X"),
        ("330211 19900101 0013", "ID", "330211 19900101 0013"),
        (
            "\uff13\uff13\uff10\uff12\uff11\uff11\uff11\uff19\uff19\uff10\uff10\uff11\uff10\uff11\uff10\uff10\uff11\uff13",
            "ID",
            None,
        ),
        ("3302111990\u200b01010013", "ID", "3302111990\u200b01010013"),
        ("旧号 330211900101001 在册", "ID", "330211900101001"),
        ("电话13905740001", "MOBILE", "13905740001"),
        ("139-0574-0001 李", "MOBILE", "139-0574-0001"),
        ("+86 139 0574 0001", "MOBILE", "+86 139 0574 0001"),
        ("卡 6222 0212 0800 1234 561", "BANK", None),
        ("账号:3901 1109 0920 0", "BANK", "3901 1109 0920 0"),
        ("浙B·12345 停在门口", "PLATE", "浙B·12345"),
        ("住招宝山街道 3幢2单元501室", "HOME", "3幢2单元501室"),
    ],
)
def test_numbers_and_addresses_of_persons_are_found(text, kind, found):
    findings = find(text)

    if kind == "BANK" and found is None:
        assert all(one.kind == "BANK" for one in findings)
        return
    assert [one.kind for one in findings] == [kind]
    assert text[findings[0].start : findings[0].end] == findings[0].text
    if found:
        assert findings[0].text == found


@pytest.mark.parametrize(
    "text",
    [
        "统一社会信用代码 52330211MJ0DEM016A",
        "机关代码 11330211002941234X",
        "项目编号 VEN-2026-000001,资助 38,500.00 元",
        "单位电话 0574-86290000",
        "公示自2026年9月1日至2026年9月7日",
        "区划代码 330211001001",
        "服务 1390574000 人次",
        "文号 镇民〔2026〕12号",
        "镇海区民政局 2幢",
    ],
)
def test_public_codes_and_figures_pass(text):
    assert find(text) == []


def test_several_findings_come_in_the_order_of_the_text_and_are_masked():
    text = "张三13905740001,身份证330211199001010013"

    assert [one.kind for one in find(text)] == ["MOBILE", "ID"]
    assert mask(text) == "张三1390*****01,身份证3302************13"
    assert find(mask(text)) == []


def test_a_luhn_card_is_found():

    assert [one.kind for one in find("4111 1111 1111 1111")] == ["BANK"]


@given(st.text(max_size=200))
def test_any_text_is_survived_and_places_are_right(text):
    for one in find(text):
        assert text[one.start : one.end] == one.text


@given(st.text(alphabet="中 文,。", max_size=20), st.text(alphabet="中 文,。", max_size=20))
def test_an_identity_number_never_hides(before, after):
    assert any(one.kind == "ID" for one in find(f"{before}330211199001010013{after}"))
