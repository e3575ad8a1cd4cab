import csv
import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given, settings
from hypothesis import strategies as st
from wagtail.admin.views.mixins import SpreadsheetExportMixin

from portal.spreadsheets import commands
from portal.spreadsheets.commands import SheetRefused, csv_bytes, read_rows, workbook
from portal.spreadsheets.rules import DANGEROUS, Sheet, harmless, heading, text_of

COLUMNS = ["名称", "金额(元)"]


def cells(content):
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [cell for sheet in book for row in sheet.iter_rows() for cell in row]


def table(*lines, name="表"):
    book = openpyxl.Workbook()
    book.active.title = name
    for line in lines:
        book.active.append(line)
    target = io.BytesIO()
    book.save(target)
    return target


def text_table(text, encoding="utf-8-sig"):
    return SimpleUploadedFile("t.csv", text.encode(encoding))


@pytest.mark.parametrize("first", list("=+-@|%\t\r\n") + [chr(0xFF1D), chr(0xFF0B), chr(0xFF0D), chr(0xFF20)])
@pytest.mark.parametrize("before", ["", " ", "\u3000", "\ufeff", "\x00"])
def test_text_that_starts_like_a_formula_is_made_harmless(before, first):
    assert str(harmless(f"{before}{first}HYPERLINK(1)")).startswith("'")


@pytest.mark.parametrize("value", ["碶澥岙桕", "3-5", "a=b", -5, 2.5, None, True, date(2026, 9, 1), ""])
def test_other_values_pass(value):
    assert harmless(value) == value


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.text(max_size=30), min_size=2, max_size=2), max_size=8))
def test_no_text_ever_becomes_a_formula(rows):
    content = workbook([Sheet("表", ["=1+1", "b"], rows)])

    for cell in cells(content):
        assert cell.data_type != "f"
        assert cell.hyperlink is None
        assert not (isinstance(cell.value, str) and cell.value.startswith(tuple(DANGEROUS)))
    for line in csv.reader(io.StringIO(csv_bytes(["=1+1", "b"], rows).decode("utf-8-sig"), newline="")):
        assert not [value for value in line if value[:1] and value[0] in DANGEROUS]


def test_values_keep_their_kinds():
    moment = datetime(2026, 9, 1, 16, 30, tzinfo=UTC)
    rows = [["名", 3850000, Decimal("38500.00"), True, date(2026, 9, 1), moment, None, 6222021208001234560]]
    columns = ["a", "b", "c", "d", "e", "f", "g", "h"]

    found = [cell.value for cell in cells(workbook([Sheet("表", columns, rows)]))[8:]]
    assert found == [
        "名", 3850000, 38500, "是", datetime(2026, 9, 1), datetime(2026, 9, 2, 0, 30), None, "6222021208001234560",
    ]  # fmt: skip
    assert csv_bytes(columns, rows).decode("utf-8-sig").splitlines()[1] == (
        "名,3850000,38500.00,是,2026-09-01,2026-09-02 00:30:00,,6222021208001234560"
    )


def test_sheets_are_named_as_excel_takes_them():
    content = workbook([Sheet("2026/09 [表]: '很长'" * 3, ["a"], []), Sheet("", ["a"], [])])

    assert openpyxl.load_workbook(io.BytesIO(content)).sheetnames[0].startswith("2026·09 ·表··")


def test_what_we_write_we_read():
    rows = [["碶澥岙桕", 12.5], ["乙", 3]]

    read = read_rows(io.BytesIO(workbook([Sheet("表", COLUMNS, rows)])), COLUMNS)
    assert read == [{"#": 2, "名称": "碶澥岙桕", "金额(元)": 12.5}, {"#": 3, "名称": "乙", "金额(元)": 3}]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_csv_of_every_chinese_kind_is_read(encoding, separator, end):
    text = end.join([separator.join(["名称", "金额(元)"]), separator.join(["碶𫖯", "1"]), ""])

    assert read_rows(text_table(text, encoding), COLUMNS) == [{"#": 2, "名称": "碶𫖯", "金额(元)": "1"}]


def test_headings_are_compared_loosely_and_further_columns_ignored():
    stream = table(
        ["序号", " *名 称", "金额\uff08元\uff09", "备注"], [1, " 甲 ", 5, "x"], [None, None, None, "只有备注"]
    )

    assert read_rows(stream, COLUMNS) == [{"#": 2, "名称": "甲", "金额(元)": 5}]
    assert heading("金额\uff08元\uff09\n") == "金额(元)"


