"""Codes and numbers that people type: normalised first, then checked. Pure Python.

Every `check_…` returns the normalised text or raises Invalid with a sentence that says what is
wanted. A wrong check character is never corrected for the person: the right one is not revealed.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from stdnum.cn import ric, uscc

from portal.lifecycle import Refused
from portal.words import say as _
from portal.words import word


class Invalid(Refused, ValueError):
    """A code that cannot be one."""


# Prefix -> kind of legal person. Source: GB 32100-2015 table 1; 54 and 55 (special legal persons,
# 2017) and 11 (state organs) are named from the registration rules.
KINDS = {
    "51": ("ASSOCIATION", word("社会团体")),
    "52": ("SERVICE_INSTITUTION", word("社会服务机构（民办非企业单位）")),
    "53": ("FOUNDATION", word("基金会")),
    "54": ("RESIDENTS_COMMITTEE", word("居民委员会")),
    "55": ("VILLAGERS_COMMITTEE", word("村民委员会")),
    "11": ("GOVERNMENT", word("机关")),
}
PREFIXES = {
    "ASSOCIATION": ("51",),
    "SERVICE_INSTITUTION": ("52",),
    "FOUNDATION": ("53",),
    "RESIDENTS_COMMITTEE": ("54",),
    "VILLAGERS_COMMITTEE": ("55",),
    "STREET_OFFICE": ("11",),
    "GOVERNMENT": ("11",),
}
LABELS = dict(KINDS.values()) | {"STREET_OFFICE": word("街道办事处（镇政府）")}
FORM = word("应为 18 位数字和大写字母，例如 52330211MJ0000000X 的样式")
ORGANIZATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def normalise(text: str) -> str:
    """Return `text` in half width and upper case, without any space or invisible character."""
    folded = unicodedata.normalize("NFKC", text or "")
    return "".join(char for char in folded if not char.isspace() and unicodedata.category(char) != "Cf").upper()


def digits_of(text: str) -> str:
    """Return `text` normalised, without the dashes that people put between groups."""
    return re.sub(r"[-‐‑–—−]", "", normalise(text))


def comparable_name(name: str) -> str:
    """Return a name for comparing: full width = half width, no space, any bracket is ()."""
    return normalise(name).translate(str.maketrans("【】[]〔〕〈〉《》{}", "()()()()()()"))


def check_uscc(text: str, kind: str | None = None) -> str:
    """Return the unified social credit code, checked by alphabet, kind and both check characters.

    kind: a registry kind such as "ASSOCIATION"; "FILED_GROUP" has none, "OTHER_LEGAL" takes any.
    """
    code = digits_of(text)
    if kind == "FILED_GROUP":
        if code:
            raise Invalid(_("备案社区社会组织没有法人资格，不填统一社会信用代码。请清空这一项，或改选组织类型。"))
        return ""
    if len(code) != 18:
        raise Invalid(
            _("统一社会信用代码应为 18 位，现在是 %(count)s 位。请对照登记证书核对。") % {"count": len(code)}
        )
    for place, char in enumerate(code, start=1):
        if char not in uscc._alphabet:
            raise Invalid(wrong_character(place, char))
    if not code[2:8].isdigit():
        raise Invalid(_("统一社会信用代码第 3–8 位应为登记地的 6 位区划数字。请对照登记证书核对。"))
    check_kind(code, kind)
    try:
        check_organization_code(code[8:17])
        agrees = code[-1] == uscc.calc_check_digit(code)
    except Invalid:
        agrees = False
    if not agrees:
        raise Invalid(_("统一社会信用代码的校验位不符。%(form)s，请对照登记证书逐位核对。") % {"form": _(FORM)})
    return code


def wrong_character(place: int, char: str) -> str:
    if char in "IOSVZ":
        return _(
            "统一社会信用代码第 %(place)s 位是字母 %(char)s，代码不使用 I、O、S、V、Z。请核对是否为数字 1、0、5 或 2。"
        ) % {"place": place, "char": char}
    return _("统一社会信用代码第 %(place)s 位不是数字或大写字母。%(form)s。") % {"place": place, "form": _(FORM)}


def check_kind(code: str, kind: str | None) -> None:
    wanted = PREFIXES.get(kind or "")
    if wanted and code[:2] not in wanted:
        found = KINDS.get(code[:2], ("", word("其他类型")))[1]
        raise Invalid(
            _(
                "这个代码以 %(code)s 开头，属于%(found)s；所选类型是%(chosen)s，应以 %(wanted)s 开头。请核对组织类型或代码。"
            )
            % {"code": code[:2], "found": _(found), "chosen": _(LABELS[kind or ""]), "wanted": "、".join(wanted)}
        )


def kind_of(code: str) -> str:
    """Return the registry kind that a checked credit code says, or "OTHER_LEGAL"."""
    return KINDS.get(code[:2], ("OTHER_LEGAL", ""))[0]


def region_of(code: str) -> str:
    """Return the six digits of the registration region of a checked credit code."""
    return code[2:8]


def check_organization_code(text: str) -> str:
    """Return an organization code of GB 11714: eight characters and a check, no dash."""
    code = digits_of(text)
    if not re.fullmatch(r"[0-9A-Z]{8}[0-9X]", code):
        raise Invalid(_("组织机构代码应为 8 位数字或大写字母加 1 位校验位，例如 MJ000000-X 的样式。"))
    total = sum(int(char, 36) * weight for char, weight in zip(code, ORGANIZATION_WEIGHTS, strict=False))
    if code[8] != "0123456789X0"[11 - total % 11]:
        raise Invalid(_("组织机构代码的校验位不符。请对照证书逐位核对。"))
    return code


def check_id_number(text: str, today: date | None = None) -> str:
    """Return a resident identity number of GB 11643, X in upper case. today: refuse a later birth."""
    number = digits_of(text)
    if not re.fullmatch(r"[1-9][0-9]{16}[0-9X]", number):
        raise Invalid(_("居民身份证号应为 18 位，最后一位可以是 X。请对照证件核对。"))
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise Invalid(_("居民身份证号第 7–14 位不是一个存在的日期。请对照证件核对。"))
    if today and born > today:
        raise Invalid(_("居民身份证号里的出生日期晚于今天。请对照证件核对。"))
    if number[-1] != ric.calc_check_digit(number):
        raise Invalid(_("居民身份证号的校验位不符。请对照证件逐位核对。"))
    return number


def check_mobile(text: str) -> str:
    """Return eleven digits; +86 and 0086 are taken off."""
    number = without_country(digits_of(text))
    if not re.fullmatch(r"1[3-9][0-9]{9}", number):
        raise Invalid(_("手机号应为 11 位数字，以 13 至 19 开头，例如 19900000000。"))
    return number


def check_phone(text: str) -> str:
    """Return a mobile number, or a landline as "0574-80001234" with "-123" for an extension."""
    compact = normalise(text).replace("转", "-").replace("(", "").replace(")", "-")
    number = without_country(re.sub(r"[-‐‑–—−]+", "-", compact).strip("-"))
    plain = number.replace("-", "")
    if re.fullmatch(r"1[3-9][0-9]{9}", plain):
        return plain
    if re.fullmatch(r"[1-9][0-9]{1,2}-[0-9]{7,8}(-[0-9]{1,6})?", number) and normalise(text).startswith(
        ("+86", "0086")
    ):
        number = f"0{number}"
    if found := re.fullmatch(r"(0(?:10|2[0-9]|[3-9][0-9]{2}))-?([0-9]{7,8})(?:-([0-9]{1,6}))?", number):
        return "-".join(part for part in found.groups() if part)
    raise Invalid(_("电话应为 11 位手机号，或带区号的固定电话，例如 0574-80001234。"))


def without_country(number: str) -> str:
    return re.sub(r"^(?:\+|00)86-?", "", number)


def check_cnaps(text: str) -> str:
    """Return the twelve digits of a bank branch (CNAPS)."""
    code = digits_of(text)
    if not re.fullmatch(r"[0-9]{12}", code):
        raise Invalid(_("联行号应为 12 位数字。请向开户行核对。"))
    return code


def check_bank_account(text: str) -> str:
    """Return 8–32 digits of a unit account. No Luhn: a unit account is not a card."""
    number = digits_of(text)
    if not re.fullmatch(r"[0-9]{8,32}", number):
        raise Invalid(_("银行账号应为 8 至 32 位数字。请对照开户证明核对。"))
    return number


def check_document_number(text: str) -> str:
    """Return a document number as 镇民〔2026〕1号; other brackets around the year become 〔〕."""
    number = normalise(text).translate(str.maketrans("()[]【】〈〉", "〔〕〔〕〔〕〔〕"))
    if not re.fullmatch(r"[\u4e00-\u9fff]{1,20}〔(19|20)[0-9]{2}〕[1-9][0-9]{0,5}号", number):
        raise Invalid(_("发文字号应为“机关代字〔年份〕序号”，例如 镇民〔2026〕1号。"))
    return number


def check_reference(text: str, label: str) -> str:
    """Return the number of a paper of another house (指标文号, 支付凭证号) as it stands there, in one line.

    No form is prescribed; markup and formulas are refused, because the number is written into sheets and papers.
    """
    number = " ".join(unicodedata.normalize("NFC", text or "").split())
    if not re.fullmatch(
        r"[0-9A-Za-z\u4e00-\u9fff〔（][0-9A-Za-z\u4e00-\u9fff〔〕（）()\[\]【】/.#·_ -]{0,59}", number
    ):
        raise Invalid(
            _(
                "%(label)s只能用汉字、字母、数字和 〔〕（）-/.#，以汉字、字母、数字或括号开头，最多 60 个字。请照原件填写。"
            )
            % {"label": label}
        )
    return number


def check_region_code(text: str) -> str:
    """Return a division code: GB/T 2260 (2, 4 or 6 digits), 9 for a street, 12 for a community, 15 for a grid."""
    code = digits_of(text)
    if not re.fullmatch(r"[1-9][0-9]+", code) or len(code) not in {2, 4, 6, 9, 12, 15}:
        raise Invalid(_("区划代码应为 2、4、6、9、12 或 15 位数字，例如 330211001。"))
    return code


def is_village_code(code: str) -> bool:
    """Say whether the last three of twelve digits are those of a villagers' committee (200–399)."""
    return len(code) == 12 and 200 <= int(code[9:]) <= 399


def check_postcode(text: str) -> str:
    code = digits_of(text)
    if not re.fullmatch(r"[0-9]{6}", code):
        raise Invalid(_("邮政编码应为 6 位数字，例如 315200。"))
    return code


def masked(text: str, keep: int = 4) -> str:
    """Return a number for the screen: only the last `keep` characters are readable."""
    return f"****{text[-keep:]}" if text else ""
