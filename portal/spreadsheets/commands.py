"""The one writer and reader of xlsx and csv in the house. Nothing of it touches the database."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

import openpyxl
import xlsxwriter

from portal.archives import UnsafeArchive, open_safely
from portal.lifecycle import Refused
from portal.spreadsheets.rules import MAX_ROWS, Sheet, harmless

ZONE = ZoneInfo("Asia/Shanghai")
MAX_SIZE = 20 * 1024 * 1024
MAX_UNPACKED = 50 * 1024 * 1024


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
        heading = book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for sheet in sheets:
            page = book.add_worksheet(sheet_name(sheet.name))
            page.freeze_panes(1, 0)
            for column, title in enumerate(sheet.columns):
                page.set_column(column, column, min(40, max(10, 2 * len(title) + 2)))
                page.write_string(0, column, str(harmless(str(title))), heading)
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
        page.write_string(row, column, "是" if value else "否")
    elif isinstance(value, int | Decimal | float) and abs(value) < 10**15:
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
        return "是" if value else "否"
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, int | float | Decimal | date):
        return str(value)
    return harmless(str(value))


def read_rows(upload: Any, columns: Sequence[str], *, max_rows: int = MAX_ROWS) -> list[dict[str, Any]]:
    """Return the rows of an xlsx or csv below its heading, keyed by `columns`; empty rows are left out.

    Every row also carries its number in the file under "#". Cells: str, int, float, date, datetime or "".
    Further columns of the file are ignored. Raises SheetRefused, with all reasons.
    """
    stream: BinaryIO = upload.file if hasattr(upload, "file") else upload
    if stream.seek(0, io.SEEK_END) > MAX_SIZE:
        raise SheetRefused("表格须小于 20 MB。请拆成几份后分别导入。")
    stream.seek(0)
    start = stream.read(4)
    stream.seek(0)
    if not start:
        raise SheetRefused("文件是空的。请检查后重新选择。")
    lines = xlsx_lines(stream, max_rows) if start[:2] == b"PK" else csv_lines(stream, max_rows)
    return keyed(lines, columns)


def xlsx_lines(stream: BinaryIO, max_rows: int) -> list[list[Any]]:
    try:
        archive = open_safely(stream, max_unpacked=MAX_UNPACKED)
    except UnsafeArchive as error:
        raise SheetRefused(*error.args) from error
    if "xl/workbook.xml" not in archive.namelist():
        raise SheetRefused("这不是 xlsx 表格。请用本系统的模板填写后再导入。")
    stream.seek(0)
    book = openpyxl.load_workbook(stream, read_only=True, data_only=False)
    page = book.worksheets[0]
    return [list(row) for row in page.iter_rows(max_row=max_rows + 2, max_col=100, values_only=True)]


def csv_lines(stream: BinaryIO, max_rows: int) -> list[list[Any]]:
    data = stream.read()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise SheetRefused("文件的文字编码无法识别。请另存为 UTF-8 或 GB18030 编码的 CSV。")
    return list(csv.reader(io.StringIO(text, newline="")))


def keyed(lines: list[list[Any]], columns: Sequence[str]) -> list[dict[str, Any]]:
    if not lines:
        raise SheetRefused("表格没有内容。请用本系统的模板填写后再导入。")
    heading = [str(cell or "").strip() for cell in lines[0]]
    if missing := [name for name in columns if name not in heading]:
        raise SheetRefused(f"表格第 1 行缺少列:{'、'.join(missing)}。请用本系统的模板填写后再导入。")
    places: Mapping[str, int] = {name: heading.index(name) for name in columns}
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        values = {name: tidy(line[at]) if at < len(line) else "" for name, at in places.items()}
        if any(value != "" for value in values.values()):
            rows.append({"#": number, **values})
    return rows


def tidy(value: Any) -> Any:
    return "" if value is None else value.strip() if isinstance(value, str) else value
