"""The one writer and reader of xlsx and csv in the house. Nothing of it touches the database."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

import openpyxl
import xlsxwriter
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException
from wagtail.admin.views.mixins import SpreadsheetExportMixin

from portal.archives import BROKEN, UnsafeArchive, open_safely
from portal.lifecycle import Refused
from portal.spreadsheets.rules import EXACT, MAX_ROWS, Sheet, harmless, heading

ZONE = ZoneInfo("Asia/Shanghai")
MAX_SIZE = 20 * 1024 * 1024
MAX_UNPACKED = 50 * 1024 * 1024
MAX_LINES = 20_000
MAX_COLUMNS = 100
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
UNREADABLE = (*BROKEN, TypeError, AttributeError, IndexError, SyntaxError, InvalidFileException)
"""What openpyxl lets through for a damaged file; ParseError is a SyntaxError."""


class SheetRefused(Refused):
    """An uploaded table that is not read. One argument per sentence."""


def workbook(sheets: Iterable[Sheet]) -> bytes:
    """Return an xlsx. Text stays text: no formula, no link."""
    target = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(target, options) as book:
        title_style = book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for sheet in sheets:
            page = book.add_worksheet(sheet_name(sheet.name))
            page.freeze_panes(1, 0)
            for column, title in enumerate(sheet.columns):
                page.set_column(column, column, min(40, max(10, 2 * len(title) + 2)))
                page.write_string(0, column, str(harmless(str(title))), title_style)
            for number, row in enumerate(sheet.rows, start=1):
                for column, value in enumerate(row):
                    write(page, number, column, value, day, moment)
    return target.getvalue()


def sheet_name(name: str) -> str:
    """Return a name that Excel takes: 31 characters, none of []:*?/\\, no quote at an end."""
    return "".join("·" if char in "[]:*?/\\" else char for char in name)[:31].strip("'") or "Sheet"


def write(page: Any, row: int, column: int, value: Any, day: Any, moment: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        page.write_string(row, column, _("是") if value else _("否"))
    elif isinstance(value, int | Decimal | float) and -EXACT < value < EXACT:
        page.write_number(row, column, value)
    elif isinstance(value, datetime):
        local = value.astimezone(ZONE).replace(tzinfo=None) if value.tzinfo else value
        page.write_datetime(row, column, local, moment)
    elif isinstance(value, date):
        page.write_datetime(row, column, value, day)
    else:
        page.write_string(row, column, harmless(str(value)))


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return a csv that Excel opens as UTF-8."""
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow([harmless(str(title)) for title in columns])
    writer.writerows([plain(value) for value in row] for row in rows)
    return target.getvalue().encode("utf-8-sig")


def plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, int | float | Decimal | date):
        return str(value)
    return harmless(str(value))


def read_rows(upload: Any, columns: Sequence[str], *, max_rows: int = MAX_ROWS) -> list[dict[str, Any]]:
    """Return the rows of an xlsx or csv below its heading, keyed by `columns`; empty rows are left out.

    Every row also carries its number in the file under "#". Cells: str, int, float, bool, date, datetime
    or "". Further columns of the file are ignored. All or nothing: raises SheetRefused with all reasons.
    """
    stream: BinaryIO = upload.file if hasattr(upload, "file") else upload
    if stream.seek(0, io.SEEK_END) > MAX_SIZE:
        raise SheetRefused(_("表格须小于 20 MB。请拆成几份后分别导入。"))
    stream.seek(0)
    start = stream.read(8)
    stream.seek(0)
    if not start:
        raise SheetRefused(_("文件是空的。请检查后重新选择。"))
    if start == OLE:
        raise SheetRefused(_("不能读取旧版 xls 或有密码的表格。请另存为没有密码的 xlsx 后再导入。"))
    lines = xlsx_lines(stream) if start[:2] == b"PK" else csv_lines(stream)
    return keyed(lines, columns, max_rows)


def xlsx_lines(stream: BinaryIO) -> Iterator[list[Any]]:
    """Yield the lines of the first visible sheet. The sizes in the directory are judged before any parsing."""
    try:
        archive = open_safely(stream, max_unpacked=MAX_UNPACKED)
    except UnsafeArchive as error:
        raise SheetRefused(*error.args) from error
    if "xl/workbook.xml" not in archive.namelist():
        raise SheetRefused(_("这不是 xlsx 表格。请用本系统的模板填写后再导入。"))
    stream.seek(0)
    try:
        book = openpyxl.load_workbook(stream, read_only=True, data_only=False, keep_links=False)
        page = next((one for one in book.worksheets if one.sheet_state == "visible"), None)
        if page is None:
            raise SheetRefused(_("表格里没有可见的工作表。请取消隐藏后再导入。"))
        for line in page.iter_rows(max_row=MAX_LINES + 1, max_col=MAX_COLUMNS, values_only=True):
            yield list(line)
    except UNREADABLE as error:
        raise SheetRefused(_("表格已损坏，读不出来。请重新导出或另存后再导入。")) from error


