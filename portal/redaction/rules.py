"""What must not be published: numbers and addresses of persons in free text (X24, PR-10). No Django.

Full-width digits, spaces, dashes and invisible characters between the digits do not hide a number.
A wrong check digit does not either: a mistyped identity number still points to somebody.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from portal.words import say as _

GAP = r"[ \-–—.·]?"
BEFORE, AFTER = r"(?<![0-9A-Za-z])", r"(?![0-9A-Za-z])"
ID_18 = re.compile(BEFORE + GAP.join([r"[1-9]"] + [r"\d"] * 16 + [r"[\dXx]"]) + AFTER)
ID_15 = re.compile(BEFORE + r"[1-9]\d{14}" + AFTER)
MOBILE = re.compile(r"(?<![0-9A-Za-z])(?:\+?86[ \-]?)?" + GAP.join([r"1", r"[3-9]"] + [r"\d"] * 9) + AFTER)
CARD = re.compile(BEFORE + r"\d(?:" + GAP + r"\d){14,18}" + AFTER)
ACCOUNT = re.compile(r"(?:账号|帐号|账户|卡号|银行卡)[^0-9]{0,8}(\d(?:" + GAP + r"\d){8,29})" + AFTER)
PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][ ·.]?[A-HJ-NP-Z0-9]{5,6}" + AFTER
)
HOME = re.compile(r"\d+(?:幢|栋|号楼)(?:\d+单元)?[^,。;、]{0,6}?\d+室|\d+单元\d+室")


@dataclass(frozen=True)
class Finding:
    """One thing to take out. kind: ID, MOBILE, BANK, PLATE or HOME; text as it stands, start and end in it."""

    kind: str
    label: str
    text: str
    start: int
    end: int

    @property
    def masked(self) -> str:
        """Return the text with all but its ends starred: "3302…13" becomes "3302************13"."""
        keep = 4 if len(self.text) > 10 else 1
        return self.text[:keep] + "*" * max(1, len(self.text) - keep - 2) + self.text[-2:]


def find(text: str) -> list[Finding]:
    """Return what must not be published, in the order of the text, each place once."""
    flat, places = flattened(text)
    found: list[Finding] = []
    taken: list[tuple[int, int]] = []
    for kind, label, spans in (
        ("ID", _("身份证号"), identity_spans(flat)),
        ("BANK", _("银行账号"), bank_spans(flat)),
        ("MOBILE", _("手机号"), [one.span() for one in MOBILE.finditer(flat)]),
        ("PLATE", _("车牌号"), [one.span() for one in PLATE.finditer(flat)]),
        ("HOME", _("住址"), [one.span() for one in HOME.finditer(flat)]),
    ):
        for start, end in spans:
            if any(start < other_end and other_start < end for other_start, other_end in taken):
                continue
            taken.append((start, end))
            first, last = places[start], places[end - 1] + 1
            found.append(Finding(kind, label, text[first:last], first, last))
    return sorted(found, key=lambda one: one.start)


def mask(text: str) -> str:
    """Return the text with each finding starred."""
    for one in reversed(find(text)):
        text = text[: one.start] + one.masked + text[one.end :]
    return text


def flattened(text: str) -> tuple[str, list[int]]:
    """Return the text in half width without invisible characters, and each character's place in the original."""
    chars, places = [], []
    for place, char in enumerate(text):
        if unicodedata.category(char) in {"Cf", "Mn"}:
            continue
        folded = unicodedata.normalize("NFKC", char)
        chars.append(folded if len(folded) == 1 else char)
        places.append(place)
    return "".join(chars), places


def digits(text: str) -> str:
    return re.sub(r"[^0-9Xx]", "", text)


def identity_spans(flat: str) -> list[tuple[int, int]]:
    """Numbers of 18 or 15 places whose middle is a day of birth in a region of the mainland or beyond."""
    spans = []
    for one in ID_18.finditer(flat):
        number = digits(one.group())
        if is_region(number) and is_day(number[6:14]):
            spans.append(one.span())
    for one in ID_15.finditer(flat):
        if is_region(one.group()) and is_day("19" + one.group()[6:12]):
            spans.append(one.span())
    return spans


def is_region(number: str) -> bool:
    return "11" <= number[:2] <= "65" or number[:2] in {"71", "81", "82", "83"}


def is_day(text: str) -> bool:
    try:
        return 1900 <= date(int(text[:4]), int(text[4:6]), int(text[6:])).year <= 2100
    except ValueError:
        return False


def bank_spans(flat: str) -> list[tuple[int, int]]:
    """Card numbers that pass Luhn, and any long number after a word like 账号."""
    spans = [one.span(1) for one in ACCOUNT.finditer(flat)]
    return spans + [one.span() for one in CARD.finditer(flat) if is_card(digits(one.group()))]


def is_card(number: str) -> bool:
    """Luhn. Only lengths and first digits of cards in use: 62…, 4…, 5…, 3…, 9558…"""
    if not (15 <= len(number) <= 19) or number[0] not in "34569" or not number.isdigit():
        return False
    doubled = [int(one) * 2 for one in number[-2::-2]]
    total = sum(int(one) for one in number[-1::-2]) + sum(value - 9 if value > 9 else value for value in doubled)
    return total % 10 == 0