def test_empty_rows_between_are_left_out_and_numbers_stay_those_of_the_file():
    stream = table(COLUMNS, [None, None], ["甲", 1], ["", ""], ["乙", 2])

    assert [row["#"] for row in read_rows(stream, COLUMNS)] == [3, 5]


def hidden():
    book = openpyxl.Workbook()
    book.active.append(["密"])
    book.active.sheet_state = "hidden"
    book.create_sheet("可见").append([*COLUMNS])
    book["可见"].append(["甲", 1])
    target = io.BytesIO()
    book.save(target)
    return target


def test_the_first_visible_sheet_is_read():
    assert read_rows(hidden(), COLUMNS)[0]["名称"] == "甲"


def packed(**members):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target


BAD = [
    (io.BytesIO(b""), "文件是空的"),
    (io.BytesIO(bytes.fromhex("d0cf11e0a1b11ae1") + b"x"), "旧版 xls"),
    (table(["名称"], ["甲"]), "第 1 行缺少列：金额\\(元\\)"),
    (table(["名称", "名称", "金额(元)"], ["甲", "乙", 1]), "重复的列：名称"),
    (table(COLUMNS), "没有可以导入的行"),
    (table(COLUMNS, ["=1+1", 1]), "第 2 行“名称”是公式"),
    (table(COLUMNS, ["甲", 1], ["乙", "#REF!"]), "第 3 行“金额\\(元\\)”是计算错误"),
    (table(COLUMNS, ["甲", 6222021208001234560]), "超过 15 位"),
    (packed(**{"a.txt": "x"}), "不是 xlsx"),
    (packed(**{"xl/workbook.xml": "<broken"}), "已损坏"),
    (packed(**{"xl/workbook.xml": "x", "big": "0" * 60_000_000}), "展开后过大"),
    (io.BytesIO(table(COLUMNS, ["甲", 1]).getvalue()[:-40]), "已损坏"),
    (io.BytesIO(b"\x80\xff\x00\xfe\xff" * 4), "文字编码无法识别"),
    (text_table("名称,金额(元)\n甲\x00,1"), "文字编码无法识别"),
    (text_table("名称,金额(元)\n" + "甲" * 140_000 + ",1"), "格式读不出来"),
    (text_table("名称,金额(元)\n" + "甲,1\n" * 5001), "一次最多导入 5000 行"),
    (text_table("名称,金额(元)\n甲,1\n" + ",\n" * 20_001), "超过 20000 行"),
]


@pytest.mark.parametrize(("stream", "said"), BAD, ids=range(len(BAD)))
def test_bad_tables_are_refused_with_row_column_reason_and_remedy(stream, said):
    with pytest.raises(SheetRefused, match=said):
        read_rows(stream, COLUMNS)


def test_all_bad_cells_are_told_at_once_up_to_twenty():
    with pytest.raises(SheetRefused) as refused:
        read_rows(table(COLUMNS, *[["=1", n] for n in range(30)]), COLUMNS)

    assert len(refused.value.args) == 21
    assert refused.value.args[-1] == "另有 10 处同类问题。"


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 6000), st.binary(max_size=30), st.integers(0, 60))
def test_mutated_tables_are_read_or_refused_but_nothing_else(at, more, cut):
    content = bytearray(GOOD)
    content[at % len(content) : at % len(content) + cut] = more
    try:
        read_rows(io.BytesIO(bytes(content)), COLUMNS)
    except SheetRefused as refused:
        assert refused.for_user()


GOOD = table(COLUMNS, ["甲", 1], ["乙", 2]).getvalue()


def test_cells_as_text():
    assert [text_of(value) for value in (12.0, 12.5, " 甲 ", None, 3)] == ["12", "12.5", "甲", "", "3"]


def test_reports_of_wagtail_itself_are_harmless():
    class Report(SpreadsheetExportMixin):
        list_export = ["title"]

    value = Report().preprocess_field_value("title", "=HYPERLINK(1)", "csv")
    assert value == "'=HYPERLINK(1)"
    commands.guard_wagtail_exports()
    assert Report().preprocess_field_value("title", "甲", "xlsx") == "甲"
