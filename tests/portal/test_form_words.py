"""One voice for every form's errors: the field, the reason, the remedy."""

import importlib
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.validators import RegexValidator

from portal.identifiers import Invalid, check_reference

RAW = re.compile(r"必需字段|该变量|不允许是用空|这个字段|此字段|已存在|[A-Za-z]{4,} [a-z]{2,}")
ROOT = Path(__file__).parent.parent.parent


class Sample(forms.Form):
    number = forms.CharField(label="纪要文号", max_length=3)
    kind = forms.ChoiceField(label="类别", choices=[("A", "甲")])
    day = forms.DateField(label="开始日期")
    count = forms.IntegerField(label="人数", max_value=9)
    file = forms.FileField(label="证书")
    email = forms.EmailField(label="邮箱", required=False)


def test_empty_fields_are_named_with_what_to_do():
    assert [str(text) for errors in Sample({}).errors.values() for text in errors] == [
        "请填写纪要文号。", "请选择类别。", "请填写开始日期。", "请填写人数。", "请上传证书。",
    ]  # fmt: skip


def test_wrong_answers_are_named_with_what_to_do():
    given = {"number": "一二三四", "kind": "B", "day": "9999-12-31", "count": "10", "email": "x"}
    found = {name: list(errors) for name, errors in Sample(given).errors.items()}
    assert found == {
        "number": ["纪要文号最多 3 个字，现在是 4 个字，请删减。"],
        "kind": ["类别里没有这一项，请从列表中选择。"],
        "day": ["日期应在 1900 年至 2199 年之间，请核对年份。"],
        "count": ["人数不能大于 9。"],
        "file": ["请上传证书。"],
        "email": ["邮箱应为邮箱地址，例如 name@example.org。"],
    }
    assert list(Sample({"day": "昨天"}).errors["day"]) == ["没有这一天。开始日期请写成 2026-04-01 的样子。"]
    assert "纪要文号里有不能保存的控制字符，请删去后再提交。" in Sample({"number": "\0"}).errors["number"]


class Numbers(forms.Form):
    hours = forms.DecimalField(label="工时", max_digits=6, decimal_places=1)
    score = forms.DecimalField(label="得分", decimal_places=1, step_size=Decimal("0.5"))
    site = forms.URLField(label="网址")
    slug = forms.SlugField(label="代码")
    code = forms.CharField(label="编号", validators=[RegexValidator("^[a-z]+$")])
    at = forms.TimeField(label="时间")
    many = forms.MultipleChoiceField(label="对象", choices=[("A", "甲")])
    image = forms.ImageField(label="照片")
    paper = forms.FileField(label="证书", max_length=5)


def test_the_sentences_of_djangos_own_validators_name_field_reason_and_remedy():
    files = {
        "image": SimpleUploadedFile("a.png", b"no image"),
        "paper": SimpleUploadedFile("certificate.pdf", b"x"),
    }
    given = {
        "hours": "1234567", "score": "5.55", "site": "x y", "slug": "甲 乙", "code": "1", "at": "25", "many": ["B"],
    }  # fmt: skip
    said = [str(text) for errors in Numbers(given, files).errors.values() for text in errors]
    assert said == [
        "工时太长，一共最多 6 位数字，请核对。", "得分应为 0.5 的倍数，请改写。", "得分最多 1 位小数，请四舍五入后填写。",
        "网址应为网址，例如 https://www.example.org。", "代码只能用字母、数字、- 和 _，请改写。", "编号的写法不对，请按说明改写。",
        "时间应写成 17:00 的样子，请改写。", "对象里没有这一项，请从列表中选择。", "照片应为能打开的图片，请另选一张。",
        "证书的文件名最多 5 个字，请改短后重新上传。",
    ]  # fmt: skip
    longer = Numbers({"hours": "123456", "score": "1"}, {"paper": SimpleUploadedFile("a", b"")}).errors
    assert (list(longer["hours"]), list(longer["paper"])) == (
        ["工时太大，小数点前最多 5 位，请核对。"], ["证书没有读到内容，请另选一个文件。"],
    )  # fmt: skip
    assert not Numbers({"hours": "1e400"}).errors["hours"][0].endswith(".")


def all_forms():
    for path in sorted(ROOT.glob("*/**/forms.py")):
        if path.parts[len(ROOT.parts)] in {"portal", "grants", "orgs", "home"}:
            module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
            for one in vars(module).values():
                if isinstance(one, type) and issubclass(one, forms.BaseForm) and one.__module__ == module.__name__:
                    yield pytest.param(one, id=f"{module.__name__}.{one.__name__}")


@pytest.mark.parametrize("kind", all_forms())
def test_no_form_says_a_raw_sentence_about_an_empty_field(kind):
    class Bare(forms.Form):
        pass

    Bare.base_fields = {
        name: field for name, field in kind.base_fields.items() if not isinstance(field, forms.ModelChoiceField)
    }
    said = [str(text) for errors in Bare({}).errors.values() for text in errors]
    assert [text for text in said if RAW.search(text)] == []


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x")', "<img src=x>", "-1", "@x", "好" * 61, "a\x01"])
def test_a_reference_that_is_markup_or_a_formula_is_refused(text):
    with pytest.raises(Invalid, match="指标文号只能用汉字、字母、数字"):
        check_reference(text, "指标文号")


@pytest.mark.parametrize("text", ["镇财社〔2026〕1号", "PZ-2026-0001/3", "甬财预（2026）12号", "20261122#8"])
def test_a_reference_stands_as_on_the_paper(text):
    assert check_reference(f" {text} ", "指标文号") == text


def test_a_month_of_year_one_is_refused():
    from grants.applications.forms import MonthField

    assert MonthField().clean("2026-04") == date(2026, 4, 1)
    with pytest.raises(forms.ValidationError, match="1900 年至 2199 年"):
        MonthField().clean("9999-12")
