import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import money


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("0", 0),
        ("0.01", 1),
        ("38500", 3_850_000),
        ("12,000", 1_200_000),
        ("1.2万", 1_200_000),
        ("1.2 万元", 1_200_000),
        ("¥96,400.00 元", 9_640_000),
        ("１２，０００.５", 1_200_050),
        ("0.0001万", 100),
        ("12,345,678.90", 1_234_567_890),
        ("007.50", 750),
        ("1" + "." + "0" * 6000, 100),
    ],
)
def test_amounts_are_read_as_people_type_them(text, fen):
    assert money.parse(text) == fen


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "金额应为数字"),
        ("一万", "金额应为数字"),
        ("1,2000", "金额应为数字"),
        ("1e5", "金额应为数字"),
        ("5²", "金额应为数字"),
        ("①②", "金额应为数字"),
        ("٣٤", "金额应为数字"),
        ("-5", "不能小于 0"),
        ("50000.005", "小数点后两位"),
        ("0.0000001万", "小数点后两位"),
        ("1." + "0" * 40 + "1", "小数点后两位"),
        ("9999999999万", "核对单位"),
        ("9" * 6000, "核对单位"),
    ],
)
def test_anything_else_is_refused_with_what_to_write(text, says):
    with pytest.raises(money.NotMoney, match=says):
        money.parse(text)


@given(st.integers(0, money.LIMIT))
def test_what_is_shown_can_be_read_back(fen):
    assert money.parse(money.yuan(fen)) == fen
    assert money.parse(money.plain_yuan(fen)) == fen


def test_amounts_are_shown_in_yuan():
    assert money.yuan(1) == "0.01"
    assert money.yuan(-123_456) == "-1,234.56"
    assert money.plain_yuan(3_850_000) == "38500.00"
    assert money.wan(3_850_000) == "3.85"
    assert money.wan(10_840_000) == "10.84"


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元整"),
        (5, "伍分"),
        (50, "伍角整"),
        (1_00, "壹元整"),
        (1_05, "壹元零伍分"),
        (1_900_00, "壹仟玖佰元整"),
        (150_50, "壹佰伍拾元伍角整"),
        (10_000_00, "壹万元整"),
        (100_100_00, "壹拾万零壹佰元整"),
        (38_500_00, "叁万捌仟伍佰元整"),
        (1_0000_0005_00, "壹亿零伍元整"),
        (20_628_700_00, "贰仟零陆拾贰万捌仟柒佰元整"),
    ],
)
def test_capitals_are_those_of_an_invoice(fen, words):
    assert money.capital(fen) == words


def test_capitals_agree_with_an_independent_speller():
    cn2an = pytest.importorskip("cn2an")
    for fen in [*range(1, 2_000, 7), *range(10_000, 10**9, 7_654_321), 1_000_000_00, 10_100_000_00]:
        theirs = cn2an.an2cn(money.plain_yuan(fen), "rmb")
        assert money.capital(fen).rstrip("整") == theirs.rstrip("整"), fen


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**9), min_size=1).filter(any))
def test_a_share_out_loses_nothing(total, weights):
    shares = money.share(total, weights)

    assert sum(shares) == total
    assert all(
        abs(one * sum(weights) - total * weight) < sum(weights) for one, weight in zip(shares, weights, strict=True)
    )


def test_tranches_are_floored_to_a_hundred_yuan_and_the_last_takes_the_rest():
    assert money.tranches(38_500_00, [50, 40, 10]) == [19_200_00, 15_400_00, 3_900_00]
    assert money.tranches(38_500_01, [100]) == [38_500_01]
    with pytest.raises(ValueError, match="100"):
        money.tranches(38_500_00, [50, 40])