def csv_lines(stream: BinaryIO) -> Iterator[list[Any]]:
    text = decoded(stream.read())
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    except csv.Error as error:
        raise SheetRefused(_("表格的格式读不出来。请另存为 UTF-8 编码的 CSV 或 xlsx 后再导入。")) from error


def decoded(data: bytes) -> str:
    """Return the text of a csv: UTF-8, GB18030 (Excel in China) or UTF-16 with its mark."""
    encodings = ["utf-16"] if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise SheetRefused(_("文件的文字编码无法识别。请另存为 UTF-8 或 GB18030 编码的 CSV，或者 xlsx。"))


def keyed(lines: Iterator[list[Any]], columns: Sequence[str], max_rows: int) -> list[dict[str, Any]]:
    places = columns_of(next(lines, []), columns)
    rows: list[dict[str, Any]] = []
    problems: list[str] = []
    for number, line in enumerate(lines, start=2):
        if number > MAX_LINES:
            raise SheetRefused(
                _("表格超过 %(max_lines)s 行（含空行）。请删去多余的空行，或拆成几份后分别导入。")
                % {"max_lines": MAX_LINES}
            )
        values = {name: tidy(line[at]) if at < len(line) else "" for name, at in places.items()}
        if all(value == "" for value in values.values()):
            continue
        if len(rows) == max_rows:
            raise SheetRefused(_("一次最多导入 %(max_rows)s 行。请拆成几份后分别导入。") % {"max_rows": max_rows})
        problems += [said for name, value in values.items() if (said := problem(number, name, value))]
        rows.append({"#": number, **values})
    if problems:
        more = [_("另有 %(count)s 处同类问题。") % {"count": len(problems) - 20}] if len(problems) > 20 else []
        raise SheetRefused(*problems[:20], *more)
    if not rows:
        raise SheetRefused(_("表格里没有可以导入的行。请在标题行下面填写后再导入。"))
    return rows


def columns_of(first: list[Any], columns: Sequence[str]) -> Mapping[str, int]:
    """Return where each wanted column stands; the first line is the heading."""
    titles = [heading(cell) for cell in first]
    if missing := [name for name in columns if heading(name) not in titles]:
        raise SheetRefused(
            _("表格第 1 行缺少列：%(names)s。请用本系统的模板填写后再导入。") % {"names": "、".join(missing)}
        )
    if twice := [name for name in columns if titles.count(heading(name)) > 1]:
        raise SheetRefused(
            _("表格第 1 行有重复的列：%(names)s。请每列只保留一个后再导入。") % {"names": "、".join(twice)}
        )
    return {name: titles.index(heading(name)) for name in columns}


def problem(number: int, name: str, value: Any) -> str:
    """Return what is wrong with a cell whatever its column means, or ""."""
    if isinstance(value, str) and value.startswith("="):
        return _("第 %(number)s 行“%(name)s”是公式。请改成数值或文字后再导入。") % {"number": number, "name": name}
    if (
        isinstance(value, str)
        and value.startswith("#")
        and value.rstrip("!?").isupper()
        and value.endswith(("!", "?", "A"))
    ):
        return _("第 %(number)s 行“%(name)s”是计算错误（%(value)s）。请改正后再导入。") % {
            "number": number,
            "name": name,
            "value": value,
        }
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= EXACT:
        return _(
            "第 %(number)s 行“%(name)s”是超过 15 位的数字，表格软件已丢失后几位。请把该列设为文本后重新填写。"
        ) % {"number": number, "name": name}
    return ""


def tidy(value: Any) -> Any:
    return "" if value is None else value.strip() if isinstance(value, str) else value


def guard_wagtail_exports() -> None:
    """Make the reports of Wagtail itself harmless too.

    Its xlsx writer turns a formula back into text, its csv writer writes it as it came. Both pass
    every value through this one method.
    """
    plain_value = SpreadsheetExportMixin.preprocess_field_value
    if getattr(plain_value, "is_guarded", False):
        return

    def guarded(self: Any, field: str, value: Any, export_format: str) -> Any:
        return harmless(plain_value(self, field, value, export_format))

    guarded.is_guarded = True  # type: ignore[attr-defined]
    SpreadsheetExportMixin.preprocess_field_value = guarded
