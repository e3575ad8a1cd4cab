"""Money is an integer number of fen (分). This module reads, writes and shares it. No Django."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from portal.words import say as _

LIMIT = 10**14
"""The largest amount the ledger takes, in fen."""

_AMOUNT = re.compile(
    r"(?P<sign>-?)(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.(?P<cents>[0-9]+))?(?P<unit>万元|万|元)?"
)


class NotMoney(ValueError):
    """The text is no amount; the message says what to write instead."""


def parse(text: str) -> int:
    """Return the fen of an amount typed in yuan: "38500", "12,000", "１２０００.５", "1.2万", "¥3,000元".

    Raises NotMoney: no number, more than two decimals of a yuan, negative, or above 10^12 yuan.
    """
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).lstrip("¥")
    # Folding would read 5² as 52 and ① as 1: such characters are no digits of an amount.
    found = None if any(unicodedata.category(one) == "No" for one in text) else _AMOUNT.fullmatch(plain)
    if not found:
        raise NotMoney(_("金额应为数字，例如 12000 或 1.2万。"))
    if found["sign"]:
        raise NotMoney(_("金额不能小于 0。"))
    whole = found["whole"].replace(",", "").lstrip("0") or "0"
    cents = (found["cents"] or "").rstrip("0")
    places = 6 if (found["unit"] or "").startswith("万") else 2
    if len(cents) > places:
        raise NotMoney(_("金额最多写到分，即小数点后两位。"))
    # Digits are moved, not multiplied: a Decimal rounds at 28 digits, and a long tail would vanish unseen.
    if len(whole) > len(str(LIMIT)) or (fen := int(whole + cents.ljust(places, "0"))) > LIMIT:
        raise NotMoney(_("金额太大，请核对单位是元还是万元。"))
    return fen


def yuan(fen: int) -> str:
    """Return "38,500.00" for 3850000."""
    sign, rest = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{rest // 100:,}.{rest % 100:02d}"


def plain_yuan(fen: int) -> str:
    """Return "38500.00" for 3850000: for files and the API."""
    return yuan(fen).replace(",", "")


def wan(fen: int) -> str:
    """Return "3.85" (万元, two decimals, half up) for 3850000: for headings and charts only."""
    hundredths = (abs(fen) + 5_000) // 10_000
    return f"{'-' if fen < 0 else ''}{hundredths // 100:,}.{hundredths % 100:02d}"


_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")


def capital(fen: int) -> str:
    """Return the amount in Chinese capitals, as papers print it: 190050 -> 壹仟玖佰元伍角整.

    Raises ValueError for a negative amount. Zero is 零元整.
    """
    if fen < 0:
        raise ValueError(fen)
    whole, jiao, cents = fen // 100, fen // 10 % 10, fen % 10
    words = _whole(whole) + "元" if whole else ""
    if jiao:
        words += _DIGITS[jiao] + "角"
    elif cents and words:
        words += "零"
    if cents:
        return words + _DIGITS[cents] + "分"
    return (words or "零元") + "整"


def _whole(number: int) -> str:
    """Spell a positive integer below 10^16; a gap of any length inside is one 零."""
    digits = str(number)
    words, gap, spoken = "", False, False
    for position, digit in zip(range(len(digits) - 1, -1, -1), map(int, digits), strict=True):
        group, place = divmod(position, 4)
        if digit:
            words += ("零" if gap else "") + _DIGITS[digit] + _PLACES[place]
            gap, spoken = False, True
        else:
            gap = bool(words)
        if place == 0 and spoken:
            words += "万" if group == 3 and number // 10**8 % 10_000 else _GROUPS[group]
            gap, spoken = False, False
    return words


def share(total: int, weights: Sequence[int]) -> list[int]:
    """Share `total` fen by integer weights without loss: largest remainder, first come on a tie.

    Raises ValueError when no weight is positive.
    """
    weight = sum(weights)
    if weight <= 0 or min(weights) < 0:
        raise ValueError("weights must be non-negative and not all zero")
    shares = [total * one // weight for one in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % weight), i))
    for i in order[: total - sum(shares)]:
        shares[i] += 1
    return shares


def tranches(total: int, percents: Sequence[int]) -> list[int]:
    """Split an award (fen) by percents: all but the last floored to whole 100 yuan, the last takes the rest.

    Source: domain rule 7.2; 38,500 yuan at 50/40/10 gives 19,200 / 15,400 / 3,900.
    Raises ValueError unless the percents add up to 100.
    """
    if sum(percents) != 100 or min(percents) < 0:
        raise ValueError("percents must add up to 100")
    parts = [total * percent // 100 // 10_000 * 10_000 for percent in percents[:-1]]
    return [*parts, total - sum(parts)]
